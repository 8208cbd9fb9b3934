"""The physics of a task as a term of a network's loss: residuals of a joint's equations."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from myopinn.dataset.problem import Cycles, Problem
from myopinn.errors import ConfigError
from myopinn.methods.joint.moment_arms import MomentArms
from myopinn.physics.motion import Chain, joint_moment, last_hinge, moment_balance
from myopinn.physics.weak_form import averaging_windows

# The middles of the windows of the weak form lie this far apart at most: a third of a window in the
# longest cycles that a wrist's 100 frames hold, 2 s, and less in shorter ones.
SPACING_FRAMES = 4


class JointResidual(nn.Module, ABC):
    """What the residuals of a joint share: predicted angle, and moment of all muscles across it.

    Parameters
    ----------
    problem : Problem
        With a physics.

    Raises
    ------
    ConfigError
        Where there is no physics or its joint is not predicted.
    """

    centre: Tensor
    range: Tensor

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        if problem.physics is None:
            raise ConfigError(
                "a variant with physics needs 'physics: {coordinate, kind}' in the task."
            )
        self.coordinate = problem.physics.coordinate
        if self.coordinate not in problem.coordinates:
            raise ConfigError(
                f"physics: joint '{self.coordinate}' is not among the predicted coordinates "
                f"{list(problem.coordinates)}."
            )
        self.moment_arms = MomentArms(problem)
        self.angle_row = problem.targets.index(self.coordinate)
        self.force_rows = [problem.targets.index(m) for m in self.moment_arms.muscles]
        self.moment_range = problem.moment_range_n_m
        # Scales belong to the problem, not to what is learned: they stay out of the weights.
        for name, values in (("centre", problem.target_centre), ("range", problem.target_range)):
            self.register_buffer(name, torch.tensor(values)[:, None], persistent=False)

    def forward(self, cycles: Cycles, outputs: Tensor) -> Tensor:
        """Return the mean squared residual, a scalar, of outputs (cycle, target, frame)."""
        return torch.mean(self.residual(cycles, outputs) ** 2)

    @abstractmethod
    def residual(self, cycles: Cycles, outputs: Tensor) -> Tensor:
        """Return the residual as a share of the moment's range, shape (cycle, frame or window)."""

    def derive(self, cycles: Cycles) -> dict[str, Tensor]:
        """Return what the residual needs of each cycle, whatever is learned."""
        return self.moment_arms.derive(cycles)

    def predicted(self, cycles: Cycles, outputs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the joint's angle and the muscles' moment arms and forces.

        Returns
        -------
        joint_angle : tensor, shape (cycle, frame), rad
        moment_arm : tensor, shape (muscle, 1, cycle, frame), m
            The dimension of length 1 is the joint.
        force : tensor, shape (muscle, cycle, frame), N
        """
        values = outputs * self.range + self.centre
        angle = values[:, self.angle_row]
        arm = self.moment_arms(cycles, angle).transpose(0, 1)
        return angle, arm[:, None], values[:, self.force_rows].transpose(0, 1)


class MomentBalance(JointResidual):
    r"""Residual of the moment balance of a joint inside a moving chain.

    .. math:: \left(\sum_m r_m(q) F_m - \tau\right) / \mathrm{range}(\tau)

    over all muscles that cross the joint, at the predicted angle and forces; :math:`\tau` is the
    moment that :class:`myopinn.dataset.problem.Physics` names and its range is that of the training
    trials.
    """

    def residual(self, cycles: Cycles, outputs: Tensor) -> Tensor:
        """Return the residual as a share of the moment's range, shape (cycle, frame)."""
        _, arm, force = self.predicted(cycles, outputs)
        return moment_balance(arm, force, cycles.joint_moment[None])[0] / self.moment_range


class SingleJoint(JointResidual):
    r"""Residual of the equation of motion of a joint that moves alone, in weak form.

    .. math:: \left\langle I \ddot q + a \cos q + b \sin q - \sum_m r_m(q) F_m
              \right\rangle_w / \mathrm{range}(\tau)

    This is :math:`M(q)\ddot q + C(q, \dot q) + G(q)` of one hinge on a resting base: its inertia I
    is constant, C is zero, and the moment of gravity has these two terms; all three are taken from
    the person's scaled model with the load of the trial, and with the joints nearer to the trunk
    where they rested in the cycle (:attr:`myopinn.dataset.problem.Cycles.held_angle`). No moment of
    inverse dynamics enters but for the scale.

    The equation holds on average over each of the windows w
    (:func:`myopinn.physics.weak_form.averaging_windows`), whose width is
    :attr:`myopinn.dataset.problem.Physics.window_s`. Under the average stands the second central
    difference of the predicted angle along the frames of the cycle; at 100 frames a cycle it is
    0.03 % too small for the cycle's own frequency. The first and the last frame have no neighbour
    and are in no window.

    Raises
    ------
    ConfigError
        Where a person's joint inertia is missing, its last joint is not this one, or the dataset
        does not say where the others rested.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        if len(problem.joint_inertias) != len(problem.geometries):
            raise ConfigError(
                "physics: 'single_joint' needs the joint inertia of every person; there are "
                f"{len(problem.joint_inertias)} for {len(problem.geometries)} people."
            )
        # A person whose model yielded no inertia has no cycles either.
        for plain in filter(None, problem.joint_inertias):
            *resting, moving = plain.get("coordinates", [""])
            unknown = [name for name in resting if name not in problem.held_coordinates]
            if moving != self.coordinate or unknown:
                raise ConfigError(
                    f"physics: 'single_joint' needs the inertia of '{self.coordinate}' alone, or "
                    "last of a chain whose others are in 'dataset: held', which has "
                    f"{list(problem.held_coordinates)}; that of "
                    f"{list(plain.get('coordinates', []))} was given."
                )
        self.joint_inertias = problem.joint_inertias
        self.held_coordinates = problem.held_coordinates
        assert problem.physics is not None
        self.window_s = problem.physics.window_s

    def derive(self, cycles: Cycles) -> dict[str, Tensor]:
        """Return moment arms, inertia (kg.m^2), gravity (N.m) and windows of each cycle."""
        rows = torch.zeros((3, len(cycles)), dtype=torch.float64)
        for person, plain in enumerate(self.joint_inertias):
            own = torch.nonzero(cycles.person == person)[:, 0]
            if not len(own):
                continue
            chain = Chain.from_dict(plain)
            before = [self.held_coordinates.index(name) for name in plain["coordinates"][:-1]]
            resting = cycles.held_angle[own][:, before].T.double()
            rows[:, own] = torch.stack(last_hinge(chain, resting, cycles.load_kg[own].double()))
        names = ("joint_inertia", "gravity_cos", "gravity_sin")
        values = rows.to(cycles.inputs.dtype)
        windows = averaging_windows(
            cycles.time_step_s,
            # The frames that have two neighbours.
            cycles.inputs.shape[-1] - 2,
            width_s=self.window_s,
            spacing_frames=SPACING_FRAMES,
        )
        constants = dict(zip(names, values, strict=True))
        return {**super().derive(cycles), **constants, "windows": windows.to(values)}

    def residual(self, cycles: Cycles, outputs: Tensor) -> Tensor:
        """Return the residual as a share of the moment's range, shape (cycle, window)."""
        angle, arm, force = self.predicted(cycles, outputs)
        step = cycles.time_step_s[:, None]
        acceleration = (angle[:, 2:] - 2 * angle[:, 1:-1] + angle[:, :-2]) / step**2
        inertia, cosine, sine = (
            cycles.derived[name][:, None]
            for name in ("joint_inertia", "gravity_cos", "gravity_sin")
        )
        own = inertia * acceleration + (cosine * angle.cos() + sine * angle.sin())[:, 1:-1]
        left = own - joint_moment(arm, force)[0, :, 1:-1]
        return torch.einsum("cwf,cf->cw", cycles.derived["windows"], left) / self.moment_range


RESIDUALS: dict[str, type[JointResidual]] = {
    "moment_balance": MomentBalance,
    "single_joint": SingleJoint,
}


def physics_residual(problem: Problem) -> JointResidual:
    """Return the residual of the problem's kind of physics.

    Raises
    ------
    ConfigError
        Where there is no physics, or none of that kind.
    """
    kind = problem.physics.kind if problem.physics else "moment_balance"
    if kind not in RESIDUALS:
        raise ConfigError(f"physics: no kind '{kind}'; there are {sorted(RESIDUALS)}.")
    return RESIDUALS[kind](problem)
