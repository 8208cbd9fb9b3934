"""The constants that bring inputs and targets to one size, from training trials alone."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from myopinn.dataset.problem import Cycles, Problem
from myopinn.dataset.recorded import RecordedCycles
from myopinn.dataset.tasks.task import extent
from myopinn.errors import TrialError


@dataclass(frozen=True)
class Normalisation:
    """Constants of one fold.

    Attributes
    ----------
    channel_maximum_v : tuple of float or None
        Largest envelope of each channel in the training trials, of all people together; None where
        each session's own maximal contraction is used. A person who is tested without a training
        trial has no maximum of their own, so nobody has.
    moment_range_n_m : float
        Range of the moment to balance.
    target_centre, target_range : tuple of float
        Mean and range of each target in the training trials, in its unit, as the task scales it.
    motion_centre, motion_range : tuple of float
        Mean and range of each input of motion and load, in the order of
        :attr:`myopinn.dataset.problem.Problem.inputs`, SI; where the task shows them.
    """

    channel_maximum_v: tuple[float, ...] | None
    moment_range_n_m: float
    target_centre: tuple[float, ...]
    target_range: tuple[float, ...]
    motion_centre: tuple[float, ...] = ()
    motion_range: tuple[float, ...] = ()

    @classmethod
    def fit(cls, recorded: RecordedCycles, rows: np.ndarray) -> Normalisation:
        """Take the constants from the cycles of the training trials.

        Raises
        ------
        TrialError
            Where a channel is silent in all training trials.
        """
        maximum, selection = None, recorded.selection
        if selection.emg_normalisation == "training_maximum":
            largest = recorded.envelope[rows].max(axis=(0, 1))
            silent = [c for c, v in zip(selection.channels, largest, strict=True) if not v > 0]
            if silent:
                raise TrialError(
                    f"EMG of {silent} is nowhere above zero in the training trials.",
                    remedy="leave the channel out of the task.",
                )
            maximum = tuple(float(v) for v in largest)
        scales = selection.task.scales(recorded, rows)
        return cls(maximum, extent(recorded.joint_moment[rows]), **asdict(scales))

    def problem(self, recorded: RecordedCycles) -> Problem:
        """Return what a variant is asked in this fold."""
        selection = recorded.selection
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
            held_coordinates=recorded.held_coordinates,
            task=selection.task,
            measured_by=selection.task.measured_by(recorded),
            measured_emg=selection.measured_emg,
            moment_input=selection.moment_input,
        )

    def cycles(self, recorded: RecordedCycles) -> Cycles:
        """Return all cycles as scaled tensors in single precision."""
        import torch

        def tensor(values: np.ndarray) -> Any:
            return torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))

        frames = recorded.time_s.shape[1]
        maximum = self.channel_maximum_v or recorded.mvc_envelope
        envelope = normalised_envelopes(recorded.envelope, maximum)
        task = recorded.selection.task
        targets = task.known(recorded, envelope)
        scaled = (targets - np.array(self.target_centre)) / np.array(self.target_range)
        seen = task.shown(recorded, self, envelope)
        inputs = with_time(seen, time_input=recorded.selection.time_input)
        return Cycles(
            inputs=tensor(np.swapaxes(inputs, 1, 2)),
            targets=tensor(np.swapaxes(scaled, 1, 2)),
            joint_angle=tensor(np.swapaxes(recorded.joint_angle, 1, 2)),
            joint_moment=tensor(recorded.joint_moment),
            time_step_s=tensor(
                (recorded.time_s[:, -1] - recorded.time_s[:, 0]) / max(frames - 1, 1)
            ),
            load_kg=tensor(recorded.load_kg),
            held_angle=tensor(recorded.held_angle),
            person=torch.from_numpy(recorded.person.astype(np.int64)),
            joint_velocity=tensor(np.swapaxes(recorded.joint_velocity, 1, 2)),
            joint_acceleration=tensor(np.swapaxes(recorded.joint_acceleration, 1, 2)),
            envelope=tensor(np.swapaxes(envelope, 1, 2)),
            activation=tensor(np.swapaxes(recorded.activation, 1, 2)),
            calibration=torch.from_numpy(recorded.calibration),
        )

    def values(self, scaled: np.ndarray) -> np.ndarray:
        """Return scaled targets of shape (..., target) in their units."""
        return scaled * np.array(self.target_range) + np.array(self.target_centre)


def normalised_envelopes(envelope: np.ndarray, maximum_v: Any) -> np.ndarray:
    """Divide envelopes by their maxima.

    Parameters
    ----------
    envelope : array, shape (cycle, frame, channel), V
    maximum_v : array, shape (channel,) or (cycle, channel), V

    Returns
    -------
    array, shape (cycle, frame, channel)
    """
    maximum = np.asarray(maximum_v, dtype=float)
    if maximum.ndim == 2:
        maximum = maximum[:, None, :]
    divided: np.ndarray = envelope / maximum
    return divided


def with_time(inputs: np.ndarray, *, time_input: bool) -> np.ndarray:
    """Add the position in the cycle to inputs of shape (cycle, frame, input) where asked for."""
    if not time_input:
        return inputs
    frames = inputs.shape[1]
    position = np.arange(frames) / frames
    time = np.broadcast_to(position[:, None], (*inputs.shape[:2], 1))
    return np.concatenate([inputs, time], axis=-1)
