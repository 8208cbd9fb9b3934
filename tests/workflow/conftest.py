"""A study of three steps, run by the project's own scripts in a moment; and what the rules say."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from complete_rules import function_of

ROOT = Path(__file__).parents[2]

SNAKEFILE = """
import shlex
import sys

{quoting}

configfile: "config.yaml"

rule all:
    input: "results/report.html", "results/quality/trials.csv"

rule first:
    output: measured=directory("results/first/{{person}}")
    log: "logs/first/{{person}}.log"
    params: function="three_steps.first", code="", setting=config["setting"]
    script: "workflow/scripts/call.py"

rule second:
    input: measured="results/first/{{person}}"
    output: table="results/second/{{person}}.txt"
    log: "logs/second/{{person}}.log"
    params: function="three_steps.second", code=""
    script: "workflow/scripts/call.py"

rule third:
    input: tables=expand("results/second/{{person}}.txt", person=config["people"])
    output: report="results/report.html", trials="results/quality/trials.csv"
    log: "logs/third.log"
    params: function="three_steps.third", code=""
    script: "workflow/scripts/call.py"
"""

STEPS = """
import os
import signal
from pathlib import Path

from myopinn.formats.whole import whole_directory, whole_file
from myopinn.errors import MyopinnError


def first(measured, setting):
    if setting == "wrong" and not Path("mended").exists():
        raise MyopinnError("Marker 'ELX' is in no file. Remedy: name it in markers.labels.")
    if setting == "odd":
        raise ZeroDivisionError("no time passes\\nin this recording")
    with whole_directory(measured) as folder:
        (folder / "values.txt").write_text(f"{setting} " * 100)
        if setting == "killed":
            os.kill(os.getpid(), signal.SIGKILL)


def second(measured, table):
    with whole_file(table) as temporary:
        temporary.write_text(Path(measured, "values.txt").read_text()[:40])


def third(tables, report, trials):
    with whole_file(report) as temporary:
        temporary.write_text("".join(Path(t).read_text() for t in tables))
    with whole_file(trials) as temporary:
        temporary.write_text("status\\naccepted\\nrejected\\naccepted\\n")
"""


class SmallStudy:
    """A project of three steps around the real scripts, and a study of it."""

    def __init__(self, place):
        self.project, self.folder = place / "project", place / "study"
        shutil.copytree(ROOT / "workflow" / "scripts", self.project / "workflow" / "scripts")
        shutil.copytree(ROOT / "profiles", self.project / "profiles")
        # As the flow itself does it.
        common = (ROOT / "workflow" / "rules" / "common.smk").read_text()
        (quoting,) = [line for line in common.splitlines() if line.startswith("sys.executable")]
        (self.project / "Snakefile").write_text(SNAKEFILE.format(quoting=quoting))
        (self.project / "three_steps.py").write_text(STEPS)
        self.folder.mkdir()
        self.python = sys.executable
        packages = os.pathsep.join([str(ROOT / "src"), str(self.project)])
        self.environment = os.environ | {"PYTHONPATH": packages}
        self.set("right")

    def set(self, setting, people=("P1", "P2")):
        """Write the config."""
        text = f"setting: {setting}\npeople: [{', '.join(people)}]\n"
        (self.folder / "config.yaml").write_text(text)

    def run(self, *arguments, status=0):
        """Run the study and return what was said."""
        script = self.project / "workflow" / "scripts" / "reproduce.py"
        done = subprocess.run(
            [self.python, script, self.folder, "--cores", "1", *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout
        return done.stdout

    def file(self, *parts):
        """Name a file among the results."""
        return self.folder.joinpath("results", *parts)

    def report(self):
        """Read the report."""
        return self.file("report.html").read_text()


@pytest.fixture
def place():
    """Name the folder in which the small study lies."""
    return "place"


@pytest.fixture
def small_study(tmp_path, place):
    """One that has not been run."""
    return SmallStudy(tmp_path / place)


@dataclass(frozen=True)
class Rule:
    """A rule as its file has it.

    Attributes
    ----------
    function : str
        What it calls.
    plug_ins : str
        The function of the rules that lists the plug-ins it runs; empty where there are none.
    asks : bool
        Whether it asks for resources of its own.
    """

    name: str
    file: str
    function: str
    plug_ins: str
    asks: bool


@pytest.fixture(scope="session")
def rules():
    """Read every rule, by name, but the one that is only the pattern of all."""
    texts, parents, files = {}, {}, {}
    for file in sorted((ROOT / "workflow" / "rules").glob("*.smk")):
        for text in re.split(r"^(?=use rule )", file.read_text(), flags=re.M)[1:]:
            parent, name = re.match(r"use rule (\w+) as (\w+) with:", text).groups()
            texts[name], parents[name], files[name] = text, parent, file.stem
    found = {}
    for name, file in files.items():
        # Nearest first.
        text, parent = texts[name], parents[name]
        while parent in texts:
            text, parent = text + texts[parent], parents[parent]
        function = re.search(r'function="([\w.]+)"', text)
        function = function[1] if function else function_of(name)
        plug_ins = re.search(r"plugins=(\w+)", text)
        asks = "    resources:" in text
        found[name] = Rule(name, file, function, plug_ins[1] if plug_ins else "", asks)
    return found


@pytest.fixture(scope="session")
def plan(tmp_path_factory):
    """Plan the whole tiny study and give what Snakemake says of each of its jobs."""
    folder = tmp_path_factory.mktemp("planned")
    shutil.copy2(ROOT / "studies" / "tiny" / "config.yaml", folder)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")),
            *("--directory", str(folder), "--cores", "1", "--dry-run", "--forceall"),
        ],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
