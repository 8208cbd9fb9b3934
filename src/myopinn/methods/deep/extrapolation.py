"""Estimators whose deep muscles follow courses: of synergies, or of the agonists' mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from myopinn.errors import ConfigError
from myopinn.methods.deep.neural_musculoskeletal import MusculoskeletalSettings
from myopinn.methods.models import Solved

if TYPE_CHECKING:
    import torch

    from myopinn.dataset.problem import Cycles, IdentifiedParameter, Problem
    from myopinn.methods.muscles.extrapolated_muscles import ExtrapolatedMuscles


@dataclass(frozen=True)
class CalibrationSettings:
    """How muscles are calibrated that follow their EMG.

    Bounds and spreads of a person's parameters are those of
    :class:`myopinn.methods.deep.neural_musculoskeletal.MusculoskeletalSettings`, so that no method
    has a prior of its own.
    """

    personal: bool = field(
        default=True,
        metadata={"unit": "", "meaning": "whether the muscles' parameters are learned"},
    )
    iterations: int = field(
        default=100,
        metadata={
            "ge": 1,
            "le": 100_000,
            "unit": "",
            "meaning": "most steps of the calibration by L-BFGS",
        },
    )

    def __post_init__(self) -> None:
        if self.iterations < 1:
            raise ConfigError("iterations: at least 1.")


class Courses(Protocol):
    """What deep muscles follow."""

    nonnegative: bool

    @property
    def count(self) -> int:
        """Number of courses that each deep muscle is a sum of."""

    def fit(self, train: Cycles) -> np.ndarray:
        """Learn from cycles; return weights to start from, (person, deep muscle, course)."""

    def __call__(self, cycles: Cycles) -> torch.Tensor:
        """Return the courses, shape (cycle, deep muscle, course, seen frame)."""

    def arrays(self) -> dict[str, np.ndarray]:
        """Return what was learned."""

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take back what was learned."""


def agonist_channels(problem: Problem) -> dict[str, list[str]]:
    """Return of each deep muscle the channels of its agonists.

    Raises
    ------
    ConfigError
        Naming a deep muscle without a measured agonist.
    """
    from myopinn.dataset.agonists import agonists_of

    assert problem.physics is not None
    channel = dict(zip(problem.muscles, problem.measured_by, strict=True))
    # Every person's muscles are those of one generic model and pull to the same sides.
    others = agonists_of(problem.geometries[0], problem.physics.coordinate)
    found = {
        muscle: [seen for other in others.get(muscle, ()) if (seen := channel.get(other))]
        for muscle in problem.deep
    }
    if lonely := [muscle for muscle, names in found.items() if not names]:
        raise ConfigError(
            f"{lonely} have no measured agonist; name the channel of one in the task's 'channels'."
        )
    return found


def agonist_means(problem: Problem, envelope: torch.Tensor) -> torch.Tensor:
    """Return the mean envelope of each deep muscle's agonists, (cycle, deep muscle, frame).

    Parameters
    ----------
    envelope : tensor, shape (cycle, channel, frame)
    """
    import torch

    rows = [
        [problem.channels.index(name) for name in names]
        for names in agonist_channels(problem).values()
    ]
    return torch.stack([envelope[:, own].mean(1) for own in rows], 1)


def labelled_envelopes(problem: Problem, cycles: Cycles) -> torch.Tensor:
    """Return the envelopes that are targets, which nothing has delayed, by channel.

    Returns
    -------
    tensor, shape (cycle, channel, frame)
        NaN of a channel that lies over none of the problem's muscles.
    """
    shape = len(cycles), len(problem.channels), cycles.frames
    envelope = cycles.targets.new_full(shape, float("nan"))
    for row, channel in enumerate(problem.measured_by):
        if channel is not None:
            envelope[:, problem.channels.index(channel)] = cycles.targets[:, row]
    return envelope


class AgonistCourses:
    """The mean envelope of the measured agonists, the one course of a deep muscle."""

    nonnegative = True

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    @property
    def count(self) -> int:
        """There is one course."""
        return 1

    def fit(self, train: Cycles) -> np.ndarray:
        """Return weights of 1."""
        return np.ones((len(self.problem.geometries), len(self.problem.deep), 1))

    def __call__(self, cycles: Cycles) -> torch.Tensor:
        """Return the courses, shape (cycle, deep muscle, 1, frame)."""
        return agonist_means(self.problem, cycles.envelope)[:, :, None]

    def arrays(self) -> dict[str, np.ndarray]:
        """Return nothing: nothing is learned."""
        return {}

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take back nothing."""


class CoursesEstimator(Solved):
    """Calibrates muscles that follow EMG and courses, and answers envelopes and moment.

    Parameters
    ----------
    problem : Problem
    settings : CalibrationSettings
    courses : Courses
    """

    uses_seed = False

    def __init__(self, problem: Problem, settings: CalibrationSettings, courses: Courses) -> None:
        self.problem, self.settings, self.courses = problem, settings, courses
        self.muscles: ExtrapolatedMuscles | None = None

    def fit(self, train: Cycles, stop: Cycles, seed: int) -> None:
        """Find courses, then weights, gains and parameters; nothing is drawn at random."""
        start = self.courses.fit(train)
        self.muscles = self._muscles()
        # A weight that must not be negative is learned as its root.
        roots = np.sqrt(np.maximum(start, 1e-4)) if self.courses.nonnegative else start
        self.muscles.start(roots)
        self.muscles.fit(train, self.courses(train), self.settings.iterations)

    def adapt(self, cycles: Cycles, stop: Cycles, seed: int) -> bool:
        """Calibrate anew: nothing of other people is of use to a method that is a person's own."""
        self.fit(cycles, stop, seed)
        return True

    def predict(self, cycles: Cycles) -> np.ndarray:
        """Return scaled targets, shape (cycle, frame, target)."""
        import torch

        muscles = self._fitted()
        with torch.inference_mode():
            excitation, moment = self.answer(cycles)
            scaled = moment[:, None] / self.problem.moment_range_n_m
            answer = torch.cat([excitation, scaled], 1)
            # A measured muscle's target is its envelope, which is an input here.
            for row, channel in muscles.measured:
                answer[:, row] = cycles.envelope[:, channel]
        return np.swapaxes(cycles.answered(answer).numpy(), 1, 2).astype(float)

    def answer(self, cycles: Cycles) -> tuple[torch.Tensor, torch.Tensor]:
        """Return excitations (cycle, muscle, seen frame) and the moment, N.m, (cycle, seen frame).

        The moment is that of all muscles about the joint of the physics.
        """
        muscles = self._fitted()
        excitation = muscles.excitation(cycles, self.courses(cycles))
        return excitation, muscles.muscles(cycles, excitation)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return what was learned."""
        state = self._fitted().state_dict()
        return {
            **{f"muscles.{name}": value.numpy() for name, value in state.items()},
            **{f"courses.{name}": value for name, value in self.courses.arrays().items()},
        }

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take back what was learned."""
        import torch

        parts: dict[str, dict[str, Any]] = {"muscles": {}, "courses": {}}
        for name, value in arrays.items():
            part, own = name.split(".", 1)
            parts[part][own] = value
        self.courses.restore(parts["courses"])
        self.muscles = self._muscles()
        self.muscles.load_state_dict({k: torch.from_numpy(v) for k, v in parts["muscles"].items()})

    def identified(self) -> list[IdentifiedParameter]:
        """Return what was learned of every person's muscles."""
        muscles = self._fitted().muscles
        return list(muscles.identified(self.problem)) if self.settings.personal else []

    def _fitted(self) -> ExtrapolatedMuscles:
        assert self.muscles is not None, "asked before it was fitted"
        return self.muscles

    def _muscles(self) -> ExtrapolatedMuscles:
        from myopinn.methods.muscles.extrapolated_muscles import ExtrapolatedMuscles

        priors = MusculoskeletalSettings()
        return ExtrapolatedMuscles(
            self.problem,
            self.courses.count,
            priors.ranges(),
            personal=self.settings.personal,
            nonnegative=self.courses.nonnegative,
            moment_error=priors.moment_error,
            parameter_weight=priors.parameter_weight,
        )
