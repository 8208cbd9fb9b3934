"""Sources of recordings: one laboratory per file, found by its file name.

A laboratory is a module with

``Settings``
    a frozen dataclass: the laboratory's slice of the configuration, ``name`` included.
``list_trials(settings)``
    the trials it offers, cheap enough to be asked whenever the workflow is read.
``offers(settings)``, where it can say
    what is known before anything is fetched, such as the names of the model
    (:class:`myopinn.config.plug_ins.Offers`): a study is held to it.
``fetch_recordings`` (or ``simulate_person``)
    which puts a person's C3D files in place.
``provide_model(*, settings, model)``
    which writes its generic model, marker set included.
``PROCESSED = True``
    where the recordings enter the flow after inverse dynamics: what is put in place are then the
    person's own model and one folder per recording, with the files that
    ``myopinn.files.processed.PROCESSED_FILES`` names, and ``provide_model`` is not needed.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

from myopinn.checks.spelling import meant
from myopinn.errors import ConfigError

_FOLDER = Path(__file__).parent


def laboratories() -> list[str]:
    """Name the laboratories: the modules of this package that list trials."""
    return sorted(
        file.stem
        for file in _FOLDER.glob("*.py")
        if "\ndef list_trials(" in file.read_text(encoding="utf-8")
    )


def laboratory(name: str) -> ModuleType:
    """Load a laboratory by its name.

    Raises
    ------
    ConfigError
        Where there is no such laboratory; says which ones there are and which was meant.
    """
    known = laboratories()
    if name not in known:
        raise ConfigError(
            f"there is no laboratory '{name}'.{meant(name, known)} "
            f"Laboratories are {', '.join(known)}; for your own C3D files use 'c3d_folder', for "
            "joint angles and moments that you have already 'sto_folder'."
        )
    return importlib.import_module(f"{__name__}.{name}")


def is_processed(name: str) -> bool:
    """Tell whether a laboratory's recordings enter the flow after inverse dynamics."""
    return bool(getattr(laboratory(name), "PROCESSED", False))
