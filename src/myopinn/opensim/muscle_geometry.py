"""Muscle geometry of a scaled model as polynomials, for the physics in torch.

The muscle paths are sampled over the joints' ranges, and a polynomial is fitted to every muscle.
What cannot be fitted within the bounds, jumps, or contradicts itself is refused by the muscle's
name, and with it the person: a moment balance that lacks a muscle would be wrong without saying so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from myopinn.errors import TrialError
from myopinn.opensim import muscle_paths
from myopinn.opensim.muscle_paths import Jump, PathSamples
from myopinn.opensim.path_fit import MuscleStates, PathFit, errors, exponents, fit_path
from myopinn.records.quality import QualityLog

WHAT = "muscle paths"
_TEST_STATES = 64
_WORST_NAMED = 3
_MM = 1e3


@dataclass(frozen=True)
class Group:
    """Muscles that cross the same coordinates, sampled for fit, choice of degree and test."""

    fitted: PathSamples
    unseen: PathSamples
    test: PathSamples


@dataclass(frozen=True)
class Muscle:
    """A fitted muscle and its errors, m, on states that no fit or choice has seen."""

    coordinates: tuple[str, ...]
    fit: PathFit
    length_rms: float
    moment_arm_rms: np.ndarray


def sample_model(
    *,
    file: str,
    ranges: Mapping[str, tuple[float, float]],
    muscles: Sequence[str] | None,
    degree: int,
) -> dict[str, Any]:
    """Sample all muscles that cross the coordinates; runs in a process of its own.

    Returns
    -------
    dict
        ``groups`` list of Group, ``jumps`` list of Jump, ``parameters`` {name: {muscle: value}}.

    Raises
    ------
    TrialError
        Where a coordinate or muscle is not in the model, or a muscle crosses none.
    """
    posed = muscle_paths.PosedModel(file, ranges)
    have = muscle_paths.muscle_names(posed)
    unknown = [m for m in muscles or () if m not in have]
    if unknown:
        raise TrialError(
            f"the model has no muscle {', '.join(unknown)}.",
            remedy=f"Choose among {', '.join(have)}.",
            file=file,
        )
    crossed = muscle_paths.crossings(posed, list(muscles or have))
    idle = [m for m in muscles or () if not crossed[m]]
    if idle or not any(crossed.values()):
        raise TrialError(
            f"{', '.join(idle) or 'no muscle'} crosses none of {', '.join(ranges)}.",
            remedy="Choose muscles that cross the coordinates.",
            file=file,
        )
    members: dict[tuple[str, ...], list[str]] = {}
    for muscle, coordinates in crossed.items():
        if coordinates:
            members.setdefault(coordinates, []).append(muscle)
    groups, jumps = [], []
    for coordinates, names in members.items():
        jumps += muscle_paths.find_jumps(posed, names, coordinates)
        dimensions = len(coordinates)
        # Every state gives a length and its slopes: twice as many equations as terms.
        count = max(48, 2 * len(exponents(dimensions, degree)) // (1 + dimensions))
        sets = [
            muscle_paths.sample(
                posed, names, coordinates, muscle_paths.unit_states(n, dimensions, seed=seed)
            )
            for n, seed in ((count, 3), (count // 2, 4), (_TEST_STATES, 5))
        ]
        groups.append(Group(*sets))
    values = muscle_paths.muscle_parameters(posed, have)
    table = {p: dict(zip(have, v.tolist(), strict=True)) for p, v in values.items()}
    return {"groups": groups, "jumps": jumps, "parameters": table}


def fit_all(
    groups: Sequence[Group],
    jumps: Sequence[Jump],
    ranges: Mapping[str, tuple[float, float]],
    settings: Mapping[str, Any],
    log: QualityLog,
) -> dict[str, Muscle]:
    """Fit every muscle; refuse by name what jumps, contradicts itself or misses its bounds.

    Parameters
    ----------
    groups, jumps : as of :func:`sample_model`
    ranges : mapping of coordinate to (low, high), rad
    settings : mapping
        ``degree``, ``max_length_rms_m``, ``max_moment_arm_rms_m``, and optionally
        ``contradictory_paths`` and ``max_jump_m``.

    Raises
    ------
    TrialError
        Naming all muscles with a fault.
    """
    follow = settings.get("contradictory_paths", "refuse") == "follow_moment_arm"
    faults = []
    for j in jumps:
        text = (
            f"the path of {j.muscle} jumps by {j.size_m * _MM:.2f} mm at {j.coordinate} "
            f"{math.degrees(j.angle_rad):.1f} deg"
        )
        if j.size_m > settings.get("max_jump_m", 0.0):
            faults.append(text)
        else:
            log.note(j.muscle, "path", f"{text}; it is smoothed over.")
    fitted: dict[str, Muscle] = {}
    for group in groups:
        for i, name in enumerate(group.test.muscles):
            contradiction = _contradiction(group, i, settings["max_moment_arm_rms_m"])
            if contradiction and follow:
                log.note(name, "path", f"{contradiction}; its length there is taken from them.")
            elif contradiction:
                faults.append(contradiction)
                continue
            fitted[name] = _fit(group, i, ranges, settings)
            faults += _report(name, fitted[name], settings, log)
    _name_worst(fitted, log)
    if faults:
        raise TrialError(
            f"{'; '.join(faults)}.",
            remedy="Narrow the coordinates' ranges to what is moved, mend the wrapping surfaces of "
            "the generic model, leave the muscle out, or widen the bounds.",
        )
    return fitted


def _fit(
    group: Group, i: int, ranges: Mapping[str, tuple[float, float]], settings: Mapping[str, Any]
) -> Muscle:
    """Fit one muscle of a group."""
    coordinates = group.test.coordinates
    centre = np.array([0.5 * sum(ranges[c]) for c in coordinates])
    half = np.array([0.5 * (ranges[c][1] - ranges[c][0]) for c in coordinates])
    bound = settings["max_moment_arm_rms_m"]
    sets = [
        MuscleStates(
            (s.q - centre) / half,
            s.length[:, i],
            -s.moment_arm[:, i] * half,
            _agree(s, i, bound),
        )
        for s in (group.fitted, group.unseen, group.test)
    ]
    fit = fit_path(
        sets[0],
        sets[1],
        half,
        max_degree=settings["degree"],
        length_bound=settings["max_length_rms_m"],
        moment_arm_bound=bound,
    )
    return Muscle(coordinates, fit, *errors(fit, sets[2], half))


def _agree(samples: PathSamples, i: int, bound: float) -> np.ndarray:
    """Tell where OpenSim's moment arms are minus the slope of its length, shape (state,)."""
    apart = np.abs(samples.slope[:, i] + samples.moment_arm[:, i]).max(1)
    if np.sqrt(np.mean(apart**2)) <= bound:
        return np.ones(len(apart), dtype=bool)
    return apart <= bound


def _contradiction(group: Group, i: int, bound: float) -> str:
    """Say where a path's moment arm and length contradict each other; empty where they agree."""
    samples = group.test
    apart = np.abs(samples.slope[:, i] + samples.moment_arm[:, i])
    rms = np.sqrt(np.mean(apart**2, axis=0))
    j = int(rms.argmax())
    if rms[j] <= bound:
        return ""
    k = int(apart[:, j].argmax())
    return (
        f"OpenSim's moment arms of {samples.muscles[i]} at {samples.coordinates[j]} differ from "
        f"minus the slope of its length by {rms[j] * _MM:.2f} mm rms (allowed {bound * _MM:g}), "
        f"most at {math.degrees(samples.q[k, j]):.1f} deg, so its wrapping fails there"
    )


def _report(name: str, muscle: Muscle, settings: Mapping[str, Any], log: QualityLog) -> list[str]:
    """Record the errors of a muscle; give those over their bound as text."""
    found = [
        ("length", "", muscle.length_rms, settings["max_length_rms_m"]),
        *(
            ("moment arm", f" at {c}", float(rms), settings["max_moment_arm_rms_m"])
            for c, rms in zip(muscle.coordinates, muscle.moment_arm_rms, strict=True)
        ),
    ]
    faults = []
    for quantity, place, rms, bound in found:
        try:
            log.measure(name, f"{quantity} rms error{place}", rms * _MM, "mm", at_most=bound * _MM)
        except TrialError:
            faults.append(
                f"the fit of {name} misses its {quantity}{place} by {rms * _MM:.2f} mm rms "
                f"(allowed {bound * _MM:g} mm)"
            )
    return faults


def _name_worst(fitted: Mapping[str, Muscle], log: QualityLog) -> None:
    """Name the muscles with the largest errors."""
    if not fitted:
        return
    by_length = sorted(fitted, key=lambda m: -fitted[m].length_rms)[:_WORST_NAMED]
    by_arm = sorted(fitted, key=lambda m: -fitted[m].moment_arm_rms.max())[:_WORST_NAMED]
    lengths = ", ".join(f"{m} {fitted[m].length_rms * _MM:.3f} mm" for m in by_length)
    arms = ", ".join(f"{m} {fitted[m].moment_arm_rms.max() * _MM:.3f} mm" for m in by_arm)
    log.note(WHAT, "worst fits", f"length: {lengths}; moment arm: {arms}.")


def tabulate(
    fitted: Mapping[str, Muscle], ranges: Mapping[str, tuple[float, float]]
) -> dict[str, np.ndarray]:
    """Put the fits of all muscles over one table of exponents.

    Returns
    -------
    dict of array
        ``coefficient`` (muscle, term), m; ``exponent`` (term, coordinate); ``centre`` and
        ``half_range`` (coordinate,), rad; ``crosses`` (muscle, coordinate); ``length_rms``
        (muscle,), m; ``moment_arm_rms`` (muscle, coordinate), m.
    """
    names = list(ranges)
    low, high = np.array(list(ranges.values())).T
    place: dict[tuple[int, ...], int] = {(0,) * len(names): 0}
    rows: list[dict[int, float]] = []
    crosses = np.zeros((len(fitted), len(names)), dtype=np.int8)
    arm_rms = np.zeros((len(fitted), len(names)))
    for i, muscle in enumerate(fitted.values()):
        columns = [names.index(c) for c in muscle.coordinates]
        crosses[i, columns] = 1
        arm_rms[i, columns] = muscle.moment_arm_rms
        row = {}
        for value, exponent in zip(muscle.fit.coefficient, muscle.fit.exponent, strict=True):
            term = np.zeros(len(names), dtype=int)
            term[columns] = exponent
            row[place.setdefault(tuple(term.tolist()), len(place))] = float(value)
        rows.append(row)
    coefficient = np.zeros((len(fitted), len(place)))
    for i, row in enumerate(rows):
        coefficient[i, list(row)] = list(row.values())
    return {
        "coefficient": coefficient,
        "exponent": np.array(list(place), dtype=np.int32).reshape(len(place), len(names)),
        "centre": 0.5 * (low + high),
        "half_range": 0.5 * (high - low),
        "crosses": crosses,
        "length_rms": np.array([m.length_rms for m in fitted.values()], dtype=float),
        "moment_arm_rms": arm_rms,
    }
