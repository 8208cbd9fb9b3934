"""Length and velocity of each muscle in a known motion, and its person's scaled parameters."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from myopinn.dataset.problem import Cycles, Problem
from myopinn.errors import ConfigError
from myopinn.methods.joint.moment_arms import CYCLES_AT_ONCE, crosses, measured_joints, person_paths

LENGTH, VELOCITY, PARAMETERS = "muscle_length", "muscle_velocity", "muscle_parameters"
MOMENT_ARM = "moment_arm"
SCALED = (
    "max_isometric_force",
    "optimal_fiber_length",
    "tendon_slack_length",
    "pennation_angle_at_optimal",
)


def muscle_states(problem: Problem, cycles: Cycles, *, of_past: bool = False) -> dict[str, Tensor]:
    """Return what a Hill muscle needs of each cycle beside its activation.

    In the measured motion the velocity is the central difference of the length along the frames of
    the cycle; in the past motion it is that of the joints times the moment arms, so that no later
    frame is looked at.

    Parameters
    ----------
    problem : Problem
        With the geometry of every person.
    cycles : Cycles
    of_past : bool
        Whether the motion is the past one, which is known over all seen frames.

    Returns
    -------
    dict
        ``muscle_length`` (m) and ``muscle_velocity`` (m/s, lengthening is positive), shape
        (cycle, muscle, frame or seen frame), of all muscles of the problem;
        ``muscle_parameters``, shape (cycle, parameter, muscle): those of :data:`SCALED` in SI
        units.

    Raises
    ------
    ConfigError
        Where there is no geometry, it lacks a muscle, or the dataset or an isometric contraction
        lacks a joint of one.
    """
    if not problem.geometries:
        raise ConfigError(
            "a variant with muscles needs their geometry, which is read where the task has a "
            "'physics: {coordinate, kind}'."
        )
    dtype = cycles.inputs.dtype
    angle = cycles.past_angle if of_past else cycles.joint_angle
    count, muscles = len(cycles), len(problem.muscles)
    length = torch.zeros((count, muscles, angle.shape[-1]), dtype=torch.float64)
    velocity = torch.zeros_like(length)
    parameters = torch.zeros((count, len(SCALED), muscles), dtype=dtype)
    for person, geometry in enumerate(problem.geometries):
        own = torch.nonzero(cycles.person == person)[:, 0]
        # A person whose model yielded no muscle has no cycles either.
        if not len(own):
            continue
        paths = person_paths(geometry, problem.muscles)
        listed = [str(name) for name in geometry["muscle"]]
        rows = [listed.index(muscle) for muscle in problem.muscles]
        scaled = np.stack([np.asarray(geometry[name], dtype=float)[rows] for name in SCALED])
        parameters[own] = torch.from_numpy(scaled).to(dtype)
        for part in own.split(CYCLES_AT_ONCE):
            names = problem.dataset_coordinates
            known = _known_angles(problem, cycles, angle, part)
            joints = measured_joints(paths, geometry, names, known)
            length[part] = paths.length(joints).transpose(0, 1)
            if of_past:
                rates = torch.nan_to_num(cycles.past_velocity[part].double())
                turning = measured_joints(paths, geometry, names, rates)
                rate = paths.velocity(paths.moment_arm(joints), turning)
                velocity[part] = rate.transpose(0, 1)
    if not of_past:
        step = cycles.time_step_s.double()[:, None, None]
        velocity = torch.gradient(length, dim=-1, edge_order=2)[0] / step
    return {LENGTH: length.to(dtype), VELOCITY: velocity.to(dtype), PARAMETERS: parameters}


def _known_angles(problem: Problem, cycles: Cycles, angle: Tensor, rows: Tensor) -> Tensor:
    """Give the angles of some cycles of a person, 0 where unknown and of no consequence."""
    measured = angle[rows].double()
    geometry = problem.geometries[int(cycles.person[rows[0]])]
    unknown = ~torch.isfinite(measured).all(2).all(0)
    joints = [name for name, lost in zip(problem.dataset_coordinates, unknown, strict=True) if lost]
    lost = [m for m in problem.muscles if any(crosses(geometry, m, joint) for joint in joints)]
    if lost:
        raise ConfigError(
            f"the length of {lost} is unknown in some cycles: isometric contractions are known at "
            f"the joint of the dynamometer alone, and these muscles cross {joints} as well. Leave "
            "them out of the task's 'muscles', or the contractions out of its 'calibration'."
        )
    return torch.nan_to_num(measured)


def joint_muscle_states(problem: Problem, cycles: Cycles) -> dict[str, Tensor]:
    """Return what Hill muscles need of each cycle to make a moment beside their activation.

    In continuous time the motion is the past one.

    Parameters
    ----------
    problem : Problem
        With a physics, and the geometry of every person.
    cycles : Cycles

    Returns
    -------
    dict
        That of :func:`muscle_states`, and ``moment_arm`` (m) about the joint of the physics, shape
        (cycle, muscle, seen frame); positive where the muscle's pull increases the angle.

    Raises
    ------
    ConfigError
        As :func:`muscle_states`, and where there is no physics or a muscle does not cross its
        joint.
    """
    if problem.physics is None:
        raise ConfigError(
            "a variant that balances a joint's moment needs the task's 'physics: {coordinate, "
            "kind}'."
        )
    states = muscle_states(problem, cycles, of_past=problem.past_only)
    angle = cycles.past_angle if problem.past_only else cycles.joint_angle
    arm = torch.zeros(states[LENGTH].shape, dtype=torch.float64)
    for person, geometry in enumerate(problem.geometries):
        own = torch.nonzero(cycles.person == person)[:, 0]
        if not len(own):
            continue
        paths = person_paths(geometry, problem.muscles)
        idle = [m for m in problem.muscles if not crosses(geometry, m, problem.physics.coordinate)]
        if idle:
            raise ConfigError(
                f"{idle} cross no joint that is modelled, so no moment tells of them: "
                f"'{problem.physics.coordinate}' is; leave them out of the task's 'muscles'."
            )
        joint = paths.coordinates.index(problem.physics.coordinate)
        for part in own.split(CYCLES_AT_ONCE):
            known = _known_angles(problem, cycles, angle, part)
            joints = measured_joints(paths, geometry, problem.dataset_coordinates, known)
            arm[part] = paths.moment_arm(joints)[:, joint].transpose(0, 1)
    return {**states, MOMENT_ARM: arm.to(states[LENGTH].dtype)}
