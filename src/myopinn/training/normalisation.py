"""The constants that bring inputs and targets to one size, from training trials alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from myopinn.dataset.problem import DEEP_EMG, Cycles, Problem
from myopinn.errors import TrialError
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
    motion_centre, motion_range : tuple of float
        Mean and range of each input of motion and load, in the order of
        :attr:`myopinn.dataset.problem.Problem.inputs`, SI; of ``deep_emg`` alone.
    """

    channel_maximum_v: tuple[float, ...] | None
    target_centre: tuple[float, ...]
    target_range: tuple[float, ...]
    moment_range_n_m: float
    motion_centre: tuple[float, ...] = ()
    motion_range: tuple[float, ...] = ()

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
        moment = recorded.joint_moment[rows]
        if selection.task == DEEP_EMG:
            motion = motion_values(recorded, selection)[rows]
            muscles, moment_range = len(recorded.muscles), _range(moment)
            return cls(
                maximum,
                (0.0,) * (muscles + 1),
                (1.0,) * muscles + (moment_range,),
                moment_range,
                tuple(float(v) for v in motion.mean(axis=(0, 1))),
                tuple(_range(values) for values in np.moveaxis(motion, -1, 0)),
            )
        targets = target_values(recorded, selection)[rows]
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
            task=selection.task,
            measured_by=measured_by(recorded, selection),
            measured_emg=selection.measured_emg,
            moment_input=selection.moment_input,
        )

    def cycles(self, recorded: RecordedCycles, selection: Selection) -> Cycles:
        """Return all cycles as scaled tensors in single precision."""
        import torch

        def tensor(values: np.ndarray) -> Any:
            return torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))

        targets = self._targets(recorded, selection)
        scaled = (targets - np.array(self.target_centre)) / np.array(self.target_range)
        frames = recorded.time_s.shape[1]
        maximum = self.channel_maximum_v or recorded.mvc_envelope
        envelope = normalised_envelopes(recorded.envelope, maximum)
        seen = envelope
        if selection.task == DEEP_EMG:
            seen = self._deep_inputs(recorded, selection, envelope)
        inputs = with_time(seen, time_input=selection.time_input)
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
            joint_velocity=tensor(np.swapaxes(recorded.joint_velocity, 1, 2)),
            joint_acceleration=tensor(np.swapaxes(recorded.joint_acceleration, 1, 2)),
            envelope=tensor(np.swapaxes(envelope, 1, 2)),
            activation=tensor(np.swapaxes(recorded.activation, 1, 2)),
            calibration=torch.from_numpy(recorded.calibration),
        )

    def reference(
        self, recorded: RecordedCycles, selection: Selection, train_rows: np.ndarray
    ) -> np.ndarray:
        """Return what predictions are held against, in the targets' units.

        In ``deep_emg`` this has the channels that were hidden from the variant as well.

        Returns
        -------
        array, shape (cycle, frame, target)
            NaN where nothing was recorded.
        """
        if selection.task != DEEP_EMG:
            return target_values(recorded, selection)
        maximum = recorded.muscle_mvc[:, None]
        if self.channel_maximum_v is not None:
            maximum = recorded.muscle_envelope[train_rows].max(axis=(0, 1))
        return np.concatenate(
            [recorded.muscle_envelope / maximum, recorded.joint_moment[..., None]], axis=-1
        )

    def _targets(self, recorded: RecordedCycles, selection: Selection) -> np.ndarray:
        """Return what may be trained on, (cycle, frame, target); NaN where nothing is measured."""
        if selection.task != DEEP_EMG:
            return target_values(recorded, selection)
        maximum = self.channel_maximum_v or recorded.mvc_envelope
        envelope = normalised_envelopes(recorded.envelope, maximum)
        unknown = np.full(envelope.shape[:2], np.nan)
        columns = [
            unknown if channel is None else envelope[..., selection.channels.index(channel)]
            for channel in measured_by(recorded, selection)
        ]
        return np.stack([*columns, recorded.joint_moment], axis=-1)

    def _deep_inputs(
        self, recorded: RecordedCycles, selection: Selection, envelope: np.ndarray
    ) -> np.ndarray:
        motion = motion_values(recorded, selection)
        parts = [(motion - np.array(self.motion_centre)) / np.array(self.motion_range)]
        if selection.measured_emg:
            parts.append(envelope)
        if selection.moment_input:
            parts.append(recorded.joint_moment[..., None] / self.moment_range_n_m)
        return np.concatenate(parts, axis=-1)

    def values(self, scaled: np.ndarray) -> np.ndarray:
        """Return targets of shape (..., target) in rad and N."""
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


def motion_values(recorded: RecordedCycles, selection: Selection) -> np.ndarray:
    """Return angle, velocity and acceleration of the task's joints and the load, SI.

    Returns
    -------
    array, shape (cycle, frame, input)
        In the order of :attr:`myopinn.dataset.problem.Problem.inputs`.
    """
    rows = [recorded.dataset_coordinates.index(name) for name in selection.coordinates]
    motion = [
        values[..., rows]
        for values in (recorded.joint_angle, recorded.joint_velocity, recorded.joint_acceleration)
    ]
    shape = (*recorded.time_s.shape, 1)
    return np.concatenate(
        [*motion, np.broadcast_to(recorded.load_kg[:, None, None], shape)], axis=-1
    )


def measured_by(recorded: RecordedCycles, selection: Selection) -> tuple[str | None, ...]:
    """Name the channel over each muscle, None where it is deep or its channel is hidden."""
    if selection.task != DEEP_EMG:
        return ()
    over = [selection.channel_over(muscle) for muscle in recorded.muscles]
    return tuple(channel if channel in selection.channels else None for channel in over)


def target_values(recorded: RecordedCycles, selection: Selection) -> np.ndarray:
    """Return all targets, shape (cycle, frame, target), joint angles in rad and forces in N."""
    rows = [recorded.dataset_coordinates.index(name) for name in selection.coordinates]
    return np.concatenate([recorded.joint_angle[..., rows], recorded.muscle_force], axis=-1)


def _range(values: np.ndarray) -> float:
    """Range of the values; 1 where they are all the same, so that their error counts in SI."""
    extent = float(values.max() - values.min())
    return extent if extent > 0 else 1.0
