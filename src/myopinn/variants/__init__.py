"""Ways to solve a task, one per file, found by file name.

A variant is a module with

``TASKS``
    the names of the tasks that it solves (see :mod:`myopinn.dataset.problem`);
``Settings``
    a frozen dataclass whose fields are the variant's keys in the configuration; it raises
    :class:`myopinn.errors.ConfigError` for values that make no sense;
``build(settings, problem)``
    which returns either a torch module with ``forward(cycles)``, ``loss_terms(cycles, outputs)``
    and ``loss(terms)`` (see :class:`myopinn.methods.losses.objectives.Objective`), which is trained
    by gradients until ``stop_loss(terms)``, where it has one, or else its loss, no longer falls on
    the stop trials, or an estimator in the manner of scikit-learn with ``fit(inputs, targets,
    seed)`` and
    ``predict(inputs)`` on arrays of shape (cycle, frame, name), and ``arrays()`` and
    ``restore(arrays)`` to store what it learned without pickle; where its attribute ``uses_seed``
    is false after a fit, other seeds would give the same numbers and are not fitted; an estimator
    that looks at more than inputs and targets has ``fit_cycles(train, stop, seed)`` and
    ``predict_cycles(cycles)`` on :class:`myopinn.dataset.problem.Cycles` instead of the first two;
``derive_inputs(problem, cycles)`` and ``derive(settings, problem, cycles)``, where it has them,
    which return tensors, cycle first, that depend on the measured motion but on nothing that is
    learned or scaled in a fold; they are computed once for all folds and stand in
    ``cycles.derived``. The first is what ``forward`` needs beside the inputs, so a stored model is
    asked with the motion; the second what the loss needs.

For ``deep_emg`` a module may also have

``ALWAYS_SEES``
    a tuple of ``measured_emg`` and ``moment_input``: inputs that are part of the method, whatever
    the entry says;
``describe_prior(settings)``
    what it assumes of the muscles that nothing measures, as a short text for the tables.

What ``build`` returned may also have

``identified()``
    the parameters of people that were learned: a list of
    :class:`myopinn.dataset.problem.IdentifiedParameter`;
``personal_parameters()``
    of a torch module, the parameters that are learned anew for a person who was not trained on,
    from that person's few trials, while everything else stays; an estimator has
    ``adapt_cycles(cycles, stop, seed)``. Without either, the variant answers a new person as it is;
``attention(cycles)``
    of a torch module, the weights by which frames look at frames, shape (cycle, layer, head, frame
    asked, frame looked at), which sum to 1 over the last;
``compare_protocols(cycles, protocols, asked, person)``
    what sets of recordings would tell of a person's parameters, before anything is fitted
    (:func:`myopinn.methods.deep.identifiability.compare_protocols`).

A variant that does not predict a target answers NaN there in every frame, and is left out of the
comparison of that target by name.

Each field of ``Settings`` has the metadata ``unit`` and ``meaning``. A field that is worth tuning
also says where: ``search``, (lowest, highest, ``log`` or ``linear``), or ``choices``, a tuple.

A variant imports no other variant; what variants share lies in ``myopinn.methods`` and
``myopinn.physics``.
Nothing heavy is imported with the module itself, so that the configuration is checked quickly.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from myopinn.checks.spelling import meant
from myopinn.config.values import read_settings
from myopinn.errors import ConfigError

NO_PRIOR = "none"


@dataclass(frozen=True)
class Variant:
    """A variant with its settings read and checked.

    Attributes
    ----------
    derive_inputs : callable or None
        None where the variant answers from its inputs alone.
    always_sees : tuple of str
        Inputs that are part of the method, whatever the entry says.
    prior : str
        What it assumes of what nothing measures.
    """

    name: str
    settings: Any
    build: Callable[..., Any]
    derive: Callable[..., dict[str, Any]]
    derive_inputs: Callable[..., dict[str, Any]] | None
    always_sees: tuple[str, ...] = ()
    prior: str = NO_PRIOR

    def derived(self, problem: Any, cycles: Any) -> dict[str, Any]:
        """Return all that answer and loss need of the measured motion of each cycle."""
        inputs = self.derive_inputs(problem, cycles) if self.derive_inputs else {}
        return {**inputs, **self.derive(self.settings, problem, cycles)}

    def described(self) -> dict[str, Any]:
        """Return the settings as plain values, lists for tuples."""
        return {key: _plain(value) for key, value in asdict(self.settings).items()}


def variant_names(task: str | None = None) -> list[str]:
    """Return the names of all variants, or of those that solve a task."""
    names = sorted(
        file.stem for file in Path(__file__).parent.glob("*.py") if not file.stem.startswith("_")
    )
    return [name for name in names if task is None or task in _module(name).TASKS]


def find_variant(name: str, task: str | None = None) -> Any:
    """Find the module of a variant.

    Raises
    ------
    ConfigError
        Where there is no such variant or it does not solve the task; it says what was meant.
    """
    names = variant_names()
    if name not in names:
        raise ConfigError(f"there is no variant '{name}'.{meant(name, names)} There are {names}.")
    module = _module(name)
    if task is not None and task not in module.TASKS:
        offered = variant_names(task)
        raise ConfigError(
            f"variant '{name}' solves {' and '.join(module.TASKS)}, not {task}, for which there "
            f"are {offered}."
        )
    return module


def load_variant(
    name: str, settings: Mapping[str, Any] | None = None, task: str | None = None
) -> Variant:
    """Find a variant by name and check its settings.

    Parameters
    ----------
    name : str
        Stem of the variant's file.
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
    module = find_variant(name, task)
    read = read_settings(f"variant '{name}'", module.Settings, settings or {})
    return Variant(
        name,
        read,
        module.build,
        getattr(module, "derive", lambda settings, problem, cycles: {}),
        getattr(module, "derive_inputs", None),
        getattr(module, "ALWAYS_SEES", ()),
        getattr(module, "describe_prior", lambda settings: NO_PRIOR)(read),
    )


def _module(name: str) -> Any:
    return importlib.import_module(f"{__name__}.{name}")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return list(value) if isinstance(value, tuple) else value
