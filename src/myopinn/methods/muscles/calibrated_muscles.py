r"""Hill muscles driven by EMG whose parameters are learned inside physiological bounds.

For each muscle, in this order:

.. math::
    u = \min(g\, \mathrm{EMG}(t - d), 1), \quad e = \frac{e^{A u} - 1}{e^A - 1}, \quad
    \dot a = f(e, a), \quad F = F(a, l, \dot l)

Source: Lloyd, Besier 2003, doi 10.1016/S0021-9290(03)00010-1; activation dynamics and muscle are
those of De Groote et al. 2016 (:mod:`myopinn.physics`), with a rigid tendon.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from myopinn.dataset.problem import Cycles, Problem
from myopinn.methods.joint.muscle_states import LENGTH, PARAMETERS, VELOCITY
from myopinn.methods.losses.objectives import ForceError, Objective
from myopinn.methods.losses.residuals import JointResidual
from myopinn.physics.excitation import delayed, shaped
from myopinn.physics.parallel_activation import parallel_activation
from myopinn.physics.parameters import MuscleParameters
from myopinn.physics.rigid_tendon import tendon_force

# Of the unbounded value, one is this much: the learning rates of networks then take a parameter
# across its range in some hundred steps.
UNIT = 20.0


class Bounded(nn.Module):
    r"""A parameter inside bounds, smooth to learn, as in :mod:`myopinn.physics.subject`.

    .. math:: \theta = \theta_{min} + (\theta_{max} - \theta_{min})\, \sigma(z_0 + 20 s)

    Learned is the shift :math:`s`, which starts at zero; the decay of weights draws it back there.
    Where all values are positive, this holds of the logarithm of :math:`\theta`: a factor of 2 is
    then as far from 1 as a factor of 1/2.

    Parameters
    ----------
    count : int
    low, start, high : float
        ``low < start < high``, or all the same for a parameter that is not learned.
    """

    def __init__(self, count: int, low: float, start: float, high: float) -> None:
        super().__init__()
        self.geometric = low > 0
        if self.geometric:
            low, start, high = math.log(low), math.log(start), math.log(high)
        self.low, self.width = low, high - low
        share = torch.tensor((start - low) / self.width if self.width else 0.5)
        self.origin = float(torch.logit(share))
        self.shift = nn.Parameter(torch.zeros(count))

    def forward(self) -> Tensor:
        """Return the parameter, shape (count,)."""
        value = self.low + self.width * torch.sigmoid(self.origin + UNIT * self.shift)
        return value.exp() if self.geometric else value


class CalibratedMuscles(nn.Module):
    """Forces of the muscles of a problem from EMG and measured motion.

    Parameters
    ----------
    problem : Problem
    channels : sequence of sequence of str
        Of each muscle, the channels whose mean drives it; without one it is never active.
    bounds : mapping of str to (low, start, high)
        Of ``strength``, ``fiber_length`` and ``tendon_slack``, which multiply maximal force,
        optimal fibre length and tendon slack length of the person's own scaled model, and of
        ``emg_gain``, ``shape_factor`` and ``delay_s``, which all muscles share. All people share
        all of them.
    activation_time_s, deactivation_time_s : float
    """

    drive: Tensor
    centre: Tensor
    range: Tensor

    def __init__(
        self,
        problem: Problem,
        channels: Sequence[Sequence[str]],
        bounds: Mapping[str, tuple[float, float, float]],
        *,
        activation_time_s: float,
        deactivation_time_s: float,
    ) -> None:
        super().__init__()
        self.angles = len(problem.coordinates)
        self.learned = nn.ModuleDict(
            {
                name: Bounded(1 if name == "delay_s" else len(problem.muscles), *limits)
                for name, limits in bounds.items()
            }
        )
        self.times_s = activation_time_s, deactivation_time_s
        drive = torch.zeros(len(problem.muscles), len(problem.channels))
        for row, names in ((row, names) for row, names in enumerate(channels) if names):
            drive[row, [problem.channels.index(name) for name in names]] = 1.0 / len(names)
        # These belong to the problem, not to what is learned: they stay out of the weights.
        self.register_buffer("drive", drive, persistent=False)
        for name, values in (("centre", problem.target_centre), ("range", problem.target_range)):
            forces = torch.tensor(values[self.angles :])[:, None]
            self.register_buffer(name, forces, persistent=False)

    def forward(self, cycles: Cycles) -> Tensor:
        """Return scaled targets, shape (cycle, target, frame); the angles are NaN."""
        force = (self.force(cycles) - self.centre) / self.range
        angle = force.new_full((len(force), self.angles, force.shape[-1]), torch.nan)
        return torch.cat([angle, force], 1)

    def force(self, cycles: Cycles) -> Tensor:
        """Return the muscles' forces, N, shape (cycle, muscle, frame); never negative.

        Parameters
        ----------
        cycles : Cycles
            With what :func:`myopinn.methods.joint.muscle_states.muscle_states` returned.
        """
        length = cycles.answered(cycles.derived[LENGTH])
        velocity = cycles.answered(cycles.derived[VELOCITY])
        activation = cycles.answered(self.activation(cycles))
        maximal, optimal, slack, pennation = cycles.derived[PARAMETERS].unbind(1)
        # Every muscle of every person in the batch is a muscle of its own to the physics.
        parameters = MuscleParameters.of(
            (maximal * self.learned["strength"]()).reshape(-1),
            (optimal * self.learned["fiber_length"]()).reshape(-1),
            (slack * self.learned["tendon_slack"]()).reshape(-1),
            pennation.reshape(-1),
        )
        rows = length.flatten(0, 1), velocity.flatten(0, 1)
        return tendon_force(*rows, activation.flatten(0, 1), parameters).reshape(length.shape)

    def activation(self, cycles: Cycles) -> Tensor:
        """Return the muscles' activations, shape (cycle, muscle, seen frame).

        # ASSUME: before the first frame that is seen the EMG was as it is there.
        """
        channels = cycles.inputs[:, : self.drive.shape[1]]
        envelope = torch.einsum("mc,bcf->mbf", self.drive, channels)
        step = cycles.time_step_s[None, :, None]
        samples = (self.learned["delay_s"]() / step).expand(len(envelope), -1, 1)
        late = delayed(envelope.flatten(0, 1), samples.flatten(), 1.0).reshape(envelope.shape)
        driven = (late * self.learned["emg_gain"]()[:, None, None]).clamp(0.0, 1.0)
        excitation = shaped(driven, self.learned["shape_factor"]())
        return parallel_activation(excitation, step, *self.times_s).transpose(0, 1)


class AtMeasuredAngle(nn.Module):
    """Mean squared residual of a joint's equation at the measured angle and the given forces."""

    def __init__(self, residual: JointResidual, problem: Problem) -> None:
        super().__init__()
        self.residual = residual
        self.angles = len(problem.coordinates)

    def forward(self, cycles: Cycles, outputs: Tensor) -> Tensor:
        """Return the term, a scalar, of outputs of shape (cycle, target, frame)."""
        measured = cycles.targets[:, : self.angles]
        return self.residual(cycles, torch.cat([measured, outputs[:, self.angles :]], 1))


class MuscleObjective(Objective):
    """Calibrated muscles and the terms of their loss; without a term for the angle.

    Parameters
    ----------
    muscles : CalibratedMuscles
    problem : Problem
    residual : JointResidual or None
    physics_weight : float
        Weight of the residual.
    """

    def __init__(
        self,
        muscles: CalibratedMuscles,
        problem: Problem,
        residual: JointResidual | None,
        physics_weight: float,
    ) -> None:
        terms: dict[str, nn.Module] = {"force": ForceError(problem)}
        if residual is not None:
            terms["physics"] = AtMeasuredAngle(residual, problem)
        super().__init__(muscles, terms, {"physics": physics_weight}, watched=["force"])

    def forward(self, cycles: Cycles) -> Tensor:
        """Return the scaled targets, shape (cycle, target, frame)."""
        return self.network(cycles)
