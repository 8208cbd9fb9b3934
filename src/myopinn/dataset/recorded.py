"""The cycles of all people of a recording in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from myopinn.dataset.selection import Selection


@dataclass(frozen=True)
class RecordedCycles:
    """Cycles of all people, cycle first.

    Attributes
    ----------
    selection : Selection
        What was taken of the datasets.
    subjects : tuple of str
    muscles : tuple of str
        Along the last dimension of ``muscle_force``: all that cross the joint of the physics,
        then those that are only reported.
    dataset_coordinates : tuple of str
        Along the last dimension of ``joint_angle``.
    geometries : tuple of dict
        Arrays of each person's geometry file; empty without physics.
    joint_inertias : tuple of dict
        Of each person, for the equation of motion of a joint that moves alone.
    held_coordinates : tuple of str
        Along the last dimension of ``held_angle``.
    person, cycle : int array, shape (cycle,)
        Index in ``subjects``, and number of the cycle in that person's dataset.
    trial, session, condition, key : text array, shape (cycle,)
        ``key`` is ``subject/trial``, as in the folds.
    time_s : array, shape (cycle, frame), s
    load_kg : array, shape (cycle,), kg
    held_angle : array, shape (cycle, held), rad
        Where coordinates that rest in a trial stood; NaN in calibration.
    envelope : array, shape (cycle, frame, channel), V
    mvc_envelope : array, shape (cycle, channel), V
        Largest envelope of the maximal contractions of the cycle's session, NaN where none is.
    joint_angle : array, shape (cycle, frame, coordinate), rad
    muscle_force : array, shape (cycle, frame, muscle), N
    joint_moment : array, shape (cycle, frame), N.m
        The moment that the muscles have to balance; zero without physics.
    joint_velocity, joint_acceleration : array, shape (cycle, frame, coordinate), rad/s, rad/s^2
    activation : array, shape (cycle, frame, muscle)
        By the solver of muscle forces.
    muscle_envelope : array, shape (cycle, frame, muscle), V
        Envelope of the electrode over each muscle, NaN where there is none; it has the channels
        that the selection hides as well, and only what is judged may be held against them.
    muscle_mvc : array, shape (cycle, muscle), V
        As ``mvc_envelope``.
    calibration : bool array, shape (cycle,)
        Whether it is a piece of an isometric contraction.
    """

    selection: Selection
    subjects: tuple[str, ...]
    muscles: tuple[str, ...]
    dataset_coordinates: tuple[str, ...]
    geometries: tuple[Mapping[str, Any], ...]
    joint_inertias: tuple[Mapping[str, Any], ...]
    held_coordinates: tuple[str, ...]
    person: np.ndarray
    cycle: np.ndarray
    trial: np.ndarray
    session: np.ndarray
    condition: np.ndarray
    key: np.ndarray
    time_s: np.ndarray
    load_kg: np.ndarray
    held_angle: np.ndarray
    envelope: np.ndarray
    mvc_envelope: np.ndarray
    joint_angle: np.ndarray
    muscle_force: np.ndarray
    joint_moment: np.ndarray
    joint_velocity: np.ndarray
    joint_acceleration: np.ndarray
    activation: np.ndarray
    muscle_envelope: np.ndarray
    muscle_mvc: np.ndarray
    calibration: np.ndarray

    def rows(self, keys: Sequence[str]) -> np.ndarray:
        """Return the indices of the cycles of these trials, in the order of the datasets."""
        return np.flatnonzero(np.isin(self.key, list(keys)))

    def calibration_rows(self, rows: np.ndarray) -> np.ndarray:
        """Return the pieces of isometric contractions of the same people's same sessions."""
        own = {(p, s) for p, s in zip(self.person[rows], self.session[rows], strict=True)}
        pieces = np.flatnonzero(self.calibration)
        return np.array(
            [row for row in pieces if (self.person[row], self.session[row]) in own], dtype=int
        )
