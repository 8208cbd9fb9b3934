"""What muscles cannot do, as further terms of a network's loss."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import torch
from scipy.signal import savgol_filter
from torch import Tensor, nn

from myopinn.dataset.problem import CYCLE_FRAMES, Cycles, Problem
from myopinn.errors import ConfigError
from myopinn.methods.joint.muscle_states import PARAMETERS, SCALED
from myopinn.methods.muscles.calibrated_muscles import CalibratedMuscles

# Of the maximal isometric force: a fibre that is drawn out while it contracts (Millard et al. 2013,
# doi:10.1115/1.4023390, default of the force-velocity curve).
STRONGEST = 1.4
# The curve that is smooth: polynomials of this degree through so many frames of a cycle.
SMOOTH_FRAMES, SMOOTH_DEGREE = 15, 4
# Bounds of the factors on a muscle and its EMG and of the delay (s), with the start of calibration
# between them, as in `emg_driven`.
FACTORS = {
    "strength": (0.3, 1.0, 3.0),
    "fiber_length": (0.85, 1.0, 1.15),
    "tendon_slack": (0.95, 1.0, 1.05),
    "emg_gain": (0.05, 1.0, 3.0),
    "shape_factor": (-3.0, -1.5, 0.0),
    "delay_s": (0.01, 0.04, 0.1),
}


class Constraint(nn.Module):
    """A term that is no error: a scalar of cycles and outputs, shape (cycle, target, frame).

    Attributes
    ----------
    sees_muscle_states : bool
        Whether it reads of ``cycles.derived`` what
        :func:`myopinn.methods.joint.muscle_states.muscle_states` returned.
    first : int
        The first target that is a force.

    Parameters
    ----------
    problem : Problem
    """

    sees_muscle_states: ClassVar[bool] = False

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.first = len(problem.coordinates)


class ForceBounds(Constraint):
    r"""Muscles pull, and no harder than they can.

    .. math:: \mathrm{mean}\left[\left(\frac{\max(-F, 0) + \max(F - 1.4 F_0, 0)}
              {\mathrm{range}(F)}\right)^2\right]

    with :math:`F_0` the maximal isometric force of the muscle in the person's scaled model.

    Parameters
    ----------
    problem : Problem
    """

    sees_muscle_states = True
    centre: Tensor
    range: Tensor

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        for name, values in (("centre", problem.target_centre), ("range", problem.target_range)):
            forces = torch.tensor(values[self.first :])[:, None]
            self.register_buffer(name, forces, persistent=False)

    def forward(self, cycles: Cycles, outputs: Tensor) -> Tensor:
        """Return the term, a scalar, of outputs of shape (cycle, target, frame)."""
        force = outputs[:, self.first :] * self.range + self.centre
        maximal = cycles.derived[PARAMETERS][:, SCALED.index("max_isometric_force"), :, None]
        beyond = (-force).clamp(min=0.0) + (force - STRONGEST * maximal).clamp(min=0.0)
        return torch.mean((beyond / self.range) ** 2)


class Smoothness(Constraint):
    r"""Forces do not tremble: the mean square of what a smooth curve along the cycle leaves out.

    .. math:: \mathrm{mean}\left[\left(\frac{F - S F}{\mathrm{range}(F)}\right)^2\right]

    S puts at each frame the value of the polynomial of fourth degree through the 15 frames around
    it (Savitzky, Golay 1964, doi:10.1021/ac60214a047). It lets the first eight harmonics of a cycle
    pass, so that labels, whose motion was low-passed, pay next to nothing: a term that they do not
    satisfy would draw every fit away from them.

    Parameters
    ----------
    problem : Problem
    """

    rough: Tensor

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        frames = np.eye(CYCLE_FRAMES)
        rough = frames - savgol_filter(frames, SMOOTH_FRAMES, SMOOTH_DEGREE, axis=0)
        self.register_buffer("rough", torch.tensor(rough, dtype=torch.float32), persistent=False)

    def forward(self, cycles: Cycles, outputs: Tensor) -> Tensor:
        """Return the term, a scalar, of outputs of shape (cycle, target, frame)."""
        return torch.mean((outputs[:, self.first :] @ self.rough.T) ** 2)


class ActivationConsistency(Constraint):
    """Forces are those of Hill muscles that the EMG activates, for muscles with an own channel.

    Mean squared difference, by the force's range, between the network's force and that of the
    person's scaled muscle at the measured motion, activated by the channel of its name. The
    factors on muscle and EMG are learned with the network, inside the same bounds as in
    :mod:`myopinn.methods.muscles.calibrated_muscles`.

    Parameters
    ----------
    problem : Problem

    Raises
    ------
    ConfigError
        Where no muscle has a channel of its own name.
    """

    sees_muscle_states = True
    rows: Tensor

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        own = [row for row, muscle in enumerate(problem.muscles) if muscle in problem.channels]
        if not own:
            raise ConfigError(
                f"activation_weight: none of the muscles {list(problem.muscles)} has a channel of "
                f"its name, there are {list(problem.channels)}; name the channels after the "
                "muscles in 'signals: emg: channels', or leave the weight at 0."
            )
        channels = [[m] if m in problem.channels else [] for m in problem.muscles]
        self.muscles = CalibratedMuscles(
            problem,
            channels,
            FACTORS,
            activation_time_s=0.015,
            deactivation_time_s=0.06,
        )
        self.register_buffer("rows", torch.tensor(own), persistent=False)

    def forward(self, cycles: Cycles, outputs: Tensor) -> Tensor:
        """Return the term, a scalar, of outputs of shape (cycle, target, frame)."""
        rows = self.rows + self.first
        expected = self.muscles(cycles)[:, rows]
        return torch.mean((outputs[:, rows] - expected) ** 2)


# By the name of the term; its weight is the field <name>_weight of `TermWeights`.
CONSTRAINTS: dict[str, type[Constraint]] = {
    "force_bounds": ForceBounds,
    "smoothness": Smoothness,
    "activation": ActivationConsistency,
}
