"""A copy of the project that a proof may edit, and whole studies run with it."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass
class Study:
    """A study's folder and the copy of the project that runs it."""

    project: Path
    folder: Path

    def command(self, *arguments):
        """Spell the command that `make reproduce` runs."""
        script = self.project / "workflow" / "scripts" / "reproduce.py"
        return [sys.executable, str(script), str(self.folder), "--cores", "2", *arguments]

    @property
    def environment(self):
        """Let the copy of the package come before the installed one."""
        kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        return kept | {"PYTHONPATH": str(self.project / "src"), "OMP_NUM_THREADS": "1"}

    def run(self, *arguments):
        """Run the study and return what was said; a failure fails the proof."""
        done = subprocess.run(
            self.command(*arguments),
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == 0, said[-5000:]
        return said

    def planned(self):
        """List what a run would do: (rule, wildcards) of every job."""
        blocks = re.split(r"\n(?:local)?rule ", self.run("--dry-run"))[1:]
        found = []
        for block in blocks:
            wildcards = re.search(r"wildcards: (.*)", block.split("\n\n")[0])
            pairs = wildcards.group(1).split(", ") if wildcards else []
            found.append((block.split(":")[0], dict(p.split("=", 1) for p in pairs)))
        return found


def copy_project(to):
    """Copy what is in version control or new, as a clone would have it."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)
    return to


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """The tiny study, run to its end."""
    project = copy_project(tmp_path_factory.mktemp("project"))
    folder = tmp_path_factory.mktemp("study")
    shutil.copy2(ROOT / "studies" / "tiny" / "config.yaml", folder)
    study = Study(project, folder)
    study.run()
    return study


@pytest.fixture
def study(finished, tmp_path):
    """A copy of the project and of the finished study, free to be edited."""
    project = tmp_path / "project"
    shutil.copytree(finished.project, project)
    folder = tmp_path / "study"
    # Keep times, by which Snakemake judges what is up to date.
    shutil.copytree(finished.folder, folder, copy_function=shutil.copy2)
    return Study(project, folder)


@pytest.fixture
def untouched(finished, tmp_path):
    """The tiny study before its first run."""
    folder = tmp_path / "study"
    folder.mkdir()
    shutil.copy2(ROOT / "studies" / "tiny" / "config.yaml", folder)
    return Study(finished.project, folder)
