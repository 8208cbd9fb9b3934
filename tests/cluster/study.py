"""How the tiny study is started, here and through Slurm.

With MYOPINN_CLUSTER=reduced the fits alone are made and compared; without it, the whole study.
"""

import fcntl
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
REDUCED = os.environ.get("MYOPINN_CLUSTER") == "reduced"
VARIANTS = [
    *("mean_cycle", "cnn", "pi_cnn", "gru", "cnn_without_time"),
    *("ml_elm", "elm", "svr", "emg_driven"),
]
FITS = [f"results/training/muscle_force/{v}/virtual_wrist" for v in VARIANTS]
TARGETS = FITS if REDUCED else []
REPRODUCE = ROOT / "workflow" / "scripts" / "reproduce.py"


def snakemake(arguments, environment, log, **named):
    """Start a command in a process group of its own, its output in a file."""
    # Whoever runs the tests in the background ignores Ctrl-C, and their children would as well.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with Path(log).open("a") as output:
        return subprocess.Popen(
            ["nice", "-n", "10", sys.executable, *map(str, arguments)],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **named,
        )


class Run:
    """The study through Slurm, as `make reproduce PROFILE=slurm` starts it."""

    CONFIG = ROOT / "studies" / "tiny" / "config.yaml"

    def __init__(self, study, environment, *arguments):
        study.mkdir(exist_ok=True)
        (study / "config.yaml").write_text(self.CONFIG.read_text())
        self.study, self.environment, self.arguments = study, environment, arguments
        self.log = study / "said.txt"
        self.store = study / "results" / "mlflow" / "store.json"
        self._started = []

    def start(self):
        self._started.append(snakemake(self._arguments(), self.environment, self.log))
        return self._started[-1]

    def end(self):
        """Leave nothing under way, also where a test failed half-way."""
        for process in self._started:
            # The group outlives the process that was started where that one was terminated.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def once(self):
        """Start it and give its exit status and what it says, where it is to end at once."""
        command = [sys.executable, *map(str, self._arguments())]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False, timeout=600
        )
        return done.returncode, done.stdout + done.stderr

    def _arguments(self):
        return [
            *(REPRODUCE, self.study, "--profile", "slurm", "--cores", "2", "--jobs", "4"),
            # This Slurm has no accounts, and nobody waits for it.
            *("--slurm-status-command", "squeue", "--slurm-no-account"),
            *("--slurm-init-seconds-before-status-checks", "3"),
            *("--seconds-between-status-checks", "3", *self.arguments, *TARGETS),
        ]

    def locked(self):
        """Say whether a run of the study is under way."""
        with (self.study / ".snakemake" / "running.lock").open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def said(self):
        return self.log.read_text()

    def results(self):
        """List what stands by now, with the times at which it was made."""
        return self.files(
            *(
                "data/virtual_*/*",
                "data/truth/*/*",
                "results/dataset/*/*.nc",
                "results/opensim/*/*/*",
            ),
            *("results/training/*/*/*", "results/tuning/*/*/*/*"),
        )

    def files(self, *patterns):
        found = {p for pattern in patterns for p in self.study.glob(pattern)}
        return {p: p.stat().st_mtime_ns for p in found if not p.name.startswith(".")}
