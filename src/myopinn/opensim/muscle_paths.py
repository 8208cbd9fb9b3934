"""Muscle paths of an OpenSim model, sampled over joint ranges: length, its slope, moment arm.

OpenSim wraps muscles around bones step by step. Such a path can jump from one side of a bone to
the other, and where two wrapping surfaces act at once it can end before it is the shortest path:
then OpenSim's moment arm is not minus the slope of OpenSim's length. Both are looked for here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from myopinn.errors import TrialError
from myopinn.opensim.tool import load_model

# A step at which the truncation error (h^2) and the round-off of a length (1e-16 / h) are both
# below a nanometre per radian.
_SLOPE_STEP_RAD = 1e-4
# Less than this over the whole range is round-off of a path that does not cross the joint.
_CROSSES_M = 1e-7
_SCAN_POINTS = 61
_SCAN_BASES = 5
# A change of slope that could hide a jump; whether it is one is found out by bisection.
_SUSPECT_M = 5e-5
_JUMP_M = 2e-5
_BISECTIONS = 24

PARAMETERS = (
    "max_isometric_force",
    "optimal_fiber_length",
    "tendon_slack_length",
    "pennation_angle_at_optimal",
)


@dataclass(frozen=True)
class PathSamples:
    """States of muscles that cross the same coordinates.

    Attributes
    ----------
    muscles, coordinates : tuple of str
    q : array, shape (state, coordinate), rad
    length : array, shape (state, muscle), m
    slope : array, shape (state, muscle, coordinate), m/rad
        Of the length, by central differences.
    moment_arm : array, shape (state, muscle, coordinate), m
        OpenSim's own, from the directions in which the path pulls.
    """

    muscles: tuple[str, ...]
    coordinates: tuple[str, ...]
    q: np.ndarray
    length: np.ndarray
    slope: np.ndarray
    moment_arm: np.ndarray


@dataclass(frozen=True)
class Jump:
    """A muscle's length changes at one joint angle by ``size_m``."""

    muscle: str
    coordinate: str
    angle_rad: float
    size_m: float


@dataclass
class PosedModel:
    """A model whose coordinates are set freely, with what is coupled to them following.

    Parameters
    ----------
    file : str
        The .osim file.
    ranges : mapping of coordinate to (low, high), rad
        Coordinates that are posed; each starts in the middle of its range.
    """

    file: str
    ranges: Mapping[str, tuple[float, float]]
    model: Any = field(init=False, repr=False)
    state: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.model = load_model(self.file)
        self._check_coordinates()
        coordinates = self.model.updCoordinateSet()
        for name in self.ranges:
            # A locked or clamped coordinate would silently stay where it is.
            coordinates.get(name).set_locked(False)
            coordinates.get(name).set_clamped(False)
            coordinates.get(name).set_prescribed(False)
        self.state = self.model.initSystem()
        self._coordinates = {n: coordinates.get(n) for n in self.ranges}
        self._follow = self._followers()
        for name, (low, high) in self.ranges.items():
            self._coordinates[name].setValue(self.state, 0.5 * (low + high), False)
        self.pose({})

    def _check_coordinates(self) -> None:
        have = [c.getName() for c in _items(self.model.getCoordinateSet())]
        missing = [n for n in self.ranges if n not in have]
        if missing:
            raise TrialError(
                f"the model has no coordinate {', '.join(missing)}.",
                remedy=f"Choose among {', '.join(have)}.",
                file=self.file,
            )

    def _followers(self) -> Callable[[], None]:
        """How constraints are met: couplers by their own function, all else by assembly."""
        import opensim

        constraints = _items(self.model.getConstraintSet())
        couplers = [opensim.CoordinateCouplerConstraint.safeDownCast(c) for c in constraints]
        if any(c is None for c in couplers):
            return lambda: self.model.assemble(self.state)
        coordinates = self.model.getCoordinateSet()
        links = [
            (
                c.getFunction(),
                [coordinates.get(n) for n in _strings(c.getIndependentCoordinateNames())],
                coordinates.get(c.getDependentCoordinateName()),
            )
            for c in couplers
            if c.get_isEnforced()
        ]

        def follow() -> None:
            for function, leaders, follower in links:
                values = opensim.Vector([c.getValue(self.state) for c in leaders])
                follower.setValue(self.state, function.calcValue(values), False)

        return follow

    def pose(self, angles: Mapping[str, float]) -> None:
        """Set coordinates, rad, and bring the model's positions up to date."""
        for name, value in angles.items():
            self._coordinates[name].setValue(self.state, float(value), False)
        self._follow()
        self.model.realizePosition(self.state)

    def muscle(self, name: str) -> Any:
        """Give a muscle of the model."""
        return self.model.getMuscles().get(name)

    def lengths(self, muscles: Sequence[Any]) -> np.ndarray:
        """Muscle-tendon lengths in the present pose, m, shape (muscle,)."""
        return np.array([m.getLength(self.state) for m in muscles])

    def moment_arms(self, muscles: Sequence[Any], coordinates: Sequence[str]) -> np.ndarray:
        """OpenSim's moment arms in the present pose, m, shape (muscle, coordinate)."""
        return np.array(
            [
                [m.computeMomentArm(self.state, self._coordinates[c]) for c in coordinates]
                for m in muscles
            ]
        )


def crossings(posed: PosedModel, muscles: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Find the coordinates that each muscle crosses: those that change its length.

    Returns
    -------
    dict of muscle to tuple of coordinate, in the order of the ranges
    """
    paths = [posed.muscle(n) for n in muscles]
    names = list(posed.ranges)
    moved = np.zeros((len(names), len(muscles)))
    for base in unit_states(8, len(names), seed=1):
        pose = _within(posed.ranges, names, base)
        for j, name in enumerate(names):
            seen = []
            for angle in np.linspace(*posed.ranges[name], 4):
                posed.pose({**pose, name: angle})
                seen.append(posed.lengths(paths))
            moved[j] = np.maximum(moved[j], np.ptp(seen, axis=0))
    return {
        muscle: tuple(c for j, c in enumerate(names) if moved[j, i] > _CROSSES_M)
        for i, muscle in enumerate(muscles)
    }


def sample(
    posed: PosedModel,
    muscles: Sequence[str],
    coordinates: Sequence[str],
    states: np.ndarray,
) -> PathSamples:
    """Sample muscles over coordinates while all others rest in the middle of their range.

    Parameters
    ----------
    states : array, shape (state, coordinate), 0 to 1
        Places in the ranges.
    """
    paths = [posed.muscle(n) for n in muscles]
    rest = {n: 0.5 * (low + high) for n, (low, high) in posed.ranges.items()}
    shape = (len(states), len(muscles))
    length, slope = np.empty(shape), np.empty((*shape, len(coordinates)))
    moment_arm = np.empty_like(slope)
    q = np.empty((len(states), len(coordinates)))
    for k, place in enumerate(states):
        pose = {**rest, **_within(posed.ranges, coordinates, place)}
        q[k] = [pose[c] for c in coordinates]
        for j, name in enumerate(coordinates):
            ends = []
            for step in (_SLOPE_STEP_RAD, -_SLOPE_STEP_RAD):
                posed.pose({**pose, name: pose[name] + step})
                ends.append(posed.lengths(paths))
            slope[k, :, j] = (ends[0] - ends[1]) / (2.0 * _SLOPE_STEP_RAD)
        posed.pose(pose)
        length[k] = posed.lengths(paths)
        moment_arm[k] = posed.moment_arms(paths, coordinates)
    return PathSamples(tuple(muscles), tuple(coordinates), q, length, slope, moment_arm)


def find_jumps(posed: PosedModel, muscles: Sequence[str], coordinates: Sequence[str]) -> list[Jump]:
    """Sweep every coordinate through its range and find where a muscle's length is not continuous.

    Returns
    -------
    list of Jump
        The largest of every muscle and coordinate; empty where all paths are continuous.
    """
    paths = [posed.muscle(n) for n in muscles]
    worst: dict[tuple[str, str], Jump] = {}
    for base in unit_states(_SCAN_BASES, len(coordinates), seed=2):
        pose = _within(posed.ranges, coordinates, base)
        for name in coordinates:
            angles = np.linspace(*posed.ranges[name], _SCAN_POINTS)
            swept = np.empty((_SCAN_POINTS, len(muscles)))
            for k, angle in enumerate(angles):
                posed.pose({**pose, name: angle})
                swept[k] = posed.lengths(paths)
            change = np.diff(swept, axis=0)
            bend = np.abs(np.diff(change, axis=0, prepend=change[:1]))
            for i in np.flatnonzero(bend.max(0) > _SUSPECT_M).tolist():
                k = int(bend[:, i].argmax())
                for near in {max(k - 1, 0), k}:
                    jump = _bisect(
                        posed, paths[i], muscles[i], {**pose}, name, angles[near], angles[near + 1]
                    )
                    known = worst.get((muscles[i], name))
                    if jump and (known is None or jump.size_m > known.size_m):
                        worst[muscles[i], name] = jump
    return list(worst.values())


def _bisect(
    posed: PosedModel,
    path: Any,
    muscle: str,
    pose: dict[str, float],
    coordinate: str,
    low: float,
    high: float,
) -> Jump | None:
    """Follow the larger change of length down to a point; what is left there is a jump."""

    def length(angle: float) -> float:
        posed.pose({**pose, coordinate: angle})
        return float(path.getLength(posed.state))

    below, above = length(low), length(high)
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        between = length(middle)
        # The steeper half holds the jump, if there is one.
        if abs(between - below) > abs(above - between):
            high, above = middle, between
        else:
            low, below = middle, between
    size = abs(above - below)
    return Jump(muscle, coordinate, low, size) if size > _JUMP_M else None


def unit_states(count: int, dimensions: int, *, seed: int) -> np.ndarray:
    """Well-spread states in the unit cube (scrambled Sobol), shape (count, dimensions)."""
    from scipy.stats import qmc

    exponent = int(np.ceil(np.log2(max(count, 2))))
    return qmc.Sobol(dimensions, seed=seed).random_base2(exponent)[:count]


def muscle_parameters(posed: PosedModel, muscles: Sequence[str]) -> dict[str, np.ndarray]:
    """Maximal force, optimal length, slack length and pennation of muscles, SI."""
    return {
        p: np.array([getattr(posed.muscle(n), f"get_{p}")() for n in muscles]) for p in PARAMETERS
    }


def muscle_names(posed: PosedModel) -> list[str]:
    """List the model's muscles in its own order."""
    return [m.getName() for m in _items(posed.model.getMuscles())]


def _within(
    ranges: Mapping[str, tuple[float, float]], names: Sequence[str], place: np.ndarray
) -> dict[str, float]:
    """Angles at places (0 to 1) of their ranges, rad."""
    return {
        n: ranges[n][0] + float(p) * (ranges[n][1] - ranges[n][0])
        for n, p in zip(names, place, strict=True)
    }


def _items(group: Any) -> list[Any]:
    return [group.get(i) for i in range(group.getSize())]


def _strings(group: Any) -> list[str]:
    return [group.get(i) for i in range(group.getSize())]
