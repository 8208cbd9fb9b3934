"""Sources of recordings: one laboratory per file, found by its file name.

A module of this package is a laboratory and nothing else. A laboratory may lie in another package
as well, which names its module by an entry point of the group :data:`GROUP`. What a laboratory
holds is said by the Protocols here:

- every one is a :class:`Laboratory`;
- it either fetches what was measured (:class:`MeasuringLaboratory`) or simulates people
  (:class:`SimulatingLaboratory`);
- its recordings are C3D files and come with a generic model (:class:`ModellingLaboratory`), or
  enter the flow after inverse dynamics (:class:`ProcessedLaboratory`);
- where the files are a user's own it names them (:class:`FolderLaboratory`);
- what is known before anything is fetched it may say (:class:`KnowingLaboratory`).
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from myopinn.checks.spelling import meant
from myopinn.errors import ConfigError

if TYPE_CHECKING:
    from myopinn.config.plug_ins import Offers
    from myopinn.records.quality import QualityLog
    from myopinn.records.trials import Trial

GROUP = "myopinn.recordings"
_FOLDER = Path(__file__).parent


@runtime_checkable
class Laboratory(Protocol):
    """What the workflow asks of every laboratory."""

    @property
    def __name__(self) -> str:
        """The module's dotted name."""
        ...

    @property
    def Settings(self) -> type[Any]:  # noqa: N802
        """A frozen dataclass: the laboratory's slice of the configuration, ``name`` included."""
        ...

    def list_trials(self, settings: Mapping[str, Any]) -> list[Trial]:
        """List the trials it offers; cheap, as it is asked whenever the workflow is read."""
        ...


@runtime_checkable
class MeasuringLaboratory(Laboratory, Protocol):
    """A laboratory of real people."""

    def fetch_recordings(
        self, *, settings: Mapping[str, Any], subject: str, recordings: Path, log: QualityLog
    ) -> None:
        """Put a person's files into the folder ``recordings``, which is there and empty."""
        ...


@runtime_checkable
class SimulatingLaboratory(Laboratory, Protocol):
    """A laboratory of virtual people."""

    def simulate_person(
        self,
        *,
        settings: Mapping[str, Any],
        subject: str,
        seed: int,
        recordings: Path,
        truth: Path,
        log: QualityLog,
    ) -> None:
        """Put a person's C3D files into ``recordings`` and what nobody may know into ``truth``."""
        ...


@runtime_checkable
class ModellingLaboratory(Laboratory, Protocol):
    """A laboratory whose recordings are C3D files, to be analysed with its generic model."""

    def provide_model(self, *, settings: Mapping[str, Any], model: Path) -> None:
        """Write the generic model, marker set included."""
        ...


@runtime_checkable
class ProcessedLaboratory(Laboratory, Protocol):
    """A laboratory whose recordings enter the flow after inverse dynamics.

    What it puts in place are the person's own model and one folder per recording, with the files
    that ``myopinn.files.processed.PROCESSED_FILES`` names.
    """

    @property
    def PROCESSED(self) -> bool:  # noqa: N802
        """True."""
        ...


@runtime_checkable
class FolderLaboratory(Laboratory, Protocol):
    """A laboratory of a user's own files."""

    def source_files(self, settings: Mapping[str, Any], subject: str) -> list[str]:
        """Name a person's files where they lie, so that it is seen when one is replaced."""
        ...


@runtime_checkable
class KnowingLaboratory(Laboratory, Protocol):
    """A laboratory that can say what is known before anything is fetched, such as its model.

    A study is held to it at the start.
    """

    def offers(self, settings: Mapping[str, Any]) -> Offers:
        """Say what is known of the recordings."""
        ...


def laboratories() -> list[str]:
    """Name the laboratories: the modules of this package, and those that other packages offer."""
    return sorted({*_own(), *_offered()})


def laboratory(name: str) -> Laboratory:
    """Load a laboratory by its name.

    Raises
    ------
    ConfigError
        Where there is no such laboratory (says which ones there are and which was meant), two have
        the name, or another package's cannot be loaded or lacks something.
    """
    own, offered = _own(), _offered().get(name, ())
    if name in own and not offered:
        return _checked(importlib.import_module(f"{__name__}.{name}"), name, "")
    if len(offered) + (name in own) > 1:
        packages = " and ".join(_package(entry) for entry in offered)
        raise ConfigError(
            f"two laboratories are called '{name}': {packages} offers one"
            f"{', which myopinn has itself' if name in own else ''}. Remedy: give the entry point "
            f"of the group {GROUP} another name, or remove a package."
        )
    if not offered:
        known = laboratories()
        raise ConfigError(
            f"there is no laboratory '{name}'.{meant(name, known)} "
            f"Laboratories are {', '.join(known)}; for your own C3D files use 'c3d_folder', for "
            "joint angles and moments that you have already 'sto_folder'."
        )
    where = f" of {_package(offered[0])}"
    try:
        module = offered[0].load()
    except (ImportError, AttributeError) as error:
        raise ConfigError(
            f"the laboratory '{name}'{where} cannot be loaded ({error}). Remedy: install that "
            "package again."
        ) from error
    return _checked(module, name, where)


def is_processed(name: str) -> bool:
    """Tell whether a laboratory's recordings enter the flow after inverse dynamics."""
    return isinstance(laboratory(name), ProcessedLaboratory)


def is_simulating(name: str) -> bool:
    """Tell whether a laboratory's people are virtual, so that their truth is known."""
    return isinstance(laboratory(name), SimulatingLaboratory)


def source_files(settings: Mapping[str, Any], subject: str) -> list[str]:
    """Name a person's files where they lie, none where a laboratory fetches or makes them."""
    source = laboratory(settings["name"])
    return source.source_files(settings, subject) if isinstance(source, FolderLaboratory) else []


def _own() -> list[str]:
    return [file.stem for file in _FOLDER.glob("*.py") if file.stem != "__init__"]


@cache
def _offered() -> dict[str, Sequence[EntryPoint]]:
    offered: dict[str, list[EntryPoint]] = {}
    for entry in entry_points(group=GROUP):
        offered.setdefault(entry.name, []).append(entry)
    return dict(offered)


def _package(entry: EntryPoint) -> str:
    return f"the package '{entry.dist.name if entry.dist else entry.value}'"


def _checked(module: object, name: str, where: str) -> Laboratory:
    """Hold a module to what a laboratory has; mypy holds those of this package to the types."""
    needed = {
        "Settings and list_trials": isinstance(module, ModuleType)
        and isinstance(module, Laboratory),
        "either fetch_recordings or simulate_person": isinstance(module, MeasuringLaboratory)
        != isinstance(module, SimulatingLaboratory),
        "either provide_model or PROCESSED = True": isinstance(module, ModellingLaboratory)
        != isinstance(module, ProcessedLaboratory),
    }
    missing = [what for what, there in needed.items() if not there]
    if missing or not isinstance(module, Laboratory):
        raise ConfigError(
            f"the laboratory '{name}'{where} is to be a module with {' and with '.join(missing)}; "
            "see myopinn.recordings. Remedy: mend the laboratory."
        )
    return module
