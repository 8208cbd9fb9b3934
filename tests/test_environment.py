"""One set of pins, for pip and conda users alike."""

import re
import tomllib
from itertools import chain
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PINS = (ROOT / "constraints.txt").read_text().splitlines()


def names(requirements):
    return {re.match(r"[A-Za-z0-9_.-]+", r).group().lower().replace("_", "-") for r in requirements}


def test_the_conda_environment_adds_no_dependency_of_its_own():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    plain = [d for d in environment["dependencies"] if isinstance(d, str)]
    pip = next(d["pip"] for d in environment["dependencies"] if isinstance(d, dict))
    assert names(plain) == {"python", "pip"}
    assert pip == ["-c constraints.txt", "-e .[test,lint]"]


def test_every_dependency_is_pinned_to_one_version():
    required = [*PROJECT["dependencies"], *chain(*PROJECT["optional-dependencies"].values())]
    assert names(required) <= names(PINS)
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.!]+", pin) for pin in PINS)
