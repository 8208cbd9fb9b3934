r"""Deep muscles' activations that make up what the measured muscles leave of a joint's moment.

.. math::
    \min_{0 \le a_d \le 1} \left(\frac{\tau - \sum_m \tau_m - \sum_d C_d a_d}{\sigma_\tau}\right)^2
    + w \sum_d a_d^2

in each frame, with the moment :math:`C_d` of full activation; passive forces belong to what is
left.
"""

from __future__ import annotations

import torch
from torch import Tensor

from myopinn.dataset.problem import Cycles, Problem
from myopinn.methods.deep.extrapolation import AgonistCourses, CalibrationSettings, CoursesEstimator

# Muscles of one side share an error, so each sweep leaves a part of it; these leave 1e-6.
_SWEEPS = 50


class AssistedEstimator(CoursesEstimator):
    """Calibrated with deep muscles that follow their agonists, asked with deep muscles optimised.

    Parameters
    ----------
    problem : Problem
    settings : CalibrationSettings
    effort_weight : float
    """

    def __init__(
        self, problem: Problem, settings: CalibrationSettings, effort_weight: float
    ) -> None:
        super().__init__(problem, settings, AgonistCourses(problem))
        self.effort_weight = effort_weight

    def answer(self, cycles: Cycles) -> tuple[Tensor, Tensor]:
        """Return excitations (cycle, muscle, seen frame) and the joint's moment, N.m, likewise.

        # ASSUME: a deep muscle's activation stands for its excitation, as in static optimisation.
        """
        fitted = self._fitted()
        deep, muscles = fitted.deep, fitted.muscles.at(cycles)
        excitation, _ = super().answer(cycles)
        activation = muscles.activation(excitation)
        activation[:, deep] = 0.0
        full = activation.clone()
        full[:, deep] = 1.0
        passive = muscles.moments(activation)
        capacity = (muscles.moments(full) - passive)[:, deep]
        known = cycles.over_seen(cycles.joint_moment)
        left = known - passive.sum(1)
        floor, share = fitted.moment_error
        error = floor * self.problem.moment_range_n_m + share * known.abs()
        found = least_effort(capacity / error[:, None], left / error, self.effort_weight)
        activation[:, deep] = excitation[:, deep] = found
        return excitation, muscles.moments(activation).sum(1)


def least_effort(capacity: Tensor, wanted: Tensor, effort_weight: float) -> Tensor:
    """Solve a least-squares problem with bounds 0 and 1 in every frame by coordinate descent.

    Minimises ``(wanted - sum capacity a)^2 + effort_weight sum a^2``.

    Parameters
    ----------
    capacity : tensor, shape (cycle, muscle, frame)
    wanted : tensor, shape (cycle, frame)
    effort_weight : float
        Above 0, so that there is one solution.

    Returns
    -------
    tensor, shape of ``capacity``
    """
    activation = torch.zeros_like(capacity)
    missing = wanted.clone()
    for _ in range(_SWEEPS):
        for muscle in range(capacity.shape[1]):
            own = capacity[:, muscle]
            before = activation[:, muscle]
            best = own * (missing + own * before) / (own.square() + effort_weight)
            now = best.clamp(0.0, 1.0)
            missing = missing - own * (now - before)
            activation[:, muscle] = now
    return activation
