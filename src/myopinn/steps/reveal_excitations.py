"""A virtual person's dataset with what electrodes over the deep muscles would have recorded.

It is laid out as that of the analysis, with a channel for each deep muscle beside the measured
ones. Only what is evaluated reads it, and ceilings: networks that are shown what nobody can
measure, so that the best that the other inputs allow is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from myopinn.files.layouts.dataset import DATASET, SEEN_ENVELOPE
from myopinn.files.layouts.truth import read_truth
from myopinn.files.netcdf import read_netcdf, write_netcdf
from myopinn.measures.deep_envelopes import DeepEnvelopes, deep_muscles, with_channels


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
    hidden = DeepEnvelopes(partial(read_truth, truth), deep, lowpass_hz)
    cut = data["trial"].values.astype(str), data["time_s"].values
    added = {"envelope": hidden.at(*cut)}
    if SEEN_ENVELOPE in data:
        added[SEEN_ENVELOPE] = hidden.seen(*cut, data.sizes["seen_frame"])
    contractions = [
        [t["name"] for t in trials if t["kind"] == "mvc" and t["session"] == session]
        for session in data["session"].values
    ]
    added["mvc_envelope"] = np.stack([hidden.largest(own) for own in contractions])
    shown = with_channels(data, added, deep)
    write_netcdf(shown, revealed, DATASET)
