"""What one fit leaves for the diary, and how it waits on disk until a store can take it."""

from __future__ import annotations

import json
import shutil
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from myopinn.formats.whole import whole_directory

MAX_EPOCHS_SHOWN = 100
MAX_PARAM_LENGTH = 6000
WAITING = "waiting"
# Tags: the result that a run stands behind, the job that made both, and why a run counts no more.
OUTPUT, JOB = "output", "job"
ENDED_BECAUSE, SUPERSEDED_BY = "ended_because", "superseded_by"


def _now_ms() -> int:
    return int(time.time() * 1000)


@dataclass
class Run:
    """One fit, complete in itself: a store that gets it twice can tell that it is the same.

    Attributes
    ----------
    name, experiment : str
        What it is called, and the experiment it belongs to.
    params, tags : dict of str to str
        The slice of the configuration, flat; and such as digests of code and data.
    folder : Path
        Files written here become the run's artifacts.
    id : str
        Of the run, made here, so that it has a name also where no store can be reached.
    metrics : dict of str to float
    curve : list of dict of str to float
        Of each epoch: ``epoch`` and values by name.
    status : str
        ``FINISHED``, ``FAILED``, or ``KILLED`` where the fit ended well and its job did not.
    start_ms, end_ms : int
        Times since 1970; values carry them, so a value that is sent twice is the same value.
    """

    name: str
    experiment: str
    params: Mapping[str, str]
    tags: dict[str, str]
    folder: Path
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    metrics: dict[str, float] = field(default_factory=dict)
    curve: Sequence[Mapping[str, float]] = ()
    status: str = "FINISHED"
    start_ms: int = field(default_factory=_now_ms)
    end_ms: int = 0

    def end(self, status: str) -> None:
        """Note how and when it ended."""
        self.status, self.end_ms = status, _now_ms()

    def lose(self, reason: str) -> None:
        """Note that its job died, so that no result names it; a fit that failed stays so."""
        if self.status == "FINISHED":
            self.status = "KILLED"
            self.tags[ENDED_BECAUSE] = reason[:MAX_PARAM_LENGTH]

    def values(self) -> list[tuple[str, float, int]]:
        """List name, value and epoch of every metric; of a curve only so many epochs.

        The whole curve is in the run's files.
        """
        found = [(name, value, 0) for name, value in self.metrics.items()]
        stride = -(-len(self.curve) // MAX_EPOCHS_SHOWN) or 1
        for row in self.curve[::stride]:
            found += [(k, v, int(row["epoch"])) for k, v in row.items() if k != "epoch"]
        return found

    def write(self, folder: Path) -> None:
        """Keep the run in ``<folder>/<id>``, which appears complete or not at all."""
        about = {key: value for key, value in vars(self).items() if key != "folder"}
        with whole_directory(folder / self.id) as temporary:
            shutil.copytree(self.folder, temporary / "files")
            content = json.dumps(about, indent=1, default=dict)
            (temporary / "run.json").write_text(content + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Run:
        """Take a run up again that :meth:`write` has kept."""
        about = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        return cls(folder=folder / "files", **about)


def waiting_runs(store: str | Path) -> list[Path]:
    """List the folders of the runs that wait beside a study's store, oldest first."""
    return kept_runs(Path(store).parent / WAITING)


def kept_runs(folder: Path) -> list[Path]:
    """List the folders of the runs that :meth:`Run.write` has kept in a folder, oldest first."""
    # A job that was killed while it wrote one has left it half done, under a hidden name.
    found = [file for file in folder.glob("*/run.json") if not file.parent.name.startswith(".")]
    return [file.parent for file in sorted(found, key=lambda file: file.stat().st_mtime)]


def flattened(values: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Join nested keys by dots and write every value as text."""
    flat: dict[str, str] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            flat.update(flattened(value, f"{prefix}{key}."))
        else:
            text = value if isinstance(value, str) else json.dumps(value)
            flat[f"{prefix}{key}"] = text[:MAX_PARAM_LENGTH]
    return flat


def parts(entries: Iterable[Any], size: int) -> list[list[Any]]:
    """Cut a list into parts of at most this size."""
    every = list(entries)
    return [every[start : start + size] for start in range(0, len(every), size)]
