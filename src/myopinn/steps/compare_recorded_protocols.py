"""What sets of recordings tell of people's muscles, before anything is fitted to them.

Of every person, the trials that a protocol consists of are taken from what was recorded, and what
they would leave open of the size of deep muscles' excitations and of each parameter is worked out
(:mod:`myopinn.methods.deep.identifiability`). No envelope of a deep muscle is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from myopinn.dataset.normalisation import Normalisation
from myopinn.dataset.recorded import RecordedCycles
from myopinn.errors import ConfigError
from myopinn.files.layouts.protocols import COMBINATIONS, EXCITATION, PARAMETER, PROTOCOLS
from myopinn.training.estimators import suit_small_networks
from myopinn.training.inputs import FitInputs
from myopinn.training.recorded_cycles import read_recorded_cycles
from myopinn.training.resolved import TaskSlice
from myopinn.variants import Variant


def compare_recorded_protocols(
    *,
    datasets: Sequence[str | Path],
    geometries: Sequence[str | Path],
    calibrations: Sequence[str | Path],
    task: str,
    variant: str,
    recording: str,
    variant_settings: Mapping[str, Any],
    selection: Mapping[str, Any],
    asked: Sequence[str],
    compared: Mapping[str, Mapping[str, Sequence[str]]],
    protocols: str | Path,
) -> None:
    """Write what each protocol leaves open of each person.

    Parameters
    ----------
    datasets, geometries, calibrations, task, variant, recording, variant_settings, selection
        As :func:`myopinn.steps.train_variant.train_variant` has them; the variant is a neural
        musculoskeletal model that sees measured EMG and moment.
    asked : sequence of str
        Conditions of the movements in which deep muscles are asked for.
    compared : mapping
        Of each protocol by name, its ``conditions`` of movements and of isometric contractions
        (``calibration``).
    protocols : path
        Output (:data:`myopinn.files.layouts.protocols.PROTOCOLS`).

    Raises
    ------
    ConfigError
        Naming a condition that nobody recorded.
    """
    suit_small_networks()
    # Nothing is trained, so how is of no consequence.
    entry = TaskSlice(task, recording, selection, {}).resolve(variant, variant_settings)
    inputs = FitInputs(datasets, geometries, calibrations=calibrations)
    recorded, _ = read_recorded_cycles(inputs, entry.selection, recording)
    _refuse_unrecorded(recorded, [asked, *(c for own in compared.values() for c in own.values())])
    rows = []
    for person, subject in enumerate(recorded.subjects):
        place = {"task": task, "recording": recording, "subject": subject}
        for name, count, told in _of_person(recorded, person, entry.variant, asked, compared):
            here = {**place, "protocol": name, "n_cycles": count}
            rows += [{**here, **row} for row in _rows(told)]
    PROTOCOLS.write_rows(rows, protocols)


def _refuse_unrecorded(recorded: RecordedCycles, named: Sequence[Sequence[str]]) -> None:
    there = sorted(set(recorded.condition.tolist()))
    missing = sorted({c for names in named for c in names} - set(there))
    if missing:
        raise ConfigError(
            f"protocols: nobody recorded the conditions {missing}; there are {there}. Isometric "
            "contractions must stand in the task's 'calibration' as well."
        )


def _of_person(
    recorded: RecordedCycles,
    person: int,
    way: Variant,
    asked: Sequence[str],
    compared: Mapping[str, Mapping[str, Sequence[str]]],
) -> Iterator[tuple[str, int, Any]]:
    """Give name, number of cycles and findings of each protocol; nothing of who has no cycle.

    Raises
    ------
    ConfigError
        Where the variant cannot tell.
    """
    import torch

    from myopinn.methods.deep.identifiability import compare_protocols
    from myopinn.methods.deep.musculoskeletal_objective import MusculoskeletalObjective

    own = recorded.person == person
    moved = own & ~recorded.calibration & np.isin(recorded.condition, list(asked))
    if not moved.any():
        return
    constants = Normalisation.fit(recorded, np.flatnonzero(moved))
    problem = constants.problem(recorded)
    cycles = constants.cycles(recorded)
    # Forces are differences of lengths: single precision would be the noise.
    derived = way.derived(problem, cycles.to_derive(problem))
    cycles = replace(cycles, derived=derived).take(own).in_double()
    torch.manual_seed(0)
    model = way.build(problem)
    if not isinstance(model, MusculoskeletalObjective):
        raise ConfigError(f"protocols: variant '{way.name}' cannot tell; 'nmm' can.")
    model = model.double()
    condition, calibration = recorded.condition[own], recorded.calibration[own]
    sets = {
        name: np.isin(condition, [*parts.get("conditions", ()), *parts.get("calibration", ())])
        for name, parts in compared.items()
    }
    wanted = cycles.take(~calibration & np.isin(condition, list(asked)))
    masks = {name: torch.from_numpy(mask) for name, mask in sets.items()}
    for name, told in compare_protocols(model, cycles, masks, wanted, person).items():
        yield name, int(sets[name].sum()), told


def _rows(told: Any) -> Iterator[dict[str, Any]]:
    for muscle, prior in told.prior_spread.items():
        left = told.posterior_spread[muscle]
        yield {"quantity": EXCITATION, "parameter": "", "muscle": muscle} | {
            "prior": prior,
            "posterior": left,
        }
    for (parameter, muscle), share in zip(told.parameters, told.posterior_share, strict=True):
        yield {"quantity": PARAMETER, "parameter": parameter, "muscle": muscle} | {
            "prior": 1.0,
            "posterior": share,
        }
    known = sum(value > 1 for value in told.singular_values)
    yield {"quantity": COMBINATIONS, "parameter": "", "muscle": ""} | {
        "prior": len(told.parameters),
        "posterior": known,
    }
