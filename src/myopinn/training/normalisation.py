"""The constants that bring inputs and targets to one size, from training trials alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from myopinn.errors import TrialError
from myopinn.problem import Cycles, Problem
from myopinn.training.recorded_cycles import RecordedCycles
from myopinn.training.selection import Selection


@dataclass(frozen=True)
class Normalisation:
    """Constants of one fold.

    Attributes
    ----------
    channel_maximum_v : tuple of float or None
        Largest envelope of each channel in the training trials, of all people together; None where
        each session's own maximal contraction is used. A person who is tested without a training
        trial has no maximum of their own, so nobody has.
    target_centre, target_range : tuple of float
        Mean and range of each target in the training trials, rad and N.
    moment_range_n_m : float
        Range of the moment to balance.
    """

    channel_maximum_v: tuple[float, ...] | None
    target_centre: tuple[float, ...]
    target_range: tuple[float, ...]
    moment_range_n_m: float

    @classmethod
    def fit(cls, recorded: RecordedCycles, rows: np.ndarray, selection: Selection) -> Normalisation:
        """Take the constants from the cycles of the training trials.

        Raises
        ------
        TrialError
            Where a channel is silent in all training trials.
        """
        maximum = None
        if selection.emg_normalisation == "training_maximum":
            largest = recorded.envelope[rows].max(axis=(0, 1))
            silent = [c for c, v in zip(selection.channels, largest, strict=True) if not v > 0]
            if silent:
                raise TrialError(
                    f"EMG of {silent} is nowhere above zero in the training trials.",
                    remedy="leave the channel out of the task.",
                )
            maximum = tuple(float(v) for v in largest)
        targets = target_values(recorded, selection)[rows]
        moment = recorded.joint_moment[rows]
        return cls(
            maximum,
            tuple(float(v) for v in targets.mean(axis=(0, 1))),
            tuple(_range(values) for values in np.moveaxis(targets, -1, 0)),
            _range(moment),
        )

    def problem(self, recorded: RecordedCycles, selection: Selection) -> Problem:
        """Return what a variant is asked in this fold."""
        return Problem(
            channels=selection.channels,
            coordinates=selection.coordinates,
            muscles=recorded.muscles,
            time_input=selection.time_input,
            target_centre=self.target_centre,
            target_range=self.target_range,
            moment_range_n_m=self.moment_range_n_m,
            physics=selection.physics,
            dataset_coordinates=recorded.dataset_coordinates,
            geometries=recorded.geometries,
            joint_inertias=recorded.joint_inertias,
        )

    def cycles(self, recorded: RecordedCycles, selection: Selection) -> Cycles:
        """Return all cycles as scaled tensors in single precision."""
        import torch

        def tensor(values: np.ndarray) -> Any:
            return torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))

        targets = target_values(recorded, selection)
        scaled = (targets - np.array(self.target_centre)) / np.array(self.target_range)
        frames = recorded.time_s.shape[1]
        inputs = normalised_inputs(
            recorded.envelope,
            self.channel_maximum_v or recorded.mvc_envelope,
            time_input=selection.time_input,
        )
        return Cycles(
            inputs=tensor(np.swapaxes(inputs, 1, 2)),
            targets=tensor(np.swapaxes(scaled, 1, 2)),
            joint_angle=tensor(np.swapaxes(recorded.joint_angle, 1, 2)),
            joint_moment=tensor(recorded.joint_moment),
            time_step_s=tensor(
                (recorded.time_s[:, -1] - recorded.time_s[:, 0]) / max(frames - 1, 1)
            ),
            load_kg=tensor(recorded.load_kg),
            person=torch.from_numpy(recorded.person.astype(np.int64)),
        )

    def values(self, scaled: np.ndarray) -> np.ndarray:
        """Return targets of shape (..., target) in rad and N."""
        return scaled * np.array(self.target_range) + np.array(self.target_centre)


def normalised_inputs(envelope: np.ndarray, maximum_v: Any, *, time_input: bool) -> np.ndarray:
    """Divide envelopes by their maxima and add the position in the cycle.

    Parameters
    ----------
    envelope : array, shape (cycle, frame, channel), V
    maximum_v : array, shape (channel,) or (cycle, channel), V
    time_input : bool

    Returns
    -------
    array, shape (cycle, frame, input)
    """
    maximum = np.asarray(maximum_v, dtype=float)
    if maximum.ndim == 2:
        maximum = maximum[:, None, :]
    parts = [envelope / maximum]
    if time_input:
        frames = envelope.shape[1]
        position = np.arange(frames) / frames
        parts.append(np.broadcast_to(position[:, None], (*envelope.shape[:2], 1)))
    return np.concatenate(parts, axis=-1)


def target_values(recorded: RecordedCycles, selection: Selection) -> np.ndarray:
    """Return all targets, shape (cycle, frame, target), joint angles in rad and forces in N."""
    rows = [recorded.dataset_coordinates.index(name) for name in selection.coordinates]
    return np.concatenate([recorded.joint_angle[..., rows], recorded.muscle_force], axis=-1)


def _range(values: np.ndarray) -> float:
    """Range of the values; 1 where they are all the same, so that their error counts in SI."""
    extent = float(values.max() - values.min())
    return extent if extent > 0 else 1.0
