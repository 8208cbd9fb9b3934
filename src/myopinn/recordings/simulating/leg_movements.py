"""What people do with a leg besides walking at fixed speeds, as conditions with settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from myopinn.checks.settings import setting
from myopinn.errors import ConfigError
from myopinn.recordings.simulating.drawn_movements import DrawnMovement

if TYPE_CHECKING:
    import numpy as np

    from myopinn.virtual.people import Person
    from myopinn.virtual.walk import Walk

_LEAST_RANGE_M_S = 0.1


@dataclass(frozen=True)
class WanderingWalk(DrawnMovement):
    """Walking at a speed that wanders from step to step, as the belt's does."""

    speeds_m_s: Sequence[float] = setting(
        "lowest and highest speed", (0.8, 1.6), unit="m/s", each=(0.5, 1.7)
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        low, high = self.speeds_m_s
        if high - low < _LEAST_RANGE_M_S:
            raise ConfigError(
                f"speeds_m_s is {self.speeds_m_s!r}, expected {_LEAST_RANGE_M_S:g} m/s between "
                "them at least; fixed speeds are set by the laboratory's speeds_m_s."
            )

    @property
    def usual_m_s(self) -> float:
        """Middle of the speeds."""
        return sum(self.speeds_m_s) / 2

    def walk(self, person: Person, start_s: float, end_s: float, rng: np.random.Generator) -> Walk:
        """Draw what a person intends to do."""
        from myopinn.virtual.wandering import intend_to_wander

        low, high = self.speeds_m_s
        return intend_to_wander(person, (low, high), start_s, end_s, rng)


@dataclass(frozen=True)
class FreeReach(DrawnMovement):
    """Reaching for drawn postures with the right leg free in the air, standing on the other.

    No foot is on a plate: signals.ground_forces.none_in has to name the condition.
    """

    hip_deg: Sequence[float] = setting(
        "least and most flexion of a posture", (-5.0, 45.0), unit="degrees", each=(-15.0, 50.0)
    )
    knee_deg: Sequence[float] = setting(
        "least and most flexion; an extended hip leaves the knee's flexors little force beyond 70",
        (5.0, 65.0),
        unit="degrees",
        each=(0.0, 85.0),
    )
    ankle_deg: Sequence[float] = setting(
        "least and most dorsiflexion", (-20.0, 10.0), unit="degrees", each=(-35.0, 20.0)
    )
    duration_s: Sequence[float] = setting(
        "shortest and longest movement to a posture", (0.5, 1.2), unit="s", each=(0.35, 4.0)
    )
    dwell_s: Sequence[float] = setting(
        "shortest and longest rest at a posture", (0.0, 0.6), unit="s", each=(0.0, 10.0)
    )

    def walk(self, person: Person, start_s: float, end_s: float, rng: np.random.Generator) -> Walk:
        """Draw what a person intends to do."""
        from myopinn.virtual.free_leg import intend_free_reaches
        from myopinn.virtual.leg import JOINTS

        targets = zip(JOINTS, (self.hip_deg, self.knee_deg, self.ankle_deg), strict=True)
        return intend_free_reaches(
            person,
            {name: (low, high) for name, (low, high) in targets},
            (self.duration_s[0], self.duration_s[1]),
            (self.dwell_s[0], self.dwell_s[1]),
            start_s,
            end_s,
            rng,
        )
