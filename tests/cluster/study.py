"""How the tiny study is started, here and through Slurm.

With MYOPINN_CLUSTER=reduced the fits alone are made and compared; without it, the whole study.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
REDUCED = os.environ.get("MYOPINN_CLUSTER") == "reduced"
VARIANTS = [
    *("mean_cycle", "cnn", "pi_cnn", "cnn_without_time"),
    *("ml_elm", "elm", "svr", "emg_driven"),
]
FITS = [f"results/training/muscle_force/{v}/virtual_wrist" for v in VARIANTS]
TARGETS = FITS if REDUCED else []
REPRODUCE = ROOT / "workflow" / "scripts" / "reproduce.py"


def snakemake(arguments, environment, log, **named):
    """Start a command in a process group of its own, its output in a file."""
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

    def __init__(self, study, environment):
        self.study, self.environment = study, environment
        self.log = study / "said.txt"
        self.store = study / "results" / "mlflow" / "store.json"

    def start(self):
        arguments = [
            *(REPRODUCE, self.study, "--profile", "slurm", "--cores", "2", "--jobs", "4"),
            # This Slurm has no accounts, and nobody waits for it.
            *("--slurm-status-command", "squeue", "--slurm-no-account"),
            *("--slurm-init-seconds-before-status-checks", "3"),
            *("--seconds-between-status-checks", "3", *TARGETS),
        ]
        return snakemake(arguments, self.environment, self.log)

    def said(self):
        return self.log.read_text()

    def files(self, *patterns):
        found = {p for pattern in patterns for p in self.study.glob(pattern)}
        return {p: p.stat().st_mtime_ns for p in found if not p.name.startswith(".")}
