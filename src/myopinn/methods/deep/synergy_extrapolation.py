"""Muscle synergy extrapolation: a muscle that is not measured is a sum of those that are.

Ao, Shourijeh, Patten, Fregly 2020, doi 10.3389/fncom.2020.588943: weighted synergies of the
measured muscles, with the weights that match the joint's moment through Hill muscles. The muscles'
parameters are calibrated with them, as in Ao, Vega, Shourijeh, Patten, Fregly 2022, doi
10.3389/fbioe.2022.962959, unless `personal` is false.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from myopinn.errors import ConfigError
from myopinn.methods.deep.extrapolation import CalibrationSettings, CoursesEstimator, agonist_means

if TYPE_CHECKING:
    import torch

    from myopinn.dataset.problem import Cycles, Problem


@dataclass(frozen=True)
class SynergySettings(CalibrationSettings):
    """How many synergies, and how the muscles are calibrated."""

    variance_share: float = field(
        default=0.95,
        metadata={
            "unit": "",
            "meaning": "of the measured envelopes that the synergies account for (VAF)",
        },
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.variance_share < 1:
            raise ConfigError("variance_share: above 0 and below 1.")


def described_prior(settings: SynergySettings) -> str:
    """Say what ties deep muscles to measured ones."""
    return f"sum of synergies; parameters {'near generic' if settings.personal else 'generic'}"


def build_estimator(settings: SynergySettings, problem: Problem, method: str) -> CoursesEstimator:
    """Build the estimator; ``method`` is ``nmf`` or ``pca``."""
    courses = SynergyCourses(problem, method, settings.variance_share)
    return CoursesEstimator(problem, settings, courses)


class SynergyCourses:
    """Courses of the synergies of the measured envelopes, the same for every deep muscle.

    Parameters
    ----------
    problem : Problem
    method : str
        ``nmf`` or ``pca``.
    variance_share : float
        That the synergies have to account for.
    """

    def __init__(self, problem: Problem, method: str, variance_share: float) -> None:
        self.problem, self.method, self.share = problem, method, variance_share
        self.nonnegative = method == "nmf"
        self.vectors = np.zeros((0, len(problem.channels)))
        self.mean = np.zeros(len(problem.channels))

    @property
    def count(self) -> int:
        """Number of courses; a constant is one where factors may be negative."""
        return len(self.vectors) + (not self.nonnegative)

    def fit(self, train: Cycles) -> np.ndarray:
        """Find the synergies; start from the weights that make the agonists' mean envelope."""
        from myopinn.methods.deep.synergies import find_synergies

        flat = samples(train.envelope)
        found = find_synergies(flat, self.method, self.share)
        self.vectors, self.mean = found.vectors, found.mean
        courses = samples(self(train)[:, 0])
        wanted = samples(agonist_means(self.problem, train.envelope))
        weights = np.linalg.lstsq(courses, wanted, rcond=None)[0].T
        return np.repeat(weights[None], len(self.problem.geometries), axis=0)

    def __call__(self, cycles: Cycles) -> torch.Tensor:
        """Return the courses, shape (cycle, deep muscle, course, frame)."""
        import torch

        from myopinn.methods.deep.synergies import Synergies

        synergies = Synergies(self.vectors, self.mean, self.nonnegative)
        courses = synergies.courses(samples(cycles.envelope))
        if not self.nonnegative:
            courses = np.hstack([courses, np.ones((len(courses), 1))])
        shaped = courses.reshape(len(cycles), -1, courses.shape[1]).swapaxes(1, 2)
        one = torch.as_tensor(shaped, dtype=cycles.envelope.dtype)[:, None]
        return one.expand(-1, len(self.problem.deep), -1, -1)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the synergies."""
        return {"vectors": self.vectors, "mean": self.mean}

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take back the synergies."""
        self.vectors, self.mean = arrays["vectors"], arrays["mean"]


def samples(values: torch.Tensor) -> np.ndarray:
    """Turn (cycle, name, frame) into an array of shape (cycle * frame, name)."""
    flat: np.ndarray = values.transpose(1, 2).flatten(0, 1).double().numpy()
    return flat
