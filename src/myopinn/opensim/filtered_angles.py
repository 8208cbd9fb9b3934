"""Joint angles without noise: low-passed once, before every step that differentiates them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myopinn.errors import TrialError
from myopinn.formats.opensim_files import read_storage, write_storage

if TYPE_CHECKING:
    import numpy as np

# Two passes of a Butterworth filter of this order, each lowered to -1.5 dB, so that both passes
# together are down 3 dB at the cutoff (Winter 2009, Biomechanics and Motor Control, 3.4.4.2).
_FILTER_ORDER = 2
_PASSES = 2


def lowpass(values: np.ndarray, rate_hz: float, cutoff_hz: float) -> np.ndarray:
    """Low-pass without a phase shift, -3 dB at ``cutoff_hz`` after both passes.

    Parameters
    ----------
    values : array, shape (frame, ...)

    Raises
    ------
    TrialError
        Where the cutoff is not below half the rate, or the record is shorter than the filter.
    """
    import numpy as np
    from scipy.signal import butter, sosfiltfilt

    # |H|^2 = 1 / (1 + (tan w / tan c)^(2 n)) per pass; n passes of order m lower each to 2^(-1/n).
    nyquist = rate_hz / 2
    if not 0 < cutoff_hz < nyquist:
        raise TrialError(
            f"cannot low-pass {rate_hz:g} Hz at {cutoff_hz:g} Hz.",
            remedy=f"Set inverse_dynamics: lowpass_hz below {nyquist:g}.",
        )
    widened = np.tan(np.pi * cutoff_hz / rate_hz) / (2 ** (1 / _PASSES) - 1) ** (
        1 / (2 * _FILTER_ORDER)
    )
    sections = butter(_FILTER_ORDER, math.atan(widened) / math.pi * 2, output="sos")
    # Reflecting half a period of the cutoff keeps the ends of the record from ringing.
    pad = min(len(values) - 1, math.ceil(rate_hz / cutoff_hz))
    return sosfiltfilt(sections, values, axis=0, padlen=pad)


def filter_angles(model: Any, angles: Path, lowpass_hz: float, coordinates: Path) -> None:
    """Low-pass joint angles, then restore what the model's constraints couple.

    Parameters
    ----------
    angles : motion in degrees and m, as inverse kinematics writes it
    coordinates : motion to write, in degrees and m
    """
    import numpy as np

    table, in_degrees = read_storage(angles)
    if not in_degrees:
        raise TrialError("joint angles are not in degrees.", file=angles)
    rate_hz = (len(table) - 1) / (table.index[-1] - table.index[0])
    steps = np.diff(table.index.to_numpy())
    if not np.allclose(steps, 1 / rate_hz, rtol=0, atol=1e-5):
        raise TrialError("joint angles are not evenly sampled.", file=angles)
    filtered = dict(
        zip(table.columns, lowpass(table.to_numpy(), rate_hz, lowpass_hz).T, strict=True)
    )
    _restore_coupled(model, filtered)
    write_storage(
        coordinates, table.index.to_numpy(), filtered, in_degrees=True, title="Coordinates"
    )


def _restore_coupled(model: Any, angles: dict[str, np.ndarray]) -> None:
    """Set dependent coordinates (such as the patella's) to what the filtered ones make them."""
    import numpy as np
    import opensim as osim

    state = model.initSystem()
    all_coordinates = [c for c in model.getCoordinateSet() if c.getName() in angles]
    dependent = [c for c in all_coordinates if c.isDependent(state)]
    if not dependent:
        return
    scale = {
        c.getName(): math.radians(1) if c.getMotionType() == osim.Coordinate.Rotational else 1.0
        for c in all_coordinates
    }
    free = [c for c in all_coordinates if not (c.isDependent(state) or c.getLocked(state))]
    restored = {c.getName(): np.empty_like(angles[c.getName()]) for c in dependent}
    for frame in range(len(next(iter(angles.values())))):
        for coordinate in (*free, *dependent):
            name = coordinate.getName()
            coordinate.setValue(state, angles[name][frame] * scale[name], False)
        model.assemble(state)
        for coordinate in dependent:
            name = coordinate.getName()
            restored[name][frame] = coordinate.getValue(state) / scale[name]
    angles.update(restored)
