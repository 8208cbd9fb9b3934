"""A virtual person's isometric contractions with what electrodes over deep muscles would see."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from myopinn.files.layouts.calibration import CALIBRATION
from myopinn.files.layouts.dataset import DATASET, SEEN_ENVELOPE
from myopinn.files.layouts.truth import read_truth
from myopinn.files.netcdf import read_netcdf, write_netcdf
from myopinn.measures.deep_envelopes import DeepEnvelopes, deep_muscles, with_channels


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
        As :func:`myopinn.steps.reveal_excitations.reveal_excitations` has them.
    calibration : path
        The person's isometric contractions.
    revealed : path
        Output, laid out as they are.

    Raises
    ------
    ArtifactError
        Where the truth lacks a muscle or a trial.
    """
    pieces = read_netcdf(calibration, CALIBRATION)
    deep = deep_muscles(read_netcdf(dataset, DATASET))
    hidden = DeepEnvelopes(partial(read_truth, truth), deep, lowpass_hz)
    cut = pieces["trial"].values.astype(str), pieces["time_s"].values
    added = {"envelope": hidden.at(*cut)}
    if SEEN_ENVELOPE in pieces:
        added[SEEN_ENVELOPE] = hidden.seen(*cut, pieces.sizes["seen_frame"])
    write_netcdf(with_channels(pieces, added, deep), revealed, CALIBRATION)
