"""What electrodes over the deep muscles would have recorded, from the truth of virtual people.

A measured envelope is rectified EMG, low-passed and divided by the largest of the session's
maximal contractions. The truth is brought to the same: the excitation, which is what electrodes
see (no delay lies between the two), low-passed by the same filter and divided by its own largest
value in the same contractions. What remains different is that EMG is noise that the excitation
modulates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from myopinn.formats.whole import ArtifactError
from myopinn.signals.envelope import smooth, smooth_forwards
from myopinn.signals.filters import held_at

if TYPE_CHECKING:
    import xarray as xr


def deep_muscles(data: xr.Dataset) -> list[str]:
    """Name the muscles of a dataset that no channel is named after."""
    channels = {str(name) for name in data["channel"].values}
    return [str(name) for name in data["muscle"].values if str(name) not in channels]


class DeepEnvelopes:
    """Low-passed excitations of some muscles of a person.

    Parameters
    ----------
    truth : callable of str to Dataset
        Gives the truth of a trial: ``excitation`` of shape (time_s, muscle), 0 to 1.
    muscles : sequence of str
    lowpass_hz : float
        Of the measured envelopes.
    """

    def __init__(
        self, truth: Callable[[str], xr.Dataset], muscles: Sequence[str], lowpass_hz: float
    ) -> None:
        self.truth = truth
        self.muscles = list(muscles)
        self.lowpass_hz = lowpass_hz

    def of_trial(self, trial: str, *, forwards: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """Return the times, s, and the envelopes of a trial, shape (time, muscle).

        Parameters
        ----------
        trial : str
        forwards : bool
            Whether by a filter that runs forwards alone.

        Raises
        ------
        ArtifactError
            Where the truth lacks one of the muscles.
        """
        true = self.truth(trial)
        there = [str(name) for name in true["muscle"].values]
        missing = [name for name in self.muscles if name not in there]
        if missing:
            where = true.encoding.get("source", trial)
            raise ArtifactError(f"{where}: no muscle {missing}, there are {there}.")
        time = true["time_s"].values
        excitation = true["excitation"].sel(muscle=self.muscles).values
        rate_hz = (len(time) - 1) / (time[-1] - time[0])
        smoothed = (smooth_forwards if forwards else smooth)(excitation, rate_hz, self.lowpass_hz)
        return time, np.maximum(smoothed, 0.0)

    def at(self, trials: np.ndarray, time_s: np.ndarray) -> np.ndarray:
        """Return the envelopes at the times of cycles.

        Parameters
        ----------
        trials : text array, shape (cycle,)
        time_s : array, shape (cycle, frame)

        Returns
        -------
        array, shape (cycle, frame, muscle)
        """
        found = np.full((*time_s.shape, len(self.muscles)), np.nan)
        for trial in dict.fromkeys(trials.tolist()):
            time, envelope = self.of_trial(trial)
            rows = np.flatnonzero(trials == trial)
            for k in range(len(self.muscles)):
                found[rows, :, k] = np.interp(time_s[rows], time, envelope[:, k])
        return found

    def seen(self, trials: np.ndarray, time_s: np.ndarray, seen_frames: int) -> np.ndarray:
        """Return what can be known of the envelopes by each frame that is seen with a piece.

        Parameters
        ----------
        trials : text array, shape (cycle,)
        time_s : array, shape (cycle, frame)
            Of the frames that are answered.
        seen_frames : int
            The last of which those are.

        Returns
        -------
        array, shape (cycle, seen frame, muscle)
        """
        frames = time_s.shape[1]
        step = time_s[:, 1:2] - time_s[:, :1]
        times = time_s[:, :1] + step * np.arange(frames - seen_frames, frames)
        found = np.full((*times.shape, len(self.muscles)), np.nan)
        for trial in dict.fromkeys(trials.tolist()):
            time, envelope = self.of_trial(trial, forwards=True)
            rows = trials == trial
            found[rows] = held_at(times[rows], time, envelope)
        return found

    def largest(self, trials: Iterable[str]) -> np.ndarray:
        """Return the largest envelopes of some trials, shape (muscle,); NaN without a trial."""
        largest = np.full(len(self.muscles), np.nan)
        for trial in trials:
            _, envelope = self.of_trial(trial)
            largest = np.fmax(largest, envelope.max(axis=0))
        return largest


def with_channels(
    data: xr.Dataset, values: Mapping[str, np.ndarray], names: Sequence[str]
) -> xr.Dataset:
    """Add channels to those variables of a dataset that have any."""
    import xarray as xr

    changed = data.drop_vars([*values, "channel"])
    channels = [*(str(name) for name in data["channel"].values), *names]
    for name, added in values.items():
        joined = np.concatenate([data[name].values, added], axis=-1)
        changed[name] = xr.Variable(data[name].dims, joined, data[name].attrs)
    return changed.assign_coords(
        channel=xr.Variable(("channel",), np.array(channels, dtype=object), data["channel"].attrs)
    )


def with_revealed(dataset: xr.Dataset, revealed: xr.Dataset | None) -> xr.Dataset:
    """Fill the reference of targets that nobody recorded with what electrodes would have seen.

    Parameters
    ----------
    dataset : Dataset
        Predictions for a person.
    revealed : Dataset or None
        The person's dataset :func:`with_channels` of the deep muscles, where the truth is known.
    """
    if revealed is None:
        return dataset
    reference = dataset["reference"].values.copy()
    cycle, frame = dataset["cycle"].values, dataset["frame"].values
    channels = [str(name) for name in revealed["channel"].values]
    row_of = {str(name): row for row, name in enumerate(revealed["session"].values)}
    rows = [row_of[name] for name in dataset["session"].values.astype(str)]
    for column, target in enumerate(dataset["target"].values.astype(str)):
        if target in channels and np.isnan(reference[:, column]).all():
            k = channels.index(target)
            envelope = revealed["envelope"].values[cycle, frame, k]
            reference[:, column] = envelope / revealed["mvc_envelope"].values[rows, k]
    return dataset.assign(reference=dataset["reference"].copy(data=reference))
