"""Gains against the closed form of a Butterworth filter run both ways, and the ends of a record."""

import numpy as np
import pytest

from myopinn.signals.envelope import emg_envelope
from myopinn.signals.filters import (
    band_pass,
    band_pass_forwards,
    followed_motion,
    held_at,
    low_pass,
    low_pass_forwards,
    padding,
)

SECONDS = 12.0


def _gain(values, rate_hz, frequency_hz):
    """Return what is left of a cosine of amplitude one: in phase, and a quarter period late.

    Over 6 s in the middle, far from both ends: whole periods of every frequency used here.
    """
    time = np.arange(len(values)) / rate_hz
    inside = (time >= 3.0) & (time < 9.0)
    turns = np.exp(-2j * np.pi * frequency_hz * time[inside])
    answer = 2.0 * np.mean(values[inside] * turns)
    return answer.real, answer.imag


def _cosine(rate_hz, frequency_hz):
    return np.cos(2 * np.pi * frequency_hz * np.arange(0, SECONDS, 1 / rate_hz))


def _warped(frequency_hz, rate_hz):
    """Return the analog frequency that the bilinear transform gives a digital one."""
    return np.tan(np.pi * np.asarray(frequency_hz) / rate_hz)


@pytest.mark.parametrize("rate_hz", [100.0, 1000.0, 2000.0])
@pytest.mark.parametrize(("cutoff_hz", "order"), [(6.0, 3), (12.0, 3), (6.0, 2)])
def test_the_low_pass_has_the_gain_of_its_order_and_cut_off_and_no_delay(rate_hz, cutoff_hz, order):
    """1 / (1 + r^2n), one half at the cut-off: the cut-off is not corrected for the two passes."""
    for frequency_hz in (cutoff_hz / 2, cutoff_hz, 2 * cutoff_hz):
        ratio = _warped(frequency_hz, rate_hz) / _warped(cutoff_hz, rate_hz)
        passed = low_pass(_cosine(rate_hz, frequency_hz), rate_hz, cutoff_hz, order=order)
        # 3 s from the ends what they started has decayed to rounding.
        expected = (1 / (1 + ratio ** (2 * order)), 0.0)
        assert _gain(passed, rate_hz, frequency_hz) == pytest.approx(expected, abs=1e-9)


def test_the_low_pass_is_of_the_third_order_unless_told_otherwise():
    """That of OpenSim's Storage::lowpassIIR, so that kinematics and forces are damped alike."""
    wave = _cosine(100.0, 9.0)
    np.testing.assert_array_equal(low_pass(wave, 100.0, 6.0), low_pass(wave, 100.0, 6.0, order=3))


@pytest.mark.parametrize("rate_hz", [1000.0, 2000.0])
@pytest.mark.parametrize("band_hz", [(20.0, 450.0), (30.0, 300.0)])
def test_the_band_pass_has_gain_one_half_at_both_edges_and_no_delay(rate_hz, band_hz):
    """The low-pass to band-pass substitution, second order: 1 / (1 + x^4), x = 1 at the edges."""
    low, high = _warped(band_hz, rate_hz)
    for frequency_hz in (band_hz[0] / 2, band_hz[0], 100.0, band_hz[1], band_hz[1] + 40.0):
        own = _warped(frequency_hz, rate_hz)
        ratio = (own**2 - low * high) / (own * (high - low))
        passed = band_pass(_cosine(rate_hz, frequency_hz), rate_hz, *band_hz)
        expected = (1 / (1 + ratio**4), 0.0)
        assert _gain(passed, rate_hz, frequency_hz) == pytest.approx(expected, abs=1e-9)


def test_every_column_is_filtered_on_its_own():
    rng = np.random.default_rng(0)
    values = rng.standard_normal((400, 2, 3))
    for whole, one in (
        (low_pass(values, 100.0, 6.0), low_pass(values[:, 1, 2], 100.0, 6.0)),
        (band_pass(values, 100.0, 6.0, 20.0), band_pass(values[:, 1, 2], 100.0, 6.0, 20.0)),
    ):
        np.testing.assert_allclose(whole[:, 1, 2], one, atol=1e-12)


@pytest.mark.parametrize("padtype", ["odd", "even"])
@pytest.mark.parametrize("samples", [1, 2, 20, 3000])
def test_what_stands_still_is_kept_to_both_ends_however_short_the_record(samples, padtype):
    still = np.full((samples, 2), 3.0)
    np.testing.assert_allclose(low_pass(still, 1000.0, 6.0, padtype=padtype), still, atol=1e-9)
    np.testing.assert_allclose(band_pass(still, 1000.0, 20.0, 450.0), 0.0, atol=1e-9)


def test_an_odd_continuation_keeps_a_steady_rise_and_an_even_one_hangs_on_no_single_sample():
    """A force that goes on is not bent at the ends; an amplitude is a mean there as elsewhere."""
    rise_per_period = 1.0
    rise = rise_per_period * np.arange(3000) * 6.0 / 1000.0
    # One period of the cut-off leaves less than a hundredth of the way that the signal goes in it.
    np.testing.assert_allclose(low_pass(rise, 1000.0, 6.0), rise, atol=0.01 * rise_per_period)
    rectified = 1.0 + 0.9 * (-1.0) ** np.arange(3000)  # of mean one; the last sample is 0.1
    np.testing.assert_allclose(low_pass(rectified, 1000.0, 6.0, padtype="even"), 1.0, atol=0.01)
    assert low_pass(rectified, 1000.0, 6.0)[-1] == pytest.approx(0.1, abs=0.01)


def test_a_record_is_continued_by_one_period_of_the_cut_off_if_it_is_that_long():
    assert padding(5000, 1000.0, 6.0) == 167
    assert padding(168, 1000.0, 6.0) == 167
    assert padding(167, 1000.0, 6.0) == 166
    assert padding(1, 1000.0, 6.0) == padding(0, 1000.0, 6.0) == 0


def test_the_band_pass_holds_its_gain_to_both_ends_of_the_record():
    """A sine that begins and ends at zero goes on as itself in an odd continuation.

    One period of the lower edge leaves 0.3 % of it at the ends; without continuation it is 14 %.
    """
    sine = np.sin(2 * np.pi * 100.0 * np.arange(3001) / 1000.0)
    low, own, high = _warped([20.0, 100.0, 450.0], 1000.0)
    gain = 1 / (1 + ((own**2 - low * high) / (own * (high - low))) ** 4)
    np.testing.assert_allclose(band_pass(sine, 1000.0, 20.0, 450.0), gain * sine, atol=0.005)


@pytest.mark.parametrize(
    "forwards",
    [
        lambda values: low_pass_forwards(values, 1000.0, 6.0),
        lambda values: band_pass_forwards(values, 1000.0, 20.0, 450.0),
        lambda values: emg_envelope(values, 1000.0, state="raw", forwards=True),
        lambda values: np.stack(followed_motion(values, 1000.0, 6.0), axis=-1),
    ],
)
def test_what_runs_forwards_alone_is_the_same_whatever_comes_later(forwards):
    values = np.random.default_rng(3).standard_normal((500, 2))
    spoilt = values.copy()
    spoilt[300:] = 50.0
    before, after = forwards(values), forwards(spoilt)
    np.testing.assert_array_equal(before[:300], after[:300])
    assert (before[300:] != after[300:]).any()


def _lag_s(late, early, rate_hz):
    """By how much one record is later than the other: the peak of their correlation."""
    late, early = late - late.mean(), early - early.mean()
    lags = np.arange(200)
    product = [np.sum(late[lag:] * early[: len(early) - lag]) for lag in lags]
    k = int(np.argmax(product))
    left, top, right = product[k - 1 : k + 2]
    return (k + 0.5 * (left - right) / (left - 2 * top + right)) / rate_hz


def test_a_causal_envelope_is_late_by_what_is_said():
    """Noise that a burst every two seconds modulates: 38 ms of the low-pass, a few of the band."""
    rate_hz = 2000.0
    time = np.arange(0, 60, 1 / rate_hz)
    effort = np.maximum(np.sin(np.pi * time), 0) ** 2
    emg = effort * np.random.default_rng(5).standard_normal(len(time))
    envelopes = (emg_envelope(emg, rate_hz, state="raw", forwards=f) for f in (False, True))
    smooth, past = (envelope[::10] for envelope in envelopes)
    assert 0.036 < _lag_s(past, smooth, rate_hz / 10) < 0.044


def test_followed_motion_is_late_and_otherwise_that_of_the_joint():
    """A slow swing, by the closed form: 2 / omega late, amplitude 1 / sqrt(1 + r^6)."""
    cutoff, frequency, rate_hz = 6.0, 0.8, 100.0
    time, turn = np.arange(0, 10, 1 / rate_hz), 2 * np.pi * frequency
    motion = followed_motion(np.sin(turn * time)[:, None], rate_hz, cutoff)
    late, gain = 2 / (2 * np.pi * cutoff), 1 / np.sqrt(1 + (frequency / cutoff) ** 6)
    own = turn * (time - late)
    expected = np.sin(own), turn * np.cos(own), -(turn**2) * np.sin(own)
    settled = time > 2
    for order, (found, wanted) in enumerate(zip(motion, expected, strict=True)):
        np.testing.assert_allclose(
            found[settled, 0], gain * wanted[settled], atol=2e-3 * turn**order
        )


def test_a_joint_at_rest_is_followed_from_the_first_sample_on():
    angle, velocity, acceleration = followed_motion(np.full((50, 2), 0.7), 100.0, 6.0)
    np.testing.assert_allclose(angle, 0.7, atol=1e-12)
    np.testing.assert_allclose(np.stack([velocity, acceleration]), 0.0, atol=1e-8)


def test_between_samples_the_last_known_one_holds():
    known = np.array([0.1, 0.2, 0.3])
    held = held_at(np.array([0.0, 0.1, 0.1 + 0.1, 0.29, 9.0]), known, np.array([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(held, [1.0, 1.0, 2.0, 2.0, 3.0])
