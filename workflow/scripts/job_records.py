"""What every job of a study leaves behind: how large its files were, or why it failed.

Snakemake does not look at a result that what follows no longer needs. One that was deleted, cut
short, or removed because its job failed, is then met with "Nothing to be done". These records tell.
They lie in the study's `.snakemake/jobs`, one for each job, named like its log.
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from myopinn.formats.whole import whole_file

FOLDER = Path(".snakemake", "jobs")
LOGS = Path("logs")


def sizes(output):
    """Measure a file, or every file of a folder, in bytes.

    Parameters
    ----------
    output : path

    Returns
    -------
    dict of path inside the output to int
        Empty where there is no such output.
    """
    files = sorted(output.rglob("*")) if output.is_dir() else [output]
    found = {}
    for file in files:
        # It may go while it is being looked at.
        with suppress(FileNotFoundError):
            if not file.is_dir():
                found[file.relative_to(output).as_posix()] = file.stat().st_size
    return found


@dataclass
class JobRecord:
    """One job of a study.

    Attributes
    ----------
    name : str
        The path of its log, without the folder of logs and without the ending.
    outputs : dict of path to (dict of path to int)
        The sizes of an output's files; none where the job did not end well.
    ended_well : bool
    reason : str
        Why it failed; empty where it was not heard of again.
    """

    name: str
    outputs: dict = field(default_factory=dict)
    ended_well: bool = False
    reason: str = ""

    @classmethod
    def of_log(cls, log, outputs):
        """Begin the record of the job that writes this log and these outputs."""
        name = Path(log).relative_to(LOGS).with_suffix("").as_posix()
        return cls(name, {str(output): {} for output in outputs})

    @property
    def log(self):
        """The job's log, in the study's folder."""
        return LOGS / f"{self.name}.log"

    def write(self, study="."):
        """Write the record, whole or not at all."""
        with whole_file(Path(study, FOLDER, f"{self.name}.json")) as temporary:
            temporary.write_text(json.dumps(asdict(self)), encoding="utf-8")

    def end_well(self):
        """Take down what was written."""
        self.outputs = {output: sizes(Path(output)) for output in self.outputs}
        self.ended_well = True
        self.write()

    def end_badly(self, reason):
        """Take down why nothing was."""
        self.reason = reason
        self.write()

    def damages(self, study):
        """List the files that are not as the job left them, as (output, file, bytes, bytes now).

        The last is None where there is no such file any more.
        """
        found = []
        for output, written in self.outputs.items():
            now = sizes(Path(study, output))
            found += [
                (output, (Path(output) / name).as_posix(), size, now.get(name))
                for name, size in written.items()
                if now.get(name) != size
            ]
        return found


def read_records(study):
    """Read the records of a study.

    Returns
    -------
    dict of str to (JobRecord, int)
        By name; the number is the time of writing, ns.
    """
    found = {}
    for file in sorted(Path(study, FOLDER).rglob("*.json")):
        # A power cut may leave one empty: then nothing is known of that job.
        with suppress(ValueError, TypeError):
            record = JobRecord(**json.loads(file.read_text(encoding="utf-8")))
            found[record.name] = record, file.stat().st_mtime_ns
    return found
