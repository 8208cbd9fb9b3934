"""A joint with four muscles, two of them deep, that follow a shared drive with known parameters."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from myopinn.dataset.problem import Cycles, Physics, Problem
from myopinn.dataset.tasks import DEEP_EMG
from myopinn.methods.deep.neural_musculoskeletal import MusculoskeletalSettings
from myopinn.methods.joint.muscle_states import joint_muscle_states
from myopinn.methods.muscles.personal_muscles import PersonalMuscles

MUSCLES = ("flexor", "deep flexor", "extensor", "deep extensor")
CHANNELS = ("flexor", "extensor")
DEEP = [1, 3]
ARM_M = np.array([0.04, 0.03, -0.025, -0.022])
MOMENT_RANGE_N_M = 30.0
STEP_S = 0.02


class Known(NamedTuple):
    """A problem, cycles whose deep targets are unknown, and the excitations behind them."""

    problem: Problem
    cycles: Cycles
    excitation: Tensor


def joint_problem(*, measured_emg: bool = True, moment_input: bool = True) -> Problem:
    """Make the problem: straight paths, so that every moment arm is constant."""
    count = len(MUSCLES)
    return Problem(
        channels=CHANNELS,
        coordinates=("elbow",),
        muscles=MUSCLES,
        time_input=False,
        target_centre=(0.0,) * (count + 1),
        target_range=(1.0,) * count + (MOMENT_RANGE_N_M,),
        moment_range_n_m=MOMENT_RANGE_N_M,
        physics=Physics("elbow"),
        dataset_coordinates=("elbow",),
        geometries=(geometry(),),
        task=DEEP_EMG,
        measured_by=("flexor", None, "extensor", None),
        measured_emg=measured_emg,
        moment_input=moment_input,
    )


def geometry() -> dict[str, object]:
    """Length = 0.3 m - arm * angle, the angle from 0 to 2 rad."""
    count = len(MUSCLES)
    return {
        "muscle": MUSCLES,
        "coordinate": ("elbow",),
        "coefficient": np.stack([0.3 - ARM_M, -ARM_M], axis=1),
        "exponent": np.array([[0], [1]]),
        "centre": np.array([1.0]),
        "half_range": np.array([1.0]),
        "crosses": np.ones((count, 1), dtype=int),
        "max_isometric_force": np.array([600.0, 1000.0, 800.0, 700.0]),
        "optimal_fiber_length": np.full(count, 0.12),
        "tendon_slack_length": 0.3 - 0.12 - ARM_M,
        "pennation_angle_at_optimal": np.zeros(count),
    }


def known_joint(
    problem: Problem | None = None,
    load_factor: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0),
    gain: float = 0.75,
    seed: int = 0,
    count: int = 12,
) -> Known:
    """Make cycles of the generic muscles, driven by shared drives without deviations or noise."""
    problem = problem or joint_problem()
    rng = np.random.default_rng(seed)
    phase = np.linspace(0, 2 * np.pi, 100, endpoint=False)[None]
    turn, load = rng.uniform(0, 6, (count, 1)), rng.uniform(0.0, 1.0, (count, 1))
    angle = 1.0 + 0.6 * np.sin(phase + turn)
    moving = np.stack([np.gradient(angle, STEP_S, axis=1, edge_order=2)], 1)
    flexing = (0.05 + 0.3 * load) * np.clip(np.sin(phase + 2 * turn), 0, 1) ** 2
    extending = (0.05 + 0.3 * load) * np.clip(-np.sin(phase + 2 * turn), 0, 1) ** 2
    tensor = lambda values: torch.as_tensor(np.asarray(values), dtype=torch.float32)  # noqa: E731
    blank = Cycles(
        inputs=torch.zeros(count, len(problem.inputs), 100),
        targets=torch.full((count, len(problem.targets), 100), torch.nan),
        joint_angle=tensor(angle[:, None]),
        joint_moment=torch.zeros(count, 100),
        time_step_s=torch.full((count,), STEP_S),
        load_kg=tensor(load[:, 0]),
        person=torch.zeros(count, dtype=torch.long),
        joint_velocity=tensor(moving),
    )
    blank = replace(blank, derived=joint_muscle_states(problem, blank))
    muscles = generic_muscles(problem)
    with torch.no_grad():
        work = muscles.at(blank).advantage().abs() / 0.03 * torch.tensor(load_factor)[:, None]
        drive = torch.where(
            muscles.at(blank).advantage() > 0, tensor(flexing)[:, None], tensor(extending)[:, None]
        )
        excitation = 0.02 + drive * work
        moment = muscles(blank, excitation)
    envelope = gain * excitation[:, [0, 2]]
    targets = blank.targets.clone()
    targets[:, [0, 2]], targets[:, -1] = envelope, moment / MOMENT_RANGE_N_M
    parts = [blank.joint_angle - 1.0, blank.joint_velocity / 3, blank.joint_velocity * 0]
    parts.append(blank.load_kg[:, None, None].expand(-1, 1, 100))
    parts += [envelope] if problem.measured_emg else []
    parts += [moment[:, None] / MOMENT_RANGE_N_M] if problem.moment_input else []
    cycles = replace(
        blank,
        inputs=torch.cat(parts, 1),
        targets=targets,
        joint_moment=moment,
        envelope=envelope,
        activation=excitation,
    )
    return Known(problem, cycles, excitation)


def generic_muscles(problem: Problem) -> PersonalMuscles:
    """Make muscles whose parameters stay those of the scaled model."""
    return PersonalMuscles(problem, MusculoskeletalSettings().ranges(), learned=False)
