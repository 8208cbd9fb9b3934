"""What muscles and electrodes are like later in a session: tired, come off."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from myopinn.virtual.electrodes import Electrodes

if TYPE_CHECKING:
    import numpy as np

# Nobody goes on with less than this share of the strength.
LEAST_STRENGTH = 0.4
# ASSUME: per share of the strength that is lost, all frequencies of the EMG fall by 0.8 of it, as
# conduction slows: to half at exhaustion (Petrofsky, Lind 1980, Eur J Appl Physiol 43:173, linear
# over a sustained contraction; De Luca 1984, Crit Rev Biomed Eng 11:251), and its amplitude at one
# excitation grows by 0.5 of it, as skin and fat let low frequencies pass (Lindstrom, Magnusson,
# Petersen 1970, Electromyography 10:341).
FREQUENCY_FALL, AMPLITUDE_RISE = 0.8, 0.5


def strength_left(loss: float, trials_before: int) -> float:
    """Give the share of a rested muscle's strength after trials that each take a share of it."""
    return max((1.0 - loss) ** trials_before, LEAST_STRENGTH)


def on_tired_muscles(electrodes: Electrodes, strength: float) -> Electrodes:
    """Give what electrodes see of muscles that have only a share of their strength left."""
    lost = 1.0 - strength
    return replace(
        electrodes,
        gain_v=electrodes.gain_v * (1.0 + AMPLITUDE_RISE * lost),
        band_hz=electrodes.band_hz * (1.0 - FREQUENCY_FALL * lost),
    )


def come_off(electrodes: Electrodes, count: int, rng: np.random.Generator) -> Electrodes:
    """Let some electrodes, drawn, come off the skin: they show noise, hum and artefacts alone."""
    gain = electrodes.gain_v.copy()
    gain[rng.permutation(len(gain))[:count]] = 0.0
    return replace(electrodes, gain_v=gain)
