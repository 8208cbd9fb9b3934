"""Hill muscles driven by EMG, calibrated on the training trials; no network.

What the field would pick: Lloyd, Besier 2003, doi 10.1016/S0021-9290(03)00010-1. Beside the EMG it
sees the measured joint angles (in continuous time the past ones), through the lengths and
velocities of the muscles in the person's own scaled model; in return it predicts forces alone, and
its angle is NaN. Its loss is MSE(force) + physics_weight * mean(residual^2) with the joint's
equation at the measured angle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from myopinn.errors import ConfigError
from myopinn.variants import Definition

if TYPE_CHECKING:
    from torch import Tensor

    from myopinn.dataset.problem import Cycles, Problem
    from myopinn.methods.losses.trained_model import TrainedModel

FACTORS = ("strength", "fiber_length", "tendon_slack", "emg_gain")


@dataclass(frozen=True)
class Settings:
    """Which EMG drives which muscle, and how far calibration may go. The bounds are ours."""

    driven_by: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict,
        metadata={
            "unit": "",
            "meaning": "of a muscle, the channels whose mean drives it; else that of its own name",
        },
    )
    physics_weight: float = field(
        default=0.1,
        metadata={
            "ge": 0,
            "le": 1e6,
            "unit": "",
            "meaning": "lambda; the residual is divided by the moment's range",
            "search": (1e-4, 10.0, "log"),
        },
    )
    strength: tuple[float, ...] = field(
        default=(0.3, 3.0),
        metadata={"unit": "", "meaning": "bounds of the factor on the maximal isometric force"},
    )
    fiber_length: tuple[float, ...] = field(
        default=(0.85, 1.15),
        metadata={"unit": "", "meaning": "bounds of the factor on the optimal fibre length"},
    )
    tendon_slack: tuple[float, ...] = field(
        default=(0.95, 1.05),
        metadata={"unit": "", "meaning": "bounds of the factor on the tendon slack length"},
    )
    emg_gain: tuple[float, ...] = field(
        default=(0.05, 3.0),
        metadata={"unit": "", "meaning": "bounds of the factor on the normalised EMG"},
    )
    shape_factor: tuple[float, ...] = field(
        default=(-3.0, 0.0),
        metadata={
            "unit": "",
            "meaning": "bounds of the curve of excitation over EMG; 0 is straight",
        },
    )
    delay_s: tuple[float, ...] = field(
        default=(0.01, 0.1),
        metadata={"unit": "s", "meaning": "bounds of the electromechanical delay of all muscles"},
    )
    activation_time_s: float = field(
        default=0.015,
        metadata={
            "gt": 0,
            "le": 1,
            "unit": "s",
            "meaning": "time constant of activation",
            "search": (0.008, 0.03, "log"),
        },
    )
    deactivation_time_s: float = field(
        default=0.06,
        metadata={
            "gt": 0,
            "le": 1,
            "unit": "s",
            "meaning": "time constant of deactivation",
            "search": (0.03, 0.12, "log"),
        },
    )

    def __post_init__(self) -> None:
        for name in (*FACTORS, "shape_factor", "delay_s"):
            bounds = getattr(self, name)
            if len(bounds) != 2 or not bounds[0] <= bounds[1]:
                raise ConfigError(f"{name}: a lower and an upper bound.")
        for name in FACTORS:
            low, high = getattr(self, name)
            if not (0 < low < 1 < high or low == high == 1):
                raise ConfigError(f"{name}: bounds above 0 with 1 between them; [1, 1] fixes it.")
        if not self.physics_weight >= 0:
            raise ConfigError("physics_weight: at least 0.")
        if not self.delay_s[0] >= 0:
            raise ConfigError("delay_s: at least 0.")
        for name in ("activation_time_s", "deactivation_time_s"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"{name}: above 0.")
        for muscle, names in self.driven_by.items():
            if not names:
                raise ConfigError(f"driven_by: '{muscle}' needs at least one channel.")


def drivers(settings: Settings, problem: Problem) -> list[tuple[str, ...]]:
    """Return the channels that drive each muscle of the problem.

    Raises
    ------
    ConfigError
        Naming a muscle without a channel, or a channel that there is not. Muscles that the problem
        does not have may belong to another recording of the task.
    """
    found = [
        settings.driven_by.get(muscle, (muscle,) if muscle in problem.channels else ())
        for muscle in problem.muscles
    ]
    silent = [muscle for muscle, names in zip(problem.muscles, found, strict=True) if not names]
    if silent:
        raise ConfigError(
            f"emg_driven: no channel drives {silent}; name some of {list(problem.channels)} for "
            "each in 'emg_driven: driven_by'."
        )
    unknown = sorted({name for names in found for name in names} - set(problem.channels))
    if unknown:
        raise ConfigError(
            f"emg_driven: driven_by: no channel {unknown} in the task; there are "
            f"{list(problem.channels)}."
        )
    return found


def build(settings: Settings, problem: Problem) -> TrainedModel:
    """Build the muscles with their loss.

    Raises
    ------
    ConfigError
        Where a muscle has no channel.
    """
    from myopinn.methods.losses.residuals import physics_residual
    from myopinn.methods.muscles.calibrated_muscles import CalibratedMuscles, MuscleObjective

    bounds = {
        name: (getattr(settings, name)[0], 1.0, getattr(settings, name)[1]) for name in FACTORS
    }
    for name in ("shape_factor", "delay_s"):
        low, high = getattr(settings, name)
        bounds[name] = (low, (low + high) / 2, high)
    muscles = CalibratedMuscles(
        problem,
        drivers(settings, problem),
        bounds,
        activation_time_s=settings.activation_time_s,
        deactivation_time_s=settings.deactivation_time_s,
    )
    residual = physics_residual(problem) if settings.physics_weight else None
    return MuscleObjective(muscles, problem, residual, settings.physics_weight)


def derive_inputs(problem: Problem, cycles: Cycles) -> dict[str, Tensor]:
    """Return length, velocity and scaled parameters of the muscles in each cycle."""
    from myopinn.methods.joint.muscle_states import muscle_states

    return muscle_states(problem, cycles, of_past=problem.past_only)


def derive(settings: Settings, problem: Problem, cycles: Cycles) -> dict[str, Tensor]:
    """Return what the residual needs of each cycle, whatever is learned."""
    from myopinn.methods.losses.residuals import physics_residual

    return physics_residual(problem).derive(cycles)


VARIANT = Definition(
    ("muscle_force",),
    Settings,
    build,
    derive_inputs,
    derive,
    always_sees=("past_motion",),
    rests_on=("emg", "motion", "trials"),
)
