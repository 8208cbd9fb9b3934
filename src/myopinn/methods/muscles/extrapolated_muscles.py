r"""Muscles of a joint of which some follow their EMG and the others a weighted sum of courses.

.. math::
    e_m = u_m / g_m \text{ (measured)}, \qquad e_d = \sum_k w_{dk} h_k(t) \text{ (deep)}

The weights, the gains and the muscles' parameters are those that make the joint's moment best:
synergy extrapolation where the courses are synergies of the measured envelopes (Ao, Shourijeh,
Patten, Fregly 2020, doi 10.3389/fncom.2020.588943; with the model's parameters Ao, Vega, Shourijeh,
Patten, Fregly 2022, doi 10.3389/fbioe.2022.962959), and the usual calibration of an EMG-driven
model where the course is the mean of the agonists.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from myopinn.dataset.problem import Cycles, Problem
from myopinn.methods.muscles.calibrated_muscles import Bounded
from myopinn.methods.muscles.personal_muscles import PersonalMuscles, Range
from myopinn.methods.muscles.shared_drive import saturated

# Weights are held near 0 by this times their squares, so that courses that are alike do not
# take large weights of opposite sign.
_RIDGE = 1e-3


class ExtrapolatedMuscles(nn.Module):
    """Excitations and moment of all muscles from envelopes and courses.

    Parameters
    ----------
    problem : Problem
    courses : int
        How many courses each deep muscle is a sum of.
    ranges : mapping of str to Range
        Of :class:`myopinn.methods.muscles.personal_muscles.PersonalMuscles` and of ``emg_gain``.
    personal : bool
        Whether the muscles' parameters are learned beside weights and gains.
    nonnegative : bool
        Whether weights must not be negative.
    moment_error : (float, float)
        Expected error of the moment: as a share of its range, and of itself.
    parameter_weight : float
        Of the parameters' squared distance from where they start, in spreads.
    """

    def __init__(
        self,
        problem: Problem,
        courses: int,
        ranges: Mapping[str, Range],
        *,
        personal: bool,
        nonnegative: bool,
        moment_error: Sequence[float],
        parameter_weight: float,
    ) -> None:
        super().__init__()
        self.problem, self.nonnegative = problem, nonnegative
        self.moment_error, self.parameter_weight = moment_error, parameter_weight
        self.muscles = PersonalMuscles(problem, ranges, learned=personal)
        self.gain_range = ranges["emg_gain"]
        given = self.gain_range
        self.people = len(problem.geometries)
        self.gain = Bounded(self.people * len(problem.channels), given.low, given.start, given.high)
        self.deep = [row for row, seen in enumerate(problem.measured_by) if seen is None]
        self.measured = [
            (row, problem.channels.index(seen))
            for row, seen in enumerate(problem.measured_by)
            if seen is not None
        ]
        self.weight = nn.Parameter(torch.zeros(self.people, len(self.deep), courses))

    def start(self, weights: np.ndarray) -> None:
        """Set the weights, shape (person, deep muscle, course)."""
        self.weight.data = torch.as_tensor(weights, dtype=self.weight.dtype)

    def excitation(self, cycles: Cycles, courses: Tensor) -> Tensor:
        """Return the excitations, shape (cycle, muscle, seen frame), 0 to 1.

        Parameters
        ----------
        courses : tensor, shape (cycle, deep muscle, course, seen frame)
        """
        gain = self.gain().reshape(self.people, -1)[cycles.person][:, :, None]
        rows, channels = (list(part) for part in zip(*self.measured, strict=True))
        shape = len(cycles), len(self.problem.muscles), cycles.inputs.shape[-1]
        excitation = cycles.inputs.new_zeros(shape)
        excitation[:, rows] = saturated((cycles.envelope / gain)[:, channels].clamp(min=0.0))
        # A softplus of weights would have no root at 0; a square has, and a gradient but there.
        weight = self.weight.square() if self.nonnegative else self.weight
        sums = torch.einsum("cdk,cdkf->cdf", weight[cycles.person], courses)
        excitation[:, self.deep] = saturated(sums.clamp(min=0.0))
        return excitation

    def loss(self, cycles: Cycles, courses: Tensor) -> Tensor:
        """Return the moment's mean squared error, in expected errors, and the priors; a scalar."""
        scale = self.problem.moment_range_n_m
        moment = cycles.answered(self.muscles(cycles, self.excitation(cycles, courses))) / scale
        wanted = cycles.joint_moment / scale
        floor, share = self.moment_error
        error = ((moment - wanted) / (floor + share * wanted.abs())).square().mean()
        given = self.gain_range
        gains = ((self.gain() / given.start).log() / given.spread).square().sum() / self.people
        prior = self.muscles.prior() + gains
        return error + self.parameter_weight * prior + _RIDGE * self.weight.square().sum()

    def fit(self, cycles: Cycles, courses: Tensor, iterations: int) -> float:
        """Find weights, gains and parameters by L-BFGS; return the loss that is left.

        In single precision as far as that leads, which is half the time, and then in double:
        where rounding hides the slope is somewhere else on another machine.
        """
        precision = self.weight.dtype
        loss, done = self._search(cycles, courses, iterations)
        if done < iterations:
            self.double()
            loss, _ = self._search(cycles.in_double(), courses.double(), iterations - done)
            self.to(precision)
        return loss

    def _search(self, cycles: Cycles, courses: Tensor, iterations: int) -> tuple[float, int]:
        """Return the loss that is left, and how many iterations it took."""
        from scipy.optimize import minimize
        from torch.nn.utils import parameters_to_vector, vector_to_parameters

        learned = [p for p in self.parameters() if p.requires_grad]

        def put(flat: np.ndarray) -> None:
            vector_to_parameters(torch.as_tensor(flat, dtype=self.weight.dtype), learned)

        def cost(flat: np.ndarray) -> tuple[float, np.ndarray]:
            put(flat)
            self.zero_grad()
            loss = self.loss(cycles, courses)
            loss.backward()
            slope = parameters_to_vector([p.grad for p in learned])  # type: ignore[misc]
            return float(loss.detach()), slope.double().numpy()

        first = parameters_to_vector(learned).detach().double().numpy()
        found = minimize(cost, first, jac=True, method="L-BFGS-B", options={"maxiter": iterations})
        put(found.x)
        return float(found.fun), int(found.nit)
