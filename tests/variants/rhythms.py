"""Pieces in continuous time of a joint that swings by a metronome or at random."""

from dataclasses import replace

import numpy as np
import torch

from myopinn.dataset.problem import CYCLE_FRAMES, Cycles, Problem

STEP_S, LEAD = 0.02, 200
PROBLEM = Problem(
    channels=("flexor", "extensor"),
    coordinates=("wrist",),
    muscles=("flexor",),
    time_input=False,
    target_centre=(0.0, 0.0),
    target_range=(1.0, 1.0),
    dataset_coordinates=("wrist",),
    past_only=True,
    lead_frames=LEAD,
    past_motion=True,
)


def metronome(seed: int, hz: float = 0.7, seconds: float = 40.0) -> np.ndarray:
    """Return the angle of a trial at its frames, begun at a random moment of the cycle."""
    turn = np.random.default_rng(seed).uniform(0, 2 * np.pi)
    at = turn + 2 * np.pi * hz * np.arange(0, seconds, STEP_S)
    return 0.6 * np.sin(at) + 0.15 * np.sin(2 * at + 0.5)


def random_movement(seed: int, seconds: float = 240.0) -> np.ndarray:
    """Return the angle of a trial that goes from one drawn place to another at drawn moments."""
    draw = np.random.default_rng(seed)
    time = np.arange(0, seconds, STEP_S)
    moments = np.cumsum(draw.uniform(0.3, 1.5, int(seconds / 0.3)))
    corners = np.interp(time, moments, draw.uniform(-0.7, 0.7, len(moments)))
    bell = np.hanning(31)
    return np.convolve(corners, bell / bell.sum(), mode="same")


def pieces(*trials: np.ndarray, noise: float = 0.0, seed: int = 0) -> Cycles:
    """Cut trials as a clock does; EMG is what bends and what straightens, force the first."""
    draw = np.random.default_rng(seed)
    parts = []
    for angle in trials:
        rate = np.gradient(angle, STEP_S)
        emg = np.stack([np.maximum(rate, 0), np.maximum(-rate, 0)]) / 3
        emg = emg + noise * draw.normal(size=emg.shape)
        seen = np.concatenate([angle[None], emg])
        seen = np.concatenate([np.repeat(seen[:, :1], LEAD, axis=1), seen], axis=1)
        starts = range(0, len(angle) - CYCLE_FRAMES + 1, CYCLE_FRAMES)
        parts += [seen[:, start : start + LEAD + CYCLE_FRAMES] for start in starts]
    seen = torch.tensor(np.stack(parts))
    now = seen[..., LEAD:]
    count = len(seen)
    return Cycles(
        inputs=seen[:, 1:],
        targets=torch.cat([now[:, :1], now[:, 1:2] ** 2], 1),
        joint_angle=now[:, :1],
        joint_moment=torch.zeros(count, CYCLE_FRAMES),
        time_step_s=torch.full((count,), STEP_S, dtype=torch.float64),
        load_kg=torch.zeros(count),
        person=torch.zeros(count, dtype=torch.long),
        past_angle=seen[:, :1],
    )


def unexplained(answer: np.ndarray, cycles: Cycles, first: int = 0) -> np.ndarray:
    """Return each target's mean squared error over its variance, from one of the pieces on."""
    wanted = np.swapaxes(cycles.targets.numpy(), 1, 2)[first:]
    error = ((answer[first:] - wanted) ** 2).mean((0, 1))
    return error / wanted.var((0, 1))


def changed_after(cycles: Cycles, frame: int) -> Cycles:
    """Return the pieces with other inputs and motion after one of the answered frames."""
    moved = {}
    for name in ("inputs", "past_angle"):
        moved[name] = getattr(cycles, name).clone()
        moved[name][..., LEAD + frame + 1 :] = 0.123
    return replace(cycles, **moved, targets=cycles.targets * torch.nan)
