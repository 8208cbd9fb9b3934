"""EMG-assisted optimisation: measured muscles follow their EMG, deep ones make up the moment.

As CEINMS does (Pizzolato, Lloyd, Sartori et al. 2015, doi 10.1016/j.jbiomech.2015.09.021; Sartori,
Farina, Lloyd 2014, doi 10.1016/j.jbiomech.2014.10.009): the muscles are calibrated on the training
trials with deep muscles driven by their agonists' mean; then, frame by frame, the activations of
the deep muscles are those that best make up what the measured muscles leave of the moment, with
least effort.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from myopinn.errors import ConfigError
from myopinn.methods.deep.extrapolation import CalibrationSettings, CoursesEstimator
from myopinn.methods.deep.neural_musculoskeletal import derive_inputs
from myopinn.variants import Definition

if TYPE_CHECKING:
    from myopinn.dataset.problem import Problem


@dataclass(frozen=True)
class Settings(CalibrationSettings):
    """How the muscles are calibrated, and what effort costs."""

    effort_weight: float = field(
        default=1.0,
        metadata={
            "unit": "",
            "meaning": "of squared activation against the squared error of the moment in expected "
            "errors",
            "search": (0.01, 100.0, "log"),
        },
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.effort_weight > 0:
            raise ConfigError("effort_weight: above 0.")


def describe_prior(settings: Settings) -> str:
    """Say what decides among excitations of equal moment."""
    near = "near generic" if settings.personal else "generic"
    return f"effort {settings.effort_weight:g}; parameters {near}"


def build(settings: Settings, problem: Problem) -> CoursesEstimator:
    """Build the estimator."""
    from myopinn.methods.deep.assisted import AssistedEstimator

    return AssistedEstimator(problem, settings, settings.effort_weight)


VARIANT = Definition(
    ("deep_emg",),
    Settings,
    build,
    derive_inputs=derive_inputs,
    always_sees=("measured_emg", "moment_input"),
    prior=describe_prior,
    rests_on=("emg", "motion", "moment", "trials"),
)
