"""Reading a study, with the laboratories and variants that are installed."""

from __future__ import annotations

import functools
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn import recordings
from myopinn.records.trials import Trial

if TYPE_CHECKING:
    from myopinn.config.plug_ins import LaboratoryPlugIn, Offers

CONFIG_FILE = "config.yaml"
# Beside what Snakemake keeps of a run.
KEPT = Path(".snakemake", "myopinn.json")


@dataclass(frozen=True)
class InstalledLaboratory:
    """A laboratory, as far as a configuration is held to it."""

    module: recordings.Laboratory

    @property
    def settings(self) -> type:
        """Give the dataclass of its slice."""
        return self.module.Settings

    @property
    def processed(self) -> bool:
        """Tell whether its recordings enter the flow after inverse dynamics."""
        return isinstance(self.module, recordings.ProcessedLaboratory)

    def list_trials(self, settings: Mapping[str, Any]) -> Sequence[Trial]:
        """List its trials."""
        return self.module.list_trials(settings)

    def offers(self, settings: Mapping[str, Any]) -> Offers:
        """Say what is known of its recordings; nothing where it cannot say."""
        from myopinn.config.plug_ins import Offers

        knows = isinstance(self.module, recordings.KnowingLaboratory)
        return self.module.offers(settings) if knows else Offers()  # type: ignore[attr-defined]


class Installed:
    """All laboratories and variants that are installed."""

    @functools.cache  # noqa: B019 - one object serves a process
    def laboratories(self) -> list[str]:
        """Name the laboratories."""
        return recordings.laboratories()

    def laboratory(self, name: str) -> LaboratoryPlugIn:
        """Find a laboratory."""
        return InstalledLaboratory(recordings.laboratory(name))

    def variants(self, task: str | None = None) -> list[str]:
        """Name the variants, or those that solve a task."""
        from myopinn import variants

        return variants.variant_names(task)

    def variant_settings(self, name: str, task: str) -> type:
        """Find the Settings of a variant that solves a task."""
        from myopinn import variants

        kind: type = variants.find_variant(name, task).settings
        return kind

    def variant_forms(self, name: str) -> tuple[str, ...]:
        """Name the forms that a variant answers."""
        from myopinn import variants

        return variants.find_variant(name).forms


def read_study(path: Path | str) -> dict[str, Any]:
    """Read a study's file and what it extends, and hold it to everything.

    Returns
    -------
    dict
        See :func:`myopinn.config.read.resolve`.

    Raises
    ------
    ConfigError
        Naming every problem at once.
    """
    config, _ = _read(path)
    return config


def read_and_keep(path: Path | str) -> dict[str, Any]:
    """Read a study as :func:`read_study` does, and keep what it comes to for the study's jobs."""
    config, files = _read(path)
    content = {"files": {str(file): _digest(file) for file in files}, "config": config}
    KEPT.parent.mkdir(exist_ok=True)
    temporary = KEPT.with_name(f"{KEPT.name}.{os.getpid()}")
    temporary.write_text(json.dumps(content), encoding="utf-8")
    temporary.replace(KEPT)
    return config


def read_kept(path: Path | str) -> dict[str, Any]:
    """Read a study as a job of it does, which the workflow has held to everything before.

    What was kept then is taken where the files are still the same, so that a job need not wait for
    what checks a configuration to be loaded.
    """
    try:
        kept = json.loads(KEPT.read_text(encoding="utf-8"))
        same = all(_digest(Path(file)) == digest for file, digest in kept["files"].items())
    except (OSError, ValueError):
        same = False
    config: dict[str, Any] = kept["config"] if same else read_study(path)
    return config


def _read(path: Path | str) -> tuple[dict[str, Any], tuple[Path, ...]]:
    from myopinn.config.layers import load_study
    from myopinn.config.read import resolve

    source = load_study(path)
    return resolve(source.values, Installed(), source.places), source.files


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
