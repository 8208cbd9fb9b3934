"""What electrodes over the deep muscles would have recorded, from the truth of virtual people.

A measured envelope is rectified EMG, low-passed and divided by the largest of the session's
maximal contractions. The truth is brought to the same: the excitation, which is what electrodes
see (no delay lies between the two), low-passed by the same filter and divided by its own largest
value in the same contractions. What remains different is that EMG is noise that the excitation
modulates.

The files are laid out as those of the analysis, with a channel for each deep muscle beside the
measured ones. Only what is evaluated reads them, and ceilings: networks that are shown what nobody
can measure, so that the best that the other inputs allow is known.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from myopinn.files.layouts.calibration import CALIBRATION
from myopinn.files.layouts.dataset import DATASET
from myopinn.files.layouts.truth import TRUTH
from myopinn.files.netcdf import read_netcdf, write_netcdf
from myopinn.formats.whole import ArtifactError, whole_directory
from myopinn.signals.filters import low_pass

if TYPE_CHECKING:
    import xarray as xr

_ENVELOPE_ORDER = 2


def reveal_excitations(
    *,
    truth: str | Path,
    dataset: str | Path,
    trials: Sequence[Mapping[str, Any]],
    lowpass_hz: float,
    revealed: str | Path,
) -> None:
    """Write a person's dataset with the envelopes of the deep muscles.

    Parameters
    ----------
    truth : path
        The person's folder of the truth.
    dataset : path
        The person's dataset. Its muscles without a channel of their name are deep.
    trials : sequence of mapping
        The person's trials (see :class:`myopinn.records.trials.Trial`).
    lowpass_hz : float
        Of the measured envelopes.
    revealed : path
        Output, laid out as the dataset. A revealed channel has no unit of voltage: it is the
        low-passed excitation, 0 to 1.

    Raises
    ------
    ArtifactError
        Where the truth lacks a muscle or a trial.
    """
    data = read_netcdf(dataset, DATASET)
    deep = deep_muscles(data)
    hidden = HiddenEnvelopes(Path(truth), deep, lowpass_hz)
    envelope = hidden.at(data["trial"].values.astype(str), data["time_s"].values)
    sessions = [str(name) for name in data["session"].values]
    mvc = np.stack([hidden.largest(session, trials) for session in sessions])
    shown = _with_channels(data, {"envelope": envelope, "mvc_envelope": mvc}, deep)
    write_netcdf(shown, revealed, DATASET)


def reveal_calibration(
    *,
    truth: str | Path,
    dataset: str | Path,
    calibration: str | Path,
    lowpass_hz: float,
    revealed: str | Path,
) -> None:
    """Write a person's isometric contractions with the envelopes of the deep muscles.

    Parameters
    ----------
    truth, dataset, lowpass_hz
        As :func:`reveal_excitations` has them.
    calibration : path
        The person's isometric contractions.
    revealed : path
        Output, laid out as they are.
    """
    pieces = read_netcdf(calibration, CALIBRATION)
    deep = deep_muscles(read_netcdf(dataset, DATASET))
    hidden = HiddenEnvelopes(Path(truth), deep, lowpass_hz)
    envelope = hidden.at(pieces["trial"].values.astype(str), pieces["time_s"].values)
    write_netcdf(_with_channels(pieces, {"envelope": envelope}, deep), revealed, CALIBRATION)


def reveal_model(*, truth: str | Path, model: str | Path) -> None:
    """Lay a person's true model where a step of the analysis would find the scaled one.

    Parameters
    ----------
    truth : path
        The person's folder of the truth, with ``model.osim``.
    model : path
        Output folder with ``scaled.osim``.
    """
    with whole_directory(model) as folder:
        shutil.copyfile(Path(truth) / "model.osim", folder / "scaled.osim")


def deep_muscles(data: xr.Dataset) -> list[str]:
    """Name the muscles of a dataset that no channel is named after."""
    channels = {str(name) for name in data["channel"].values}
    return [str(name) for name in data["muscle"].values if str(name) not in channels]


class HiddenEnvelopes:
    """Low-passed excitations of some muscles of a person.

    Parameters
    ----------
    folder : path
        The person's truth, ``<trial>.nc`` for each trial.
    muscles : sequence of str
    lowpass_hz : float
    """

    def __init__(self, folder: Path, muscles: Sequence[str], lowpass_hz: float) -> None:
        self.folder = folder
        self.muscles = list(muscles)
        self.lowpass_hz = lowpass_hz

    def of_trial(self, trial: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the times, s, and the envelopes of a trial, shape (time, muscle).

        Raises
        ------
        ArtifactError
            Where the truth lacks the trial or one of the muscles.
        """
        file = self.folder / f"{trial}.nc"
        if not file.is_file():
            raise ArtifactError(f"{file}: no truth of this trial.")
        true = read_netcdf(file, TRUTH)
        there = [str(name) for name in true["muscle"].values]
        missing = [name for name in self.muscles if name not in there]
        if missing:
            raise ArtifactError(f"{file}: no muscle {missing}, there are {there}.")
        time = true["time_s"].values
        excitation = true["excitation"].sel(muscle=self.muscles).values
        rate_hz = (len(time) - 1) / (time[-1] - time[0])
        smooth = low_pass(
            excitation, rate_hz, self.lowpass_hz, order=_ENVELOPE_ORDER, padtype="even"
        )
        return time, np.maximum(smooth, 0.0)

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

    def largest(self, session: str, trials: Sequence[Mapping[str, Any]]) -> np.ndarray:
        """Return the largest envelopes of a session's maximal contractions, shape (muscle,)."""
        largest = np.full(len(self.muscles), np.nan)
        for trial in trials:
            if trial["kind"] == "mvc" and trial["session"] == session:
                _, envelope = self.of_trial(trial["name"])
                largest = np.fmax(largest, envelope.max(axis=0))
        return largest


def _with_channels(
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
