"""The beginning of a cycle, the phase of a rhythm, and what is usual there."""

import numpy as np
import pytest
from rhythms import STEP_S, random_movement
from scipy.signal import find_peaks

from myopinn.methods.rhythm.beginnings import find_beginnings
from myopinn.methods.rhythm.oscillator import Oscillator, strongest_frequency
from myopinn.methods.rhythm.phase_mean import PhaseMean

TIME = np.arange(0, 30, STEP_S)


def test_beginnings_are_the_minima_that_are_known_once_the_angle_has_risen():
    """Period 1 s, minima at 0.75 s and so on; half the range is risen a quarter of a turn later."""
    angle = np.sin(2 * np.pi * TIME)[None]
    found = find_beginnings(angle, 1.0)
    began = np.arange(len(TIME)) - found.elapsed[0]
    assert np.isnan(found.elapsed[0, : round(1.0 / STEP_S)]).all()
    known = round(1.02 / STEP_S) + 1
    assert abs(began[known] * STEP_S - 0.75) <= STEP_S
    moments = np.unique(began[known:])
    np.testing.assert_allclose(moments * STEP_S, 0.75 + np.arange(len(moments)), atol=STEP_S)
    np.testing.assert_allclose(found.length[0, -1] * STEP_S, 1.0, atol=STEP_S)


def test_beginnings_of_any_movement_are_those_that_prominence_finds():
    """Against scipy, which sees the whole of the trial."""
    angle, rise = random_movement(3, 60.0), 0.3
    elapsed = find_beginnings(angle[None], rise).elapsed[0]
    began = np.unique((np.arange(len(angle)) - elapsed)[np.isfinite(elapsed)]).astype(int)
    minima = find_peaks(-angle, prominence=rise)[0]
    assert len(began) > 15
    # What scipy calls prominent may be two excursions here, or the edge; not the other way.
    assert set(began) <= {frame + near for frame in minima for near in (-1, 0, 1)}


def test_what_is_small_begins_no_cycle():
    """As the knee's flexion in stance, 15 of 60 degrees."""
    angle = 30 * np.sin(2 * np.pi * TIME) + 15 * np.sin(4 * np.pi * TIME)
    found = find_beginnings(angle[None], 0.4 * np.ptp(angle))
    np.testing.assert_allclose(np.nanmedian(found.length) * STEP_S, 1.0, atol=STEP_S)


@pytest.mark.parametrize("seen", [400, 777])
def test_what_is_known_of_a_beginning_does_not_depend_on_what_follows(seen):
    angle = random_movement(1, 30.0)[None]
    whole, part = find_beginnings(angle, 0.3), find_beginnings(angle[:, :seen], 0.3)
    for all_of_it, first in zip(whole, part, strict=True):
        np.testing.assert_array_equal(all_of_it[:, :seen], first)


def wrapped(phase):
    return np.angle(np.exp(1j * phase))


@pytest.mark.parametrize("factor", [0.75, 1.0, 1.35])
def test_an_oscillator_takes_on_frequency_and_phase_of_a_rhythm(factor):
    """From another frequency, of a signal of several harmonics; phase that of the fundamental."""
    true = 2 * np.pi * 0.8 * TIME + 1.0
    signal = 1.2 * np.sin(true) + 0.4 * np.sin(2 * true + 0.7) + 0.1
    phase = Oscillator(0.8 * factor).follow(signal[None], STEP_S, 0)[0]
    settled = TIME > 12
    assert np.abs(wrapped(phase - true)[settled]).max() < 0.15
    turned = np.polyfit(TIME[settled], phase[settled], 1)[0] / (2 * np.pi)
    assert turned == pytest.approx(0.8, rel=0.01)


def test_an_oscillator_that_has_seen_a_cycle_begins_at_its_phase():
    true = 2 * np.pi * 0.8 * TIME + 2.5
    lead = round(2.5 / STEP_S)
    phase = Oscillator(0.8).follow(np.sqrt(2) * np.sin(true)[None], STEP_S, lead)[0]
    assert np.abs(wrapped(phase - true)[lead:]).max() < 0.1


@pytest.mark.parametrize(("factor", "turns_hz"), [(3.0, 1.6), (1.2, 1.2)])
def test_an_oscillator_becomes_as_fast_as_it_may(factor, turns_hz):
    """A rhythm of 1.6 Hz, from 1 Hz on."""
    time = np.arange(0, 120, STEP_S)
    signal = np.sqrt(2) * np.sin(2 * np.pi * 1.6 * time)[None]
    oscillator = Oscillator(1.0, settling_s=3.0, harmonics=1, max_factor=factor)
    phase = oscillator.follow(signal, STEP_S, 0)[0]
    late = time > 90
    assert np.polyfit(time[late], phase[late], 1)[0] / (2 * np.pi) == pytest.approx(
        turns_hz, rel=0.05
    )


def test_an_oscillator_goes_on_in_silence_and_survives_what_is_no_rhythm():
    silent = Oscillator(1.0).follow(np.zeros((1, 500)), STEP_S, 100)[0]
    np.testing.assert_allclose(np.diff(silent), 2 * np.pi * STEP_S, rtol=1e-9)
    noise = np.random.default_rng(0).normal(size=(3, 3000)).cumsum(1)
    assert np.isfinite(Oscillator(1.0, settling_s=0.1).follow(noise, STEP_S, 100)).all()


def test_the_strongest_frequency_is_the_metronomes():
    signal = np.sin(2 * np.pi * 0.7 * np.arange(300) * STEP_S + np.arange(8)[:, None])
    assert strongest_frequency(signal, STEP_S, 0.2, 4.0) == pytest.approx(0.7, abs=0.02)


def test_neither_a_drift_nor_a_trial_s_beginning_is_a_rhythm():
    time = np.arange(300) * STEP_S
    signal = 0.3 * np.sin(2 * np.pi * 0.7 * time + np.arange(6)[:, None]) + 3 * np.sin(0.4 * time)
    begins = np.where(time < 3.0, 5.0, 0.0)[None] + np.zeros((2, 1))
    found = strongest_frequency(np.concatenate([signal, begins]), STEP_S, 0.2, 4.0)
    assert found == pytest.approx(0.7, abs=0.03)


def test_where_nothing_was_seen_move_the_first_rhythm_is_that_of_training():
    """And of a whole cycle that was seen it is the one that was seen."""
    true = 2 * np.pi * 1.1 * TIME + 2.5
    lead, oscillator = round(4.0 / STEP_S), Oscillator(0.8, settling_s=30.0)
    seen = np.sqrt(2) * np.sin(true)
    phase = oscillator.follow(seen[None], STEP_S, lead)[0]
    # The frequencies that are tried are 6 % apart; it learns too slowly here to have come from 0.8.
    turned = (phase[lead] - phase[0]) / (2 * np.pi * STEP_S * lead)
    assert turned == pytest.approx(1.1, rel=0.04)
    still = np.where(TIME < 4.0, 0.3, seen)
    turned = np.diff(oscillator.follow(still[None], STEP_S, lead)[0])[:lead]
    np.testing.assert_allclose(np.median(turned), 2 * np.pi * 0.8 * STEP_S, rtol=0.1)


def test_the_mean_at_a_phase_is_that_of_many_frames_there():
    """Against the mean of the frames in bins, on a curve of four waves with noise."""
    draw = np.random.default_rng(0)
    phase = draw.uniform(0, 20 * np.pi, 40_000)
    curve = np.sin(phase) - 0.5 * np.cos(4 * phase) + 3.0
    targets = np.stack([curve + draw.normal(size=len(phase)), np.full(len(phase), np.nan)], 1)
    usual = PhaseMean(6).fit(phase, targets)
    bins = (wrapped(phase) // (np.pi / 20)).astype(int)
    answer = usual.predict(phase)
    for one in np.unique(bins):
        here = bins == one
        assert answer[here, 0].mean() == pytest.approx(targets[here, 0].mean(), abs=0.1)
    assert np.isnan(answer[:, 1]).all()
    unknown = usual.predict(np.full((2, 3), np.nan))
    np.testing.assert_allclose(unknown[..., 0], targets[:, 0].mean())
