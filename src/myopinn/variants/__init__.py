"""Ways to solve a task, one per file, found by file name; and those of other packages.

A variant is a module that says what it is under the name ``VARIANT``
(:class:`Definition`). One of another package is named by an entry point of the group
``myopinn.variants``, which is that module; it can be used like those of the house, and may not have
the name of one.

What a variant builds is either a torch module that is trained by gradients
(:class:`myopinn.methods.losses.trained_model.TrainedModel`) or an estimator that fits itself
(:class:`myopinn.methods.models.Estimator`): one in the manner of scikit-learn builds on
:class:`myopinn.methods.models.SolvedOnArrays`, others on :class:`myopinn.methods.models.Solved`.

A variant that does not predict a target answers NaN there in every frame, and is left out of the
comparison of that target by name.

Each field of a variant's settings has the metadata ``unit`` and ``meaning``. A field that is worth
tuning also says where: ``search``, (lowest, highest, ``log`` or ``linear``), or ``choices``, a
tuple.

A variant imports no other variant; what variants share lies in ``myopinn.methods`` and
``myopinn.physics``. Nothing heavy is imported with the module itself, so that the configuration is
checked quickly.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from myopinn.checks.spelling import meant
from myopinn.config.values import read_settings
from myopinn.errors import ConfigError
from myopinn.records.told import MOTION, TRIALS

if TYPE_CHECKING:
    from torch import Tensor

    from myopinn.dataset.problem import Cycles, Problem
    from myopinn.methods.losses.trained_model import TrainedModel
    from myopinn.methods.models import Estimator

    Model = TrainedModel | Estimator
    Derived = dict[str, Tensor]

ENTRY_POINTS = "myopinn.variants"
NO_PRIOR = "none"
FORMS = ("cycles", "clock")
S = TypeVar("S")


@dataclass(frozen=True)
class Definition(Generic[S]):
    """What a variant's module says of itself.

    Attributes
    ----------
    tasks : tuple of str
        Names of the tasks that it solves (:data:`myopinn.dataset.tasks.TASKS`).
    settings : type
        A frozen dataclass whose fields are the variant's keys in the configuration; it raises
        :class:`myopinn.errors.ConfigError` for values that make no sense.
    build : callable
        From settings and problem to what is fitted.
    derive_inputs, derive : callable, optional
        What answer, and what loss, need of the measured motion of each cycle: tensors, cycle first,
        that depend on nothing that is learned or scaled in a fold. They are computed once for all
        folds and stand in ``cycles.derived``. A stored model is asked with the motion where it has
        the first.
    always_sees : tuple of str
        ``measured_emg``, ``moment_input``, ``past_motion``: inputs that are part of the method,
        whatever the entry says.
    prior : callable, optional
        What it assumes of muscles that nothing measures, as a short text for the tables.
    rests_on : tuple of str, optional
        All that its answers rest on, where that is not what its task shows: things of
        :data:`myopinn.records.told.WORDS`, and ``trials`` where it learns from any. Tables say it
        of each of its rows.
    forms : tuple of str
        Of :data:`FORMS`, those that it can answer: normalised ``cycles``, and pieces by a
        ``clock``, of which no answer may depend on what comes after its frame
        (:attr:`myopinn.dataset.problem.Problem.past_only`).
    """

    tasks: tuple[str, ...]
    settings: type[S]
    build: Callable[[S, Problem], Model]
    derive_inputs: Callable[[Problem, Cycles], Derived] | None = None
    derive: Callable[[S, Problem, Cycles], Derived] | None = None
    always_sees: tuple[str, ...] = ()
    prior: Callable[[S], str] | None = None
    rests_on: tuple[str, ...] | None = None
    forms: tuple[str, ...] = FORMS


@dataclass(frozen=True)
class Variant:
    """A variant with its settings read and checked."""

    name: str
    settings: Any
    definition: Definition[Any]

    @property
    def always_sees(self) -> tuple[str, ...]:
        """Inputs that are part of the method, whatever the entry says."""
        return self.definition.always_sees

    @property
    def prior(self) -> str:
        """What it assumes of what nothing measures."""
        return self.definition.prior(self.settings) if self.definition.prior else NO_PRIOR

    @property
    def learns(self) -> bool:
        """Whether it learns from trials."""
        return self.definition.rests_on is None or TRIALS in self.definition.rests_on

    def rests_on(self, shown: Collection[str]) -> set[str]:
        """Name the things that its answers may rest on, of all that is shown to it.

        Parameters
        ----------
        shown : collection of str
            Things of :data:`myopinn.records.told.WORDS`.
        """
        if self.definition.rests_on is not None:
            return {*self.definition.rests_on} - {TRIALS}
        # What is derived of the motion is seen beside the inputs.
        return {*shown, *[MOTION] * (self.definition.derive_inputs is not None)}

    def build(self, problem: Problem) -> Model:
        """Build what is fitted and asked in a fold."""
        return self.definition.build(self.settings, problem)

    def derived_inputs(self, problem: Problem, cycles: Cycles) -> Derived | None:
        """Return what an answer needs of the motion; None where it needs the inputs alone."""
        derive = self.definition.derive_inputs
        return derive(problem, cycles) if derive else None

    def derived(self, problem: Problem, cycles: Cycles) -> Derived:
        """Return all that answer and loss need of the measured motion of each cycle."""
        inputs = self.derived_inputs(problem, cycles.to_answer(problem)) or {}
        derive = self.definition.derive
        return {**inputs, **(derive(self.settings, problem, cycles) if derive else {})}

    def described(self) -> dict[str, Any]:
        """Return the settings as plain values, lists for tuples."""
        return {key: _plain(value) for key, value in asdict(self.settings).items()}


@cache
def variant_modules() -> dict[str, str]:
    """Return the module of every variant by name.

    Raises
    ------
    ConfigError
        Where another package's variant has the name of one that is known already.
    """
    files = Path(__file__).parent.glob("[!_]*.py")
    found = {file.stem: f"{__name__}.{file.stem}" for file in files}
    for point in entry_points(group=ENTRY_POINTS):
        if found.setdefault(point.name, point.value) != point.value:
            raise ConfigError(
                f"the entry point '{point.name} = {point.value}' has the name of the variant "
                f"{found[point.name]}. Remedy: rename it in the package that it comes from."
            )
    return dict(sorted(found.items()))


def variant_names(task: str | None = None) -> list[str]:
    """Return the names of all variants, or of those that solve a task."""
    return [name for name in variant_modules() if task is None or task in _definition(name).tasks]


def find_variant(name: str, task: str | None = None) -> Definition[Any]:
    """Find a variant by name.

    Raises
    ------
    ConfigError
        Where there is no such variant or it does not solve the task; it says what was meant.
    """
    names = variant_names()
    if name not in names:
        raise ConfigError(f"there is no variant '{name}'.{meant(name, names)} There are {names}.")
    found = _definition(name)
    if task is not None and task not in found.tasks:
        raise ConfigError(
            f"variant '{name}' solves {' and '.join(found.tasks)}, not {task}, for which there "
            f"are {variant_names(task)}."
        )
    return found


def load_variant(
    name: str, settings: Mapping[str, Any] | None = None, task: str | None = None
) -> Variant:
    """Find a variant by name and check its settings.

    Parameters
    ----------
    name : str
        Stem of the variant's file, or name of its entry point.
    settings : mapping
        The variant's entry in the configuration.
    task : str, optional
        That it is to solve.

    Raises
    ------
    ConfigError
        Where there is no such variant or it solves another task, or a key or value is wrong; it
        says what was meant.
    """
    found = find_variant(name, task)
    return Variant(name, read_settings(f"variant '{name}'", found.settings, settings or {}), found)


def _definition(name: str) -> Definition[Any]:
    module = variant_modules()[name]
    try:
        found = getattr(importlib.import_module(module), "VARIANT", None)
    except ImportError as error:
        raise ConfigError(f"variant '{name}': {module} cannot be imported: {error}.") from error
    if not isinstance(found, Definition):
        raise ConfigError(
            f"variant '{name}': {module} has no VARIANT, a {__name__}.Definition that says what it "
            "is."
        )
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return list(value) if isinstance(value, tuple) else value
