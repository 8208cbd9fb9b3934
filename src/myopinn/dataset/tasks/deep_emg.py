"""Envelopes of all muscles that cross a joint, also of those that lie deep, from its motion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from myopinn.dataset.tasks.task import Asked, Scales, extent
from myopinn.errors import ConfigError
from myopinn.records import told

# What follows the name of a joint in the name of its moment as a target.
MOMENT = "_moment"


class DeepEmg:
    """The task ``deep_emg``; see :class:`myopinn.dataset.tasks.task.Task`.

    Envelopes stay as they are (centre 0, range 1), and the moment is divided by its range alone.
    """

    name = "deep_emg"
    from_envelopes = False

    def inputs(self, asked: Asked) -> tuple[str, ...]:
        """Name motion and load, then envelopes and moment where they are shown."""
        kinds = ("angle", "velocity", "acceleration")
        motion = [f"{name}_{kind}" for kind in kinds for name in asked.coordinates]
        emg = asked.channels if asked.measured_emg else ()
        moment = ("joint_moment",) if asked.moment_input else ()
        return (*motion, "load_kg", *emg, *moment)

    def targets(self, asked: Asked) -> dict[str, str]:
        """Name the muscles, then the moment."""
        assert asked.physics is not None
        return dict.fromkeys(asked.muscles, "1") | {asked.physics.coordinate + MOMENT: "N.m"}

    def sees(self, asked: Asked) -> list[str]:
        """Name motion and load, then what is shown beside them."""
        beside = [told.EMG] * asked.measured_emg + [told.MOMENT] * asked.moment_input
        return [told.MOTION, told.LOAD, *beside]

    def check(self, asked: Asked) -> None:
        """Refuse a selection without a physics."""
        if asked.physics is None:
            raise ConfigError("deep_emg needs 'physics', which names the joint of the moment.")

    def check_muscles(self, asked: Asked, crossing: Sequence[Sequence[str]]) -> None:
        """Refuse muscles that do not cross the joint: no moment tells anything about them."""
        there = {muscle for own in crossing for muscle in own}
        idle = [muscle for muscle in asked.muscles if muscle not in there]
        if there and idle:
            assert asked.physics is not None
            raise ConfigError(
                f"deep_emg: {idle} do not cross '{asked.physics.coordinate}', so that its moment "
                f"says nothing of them; there are {sorted(there)}. Leave them out of the task's "
                "'muscles', or name the joint that they cross in 'physics'."
            )

    def measured_by(self, recorded: Any) -> tuple[str | None, ...]:
        """Name the channel over each muscle, None where it is deep or its channel is hidden."""
        asked = recorded.selection
        over = [asked.channel_over(muscle) for muscle in recorded.muscles]
        return tuple(channel if channel in asked.channels else None for channel in over)

    def scales(self, recorded: Any, rows: np.ndarray) -> Scales:
        """Return mean and range of each input of motion and load, and the moment's range."""
        motion = motion_values(recorded)[rows]
        muscles = len(recorded.muscles)
        return Scales(
            (0.0,) * (muscles + 1),
            (1.0,) * muscles + (extent(recorded.joint_moment[rows]),),
            tuple(float(v) for v in motion.mean(axis=(0, 1))),
            tuple(extent(values) for values in np.moveaxis(motion, -1, 0)),
        )

    def shown(self, recorded: Any, constants: Any, envelope: np.ndarray) -> np.ndarray:
        """Return motion and load, scaled, and what else is shown."""
        asked, motion = recorded.selection, motion_values(recorded)
        parts = [(motion - np.array(constants.motion_centre)) / np.array(constants.motion_range)]
        if asked.measured_emg:
            parts.append(envelope)
        if asked.moment_input:
            # ASSUME: before a piece the moment was what it is in its first frame.
            lead = ((0, 0), (recorded.lead_frames, 0))
            moment = np.pad(recorded.joint_moment, lead, mode="edge")
            parts.append(moment[..., None] / constants.moment_range_n_m)
        return np.concatenate(parts, axis=-1)

    def known(self, recorded: Any, envelope: np.ndarray) -> np.ndarray:
        """Return the measured envelopes and the moment; NaN of muscles that nothing measures."""
        channels = recorded.selection.channels
        unknown = np.full(envelope.shape[:2], np.nan)
        columns = [
            unknown if channel is None else envelope[..., channels.index(channel)]
            for channel in self.measured_by(recorded)
        ]
        return np.stack([*columns, recorded.joint_moment], axis=-1)

    def reference(self, recorded: Any, constants: Any, train_rows: np.ndarray) -> np.ndarray:
        """Return all envelopes that were recorded, also of channels that were hidden."""
        maximum = recorded.muscle_mvc[:, None]
        if constants.channel_maximum_v is not None:
            maximum = recorded.muscle_envelope[train_rows].max(axis=(0, 1))
        return np.concatenate(
            [recorded.muscle_envelope / maximum, recorded.joint_moment[..., None]], axis=-1
        )


def motion_values(recorded: Any) -> np.ndarray:
    """Return angle, velocity and acceleration of the task's joints and the load, SI, as seen.

    Returns
    -------
    array, shape (cycle, seen frame, input)
        In the order of :meth:`DeepEmg.inputs`.
    """
    rows = [recorded.dataset_coordinates.index(name) for name in recorded.selection.coordinates]
    motion = [
        values[..., rows]
        for values in (recorded.seen_angle, recorded.seen_velocity, recorded.seen_acceleration)
    ]
    shape = (*motion[0].shape[:2], 1)
    return np.concatenate(
        [*motion, np.broadcast_to(recorded.load_kg[:, None, None], shape)], axis=-1
    )
