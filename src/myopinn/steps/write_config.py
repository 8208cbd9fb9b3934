"""The step that writes what a study comes to once all defaults are in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from myopinn.formats.whole import whole_file


def write_config(*, config: Mapping[str, Any], resolved: str | Path) -> None:
    """Write a study's configuration with all defaults filled in.

    Parameters
    ----------
    config : mapping
        As :func:`myopinn.steps.read_study.read_study` gives it.
    resolved : path
        Output, YAML: a configuration that says the same as the study's own and needs no other.
    """
    import yaml

    text = yaml.safe_dump(dict(config), sort_keys=False, allow_unicode=True, width=100)
    with whole_file(resolved) as temporary:
        temporary.write_text(text, encoding="utf-8")
