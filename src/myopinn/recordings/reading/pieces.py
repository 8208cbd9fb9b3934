"""Cutting a long processed recording into trials, with gaps between them.

Whole trials are held out, so a recording of many steps is only of use when it is several trials;
the gaps keep the last step of one from being the neighbour of the first step of the next.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from myopinn.errors import ConfigError
from myopinn.records.trials import Trial

KEYS = ("length_s", "gap_s")


def check_pieces(laboratory: str, pieces: Mapping[str, float] | None) -> None:
    """Hold the settings of the cutting to what makes sense.

    Raises
    ------
    ConfigError
        Where a key is missing or unknown, a piece has no length, or a gap is negative.
    """
    if pieces is None:
        return
    if set(pieces) != set(KEYS):
        raise ConfigError(
            f"{laboratory}: 'pieces' has the keys {', '.join(sorted(pieces))}; it needs "
            f"{' and '.join(KEYS)}, in s."
        )
    if not (pieces["length_s"] > 0 and pieces["gap_s"] >= 0):
        raise ConfigError(
            f"{laboratory}: pieces of {pieces['length_s']:g} s with gaps of {pieces['gap_s']:g} s "
            "cannot be cut; give a length above 0 and a gap of 0 or more."
        )


def cut_pieces(
    trial: Trial, start_s: float, end_s: float, pieces: Mapping[str, float] | None
) -> list[Trial]:
    """Cut the stretch of a recording that is used into trials.

    Parameters
    ----------
    trial : Trial
        The whole recording.
    start_s, end_s : float
        What is used of it.
    pieces : mapping or None
        ``length_s`` of each trial and ``gap_s`` between two of them; None makes one trial.

    Returns
    -------
    list of Trial
        Named ``<name>_1``, ``<name>_2`` and so on; as many whole ones as there is room for.

    Raises
    ------
    ConfigError
        Where not one whole piece fits.
    """
    if pieces is None:
        return [replace(trial, start_s=start_s, end_s=end_s)]
    length, gap = float(pieces["length_s"]), float(pieces["gap_s"])
    # The last sample may lie a hair before the end that was asked for.
    count = math.floor((end_s - start_s + gap + 1e-6) / (length + gap))
    if count < 1:
        raise ConfigError(
            f"{trial.subject}, {trial.name}: not one piece of {length:g} s fits between "
            f"{start_s:g} and {end_s:g} s. Remedy: shorten 'pieces: length_s'."
        )
    starts = [start_s + k * (length + gap) for k in range(count)]
    return [
        replace(
            trial, name=f"{trial.name}_{k}", start_s=round(start, 6), end_s=round(start + length, 6)
        )
        for k, start in enumerate(starts, start=1)
    ]
