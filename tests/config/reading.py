"""Studies as they are shipped, and what is said of one that is wrong."""

from pathlib import Path

import pytest

from myopinn.config.layers import load_study
from myopinn.config.read import resolve
from myopinn.errors import ConfigError
from myopinn.steps.read_study import Installed

ROOT = Path(__file__).parents[2]
SHIPPED = sorted([*ROOT.glob("config.yaml"), *ROOT.glob("studies/*/config.yaml")])
INSTALLED = Installed()


def written(study):
    """Give what a shipped study says, with what it extends."""
    return load_study(ROOT / "studies" / study / "config.yaml").values


def read(values):
    return resolve(values, INSTALLED)


def refused(values):
    with pytest.raises(ConfigError) as error:
        read(values)
    return str(error.value)


def at(config, path):
    """Give what stands under keys that are divided by slashes."""
    for key in path.split("/") if path else ():
        config = config[int(key)] if isinstance(config, list) else config[key]
    return config
