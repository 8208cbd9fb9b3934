import numpy as np
import pytest

from myopinn.errors import ConfigError, TrialError
from myopinn.records.quality import QualityLog
from myopinn.signals.c3d import read_c3d
from myopinn.signals.envelope import (
    amplitude_and_contrast,
    channel_volts,
    emg_envelope,
    is_flat,
    trial_envelopes,
)

RATE = 2000.0
# Columns, in the order of the settings.
RECFEM, HAMS = 0, 1


def _modulated(seconds=20.0, seed=1):
    """Gaussian noise in 40-300 Hz whose standard deviation follows a slow curve, V."""
    from scipy.signal import butter, sosfiltfilt

    t = np.arange(int(seconds * RATE)) / RATE
    drive = 1e-4 * (0.55 - 0.45 * np.cos(2 * np.pi * 0.7 * t))
    rng = np.random.default_rng(seed)
    noise = sosfiltfilt(
        butter(4, [40, 300], "bandpass", fs=RATE, output="sos"), rng.standard_normal(len(t))
    )
    return t, drive, drive * noise / noise.std()


@pytest.mark.parametrize("state", ["raw", "band_passed"])
def test_the_envelope_follows_the_modulation_with_the_gain_of_rectified_noise(state):
    _, drive, emg = _modulated()
    envelope = emg_envelope(emg, RATE, state=state)
    inside = slice(1000, -1000)
    assert np.corrcoef(envelope[inside], drive[inside])[0, 1] > 0.95
    gain = envelope[inside].mean() / drive[inside].mean()
    # The mean of |x| of Gaussian noise; the record holds some 1.5e4 independent values.
    assert gain == pytest.approx(np.sqrt(2 / np.pi), rel=0.03)


def _inside(time_s):
    """Give 6 s in the middle of a record of 12 s, whole periods of what is measured in them."""
    return (time_s >= 3.0) & (time_s < 9.0)


def _modulation(envelope, time_s, frequency_hz):
    """Return the amplitude of a cosine in an envelope over 6 s, and its mean."""
    inside = _inside(time_s)
    turns = np.exp(-2j * np.pi * frequency_hz * time_s[inside])
    return 2.0 * np.mean(envelope[inside] * turns).real, envelope[inside].mean()


def _low_pass_gain(frequency_hz, cutoff_hz, rate_hz):
    """Return the gain of a second-order Butterworth low-pass that is run forward and backward."""
    ratio = np.tan(np.pi * frequency_hz / rate_hz) / np.tan(np.pi * cutoff_hz / rate_hz)
    return 1 / (1 + ratio**4)


def _band_gain(frequency_hz, band_hz, rate_hz):
    """Return that of a second-order band-pass; one half at both edges."""
    low, own, high = np.tan(np.pi * np.array([band_hz[0], frequency_hz, band_hz[1]]) / rate_hz)
    return 1 / (1 + ((own**2 - low * high) / (own * (high - low))) ** 4)


@pytest.mark.parametrize("rate_hz", [1000.0, RATE])
@pytest.mark.parametrize(("cutoff", "cutoff_hz"), [({}, 6.0), ({"lowpass_hz": 10.0}, 10.0)])
def test_a_modulation_passes_by_the_closed_form_of_the_low_pass(rate_hz, cutoff, cutoff_hz):
    """A carrier of +1 and -1 is gone once it is rectified: what is left is the modulation.

    At the cut-off half of it passes, at twice the cut-off a seventeenth.
    """
    time = np.arange(0, 12, 1 / rate_hz)
    carrier = (-1.0) ** (np.arange(len(time)) // 3)
    for frequency in (cutoff_hz / 2, cutoff_hz, 2 * cutoff_hz):
        emg = 1e-4 * carrier * (1 + 0.5 * np.cos(2 * np.pi * frequency * time))
        envelope = emg_envelope(emg, rate_hz, state="band_passed", **cutoff)
        amplitude, mean = _modulation(envelope, time, frequency)
        # What the record's ends started has decayed to rounding after 3 s.
        expected = 0.5 * _low_pass_gain(frequency, cutoff_hz, rate_hz)
        assert amplitude / mean == pytest.approx(expected, abs=1e-8)
        assert mean == pytest.approx(1e-4, rel=1e-8)


@pytest.mark.parametrize("rate_hz", [1000.0, RATE])
@pytest.mark.parametrize(
    ("band", "band_hz"), [({}, (20, 450)), ({"band_hz": (30, 200)}, (30, 200))]
)
def test_a_sine_passes_by_the_closed_form_of_the_band(rate_hz, band, band_hz):
    """The envelope of a sine is the mean of its rectified samples, times the gain of the band."""
    time = np.arange(0, 12, 1 / rate_hz)
    for frequency in (band_hz[0] / 2, band_hz[0], 100.0, band_hz[1], band_hz[1] + 30.0):
        sine = 1e-4 * np.sin(2 * np.pi * frequency * time)
        envelope = emg_envelope(sine, rate_hz, state="raw", **band)
        expected = _band_gain(frequency, band_hz, rate_hz) * np.abs(sine[_inside(time)]).mean()
        # Ripple that runs out of the 6 s and the noise of rounding are far below this.
        assert _modulation(envelope, time, 0.0)[1] == pytest.approx(expected, rel=1e-6)


def test_where_the_band_reaches_half_the_sampling_rate_its_edge_is_at_095_of_it():
    time = np.arange(0, 12, 1 / 800.0)
    for frequency in (100.0, 0.95 * 400.0, 390.0):
        sine = np.sin(2 * np.pi * frequency * time)
        envelope = emg_envelope(sine, 800.0, state="raw", band_hz=(20.0, 450.0))
        expected = _band_gain(frequency, (20.0, 380.0), 800.0) * np.abs(sine[_inside(time)]).mean()
        assert _modulation(envelope, time, 0.0)[1] == pytest.approx(expected, rel=1e-6)
    with pytest.raises(TrialError, match="nothing above the band's lower edge of 380 Hz"):
        emg_envelope(time, 800.0, state="raw", band_hz=(380.0, 450.0))


def test_both_halves_of_the_wave_count_and_the_envelope_scales_with_the_emg():
    _, _, emg = _modulated(seconds=4.0)
    envelope = emg_envelope(emg, RATE, state="raw")
    np.testing.assert_allclose(emg_envelope(-emg, RATE, state="raw"), envelope, rtol=1e-9)
    np.testing.assert_allclose(
        emg_envelope(7.0 * emg, RATE, state="raw"), 7.0 * envelope, rtol=1e-9
    )
    # A wave that is only ever negative is as large as its mirror image.
    negative = -1e-4 * (1.0 + np.sin(2 * np.pi * 90 * np.arange(8000) / RATE))
    passed = emg_envelope(negative, RATE, state="band_passed")
    np.testing.assert_allclose(passed[1000:-1000], 1e-4, rtol=1e-3)


def test_the_envelope_does_not_depend_on_the_sampling_rate():
    """The same contraction sampled at 1, 2 and 4 kHz: the muscle does not know of the amplifier."""

    def emg(time):
        drive = 1e-4 * (0.55 - 0.45 * np.cos(2 * np.pi * 1.5 * time))
        wave = sum(np.sin(2 * np.pi * f * time + f) for f in (61.0, 83.0, 97.0, 119.0))
        return drive * wave

    fine, middle, coarse = (
        emg_envelope(emg(np.arange(0, 8, 1 / rate)), rate, state="raw")[:: int(rate / 1000)]
        for rate in (4000.0, 2000.0, 1000.0)
    )
    # The mean of rectified samples differs from that of the wave where there are few per period.
    np.testing.assert_allclose(middle, fine, atol=0.01 * fine.max())
    np.testing.assert_allclose(coarse, fine, atol=0.02 * fine.max())


def test_the_ends_of_an_envelope_hang_on_no_single_sample():
    """Rectified samples of 0.1 and 1.9 in turn have the mean one at the last sample as well."""
    samples = np.arange(4000)
    emg = (-1.0) ** (samples // 7) * (1.0 + 0.9 * (-1.0) ** samples)
    np.testing.assert_allclose(emg_envelope(emg, RATE, state="band_passed"), 1.0, atol=0.01)


def test_the_envelope_is_not_delayed():
    t, drive, emg = _modulated()
    envelope = emg_envelope(emg, RATE, state="raw")
    lags = np.arange(-200, 201)
    inner = slice(1000, len(t) - 1000)
    match = [np.corrcoef(np.roll(envelope, -lag)[inner], drive[inner])[0, 1] for lag in lags]
    # A causal filter of 6 Hz would come some 60 ms late.
    assert abs(lags[int(np.argmax(match))]) / RATE < 0.015


def test_nothing_is_filtered_twice():
    t = np.arange(4000) / RATE
    slow = 1e-4 * np.sin(2 * np.pi * 10 * t)  # below the band
    inside = slice(500, -500)
    mean = 2 / np.pi * 1e-4  # of a rectified sine
    assert emg_envelope(slow, RATE, state="raw")[inside].max() < 0.2 * mean
    passed = emg_envelope(slow, RATE, state="band_passed")[inside]
    assert passed.mean() == pytest.approx(mean, rel=0.02)
    ready = np.abs(np.random.default_rng(0).standard_normal(4000))
    np.testing.assert_array_equal(emg_envelope(ready, RATE, state="envelope"), ready)


def test_the_band_is_kept_below_half_the_sampling_rate():
    emg = np.random.default_rng(0).standard_normal(5000)
    envelope = emg_envelope(emg, 800.0, state="raw", band_hz=(20, 450))
    assert np.isfinite(envelope).all()
    assert (envelope >= 0).all()
    with pytest.raises(TrialError, match="sampled at 30 Hz"):
        emg_envelope(emg, 30.0, state="raw")
    with pytest.raises(ConfigError, match="smoothed"):
        emg_envelope(emg, 800.0, state="smoothed")


def test_noise_alone_is_known_by_its_contrast():
    noise = np.random.default_rng(0).standard_normal(20000) * 1e-5
    amplitude, contrast = amplitude_and_contrast(emg_envelope(noise, RATE, state="raw"))
    assert contrast < 0.3
    assert amplitude == pytest.approx(1e-5 * np.sqrt(2 / np.pi * 430 / 1000), rel=0.3)
    assert amplitude_and_contrast(emg_envelope(_modulated()[2], RATE, state="raw"))[1] > 0.6


def test_amplitude_and_contrast_are_of_the_5th_and_95th_percentile():
    assert amplitude_and_contrast(np.arange(101.0)) == pytest.approx((95.0, 90 / 100))
    assert amplitude_and_contrast(np.full(10, 3e-5)) == pytest.approx((3e-5, 0.0))
    assert amplitude_and_contrast(np.zeros(10)) == (0.0, 0.0)


def test_flat_channels():
    noise = np.random.default_rng(0).standard_normal(1000)
    assert is_flat(np.full(1000, 2e-3))
    assert not is_flat(noise)
    assert not is_flat(np.round(noise))
    # Still for half of the trial on end, wherever that is; not for less, nor in pieces.
    for start in (0, 200, 499):
        still = noise.copy()
        still[start : start + 501] = 0.5
        assert is_flat(still)
        still[start : start + 501] = noise[start : start + 501]
        still[start : start + 500] = 0.5
        assert not is_flat(still)
    assert not is_flat(np.where(np.arange(1000) % 4 < 3, 0.0, noise))
    assert is_flat(noise[:1]) and not is_flat(noise[:2])


def _settings(gait, **changes):
    return gait.settings()["emg"] | changes


def _convert(gait, tmp_path, emg, settings=None, laboratory=None, analog_rate=1000.0):
    file = gait.write(tmp_path / "walk.c3d", gait.walker(), emg=emg, laboratory=laboratory,
                      analog_rate=analog_rate)  # fmt: skip
    content = read_c3d(file)
    log = QualityLog("lab", "ann", "convert_signals")
    time = np.arange(content.frames) / content.rate_hz
    return trial_envelopes(content, time, settings or _settings(gait), log, "walk", "1"), log


def test_envelopes_are_sampled_with_the_kinematics(gait, tmp_path):
    emg = gait.emg()
    envelopes, log = _convert(gait, tmp_path, emg)
    assert envelopes.shape == (180, 2)
    reference = emg_envelope(emg["R Hams"], 1000.0, state="raw")[::10]
    np.testing.assert_allclose(envelopes[:, HAMS], reference, atol=1e-9)
    quantities = {row["quantity"] for row in log.rows}
    assert {"emg_amplitude.recfem", "emg_contrast.hams"} <= quantities


def test_the_settings_reach_the_filters_and_the_times_are_those_of_the_kinematics(gait, tmp_path):
    """Of a carrier that is modulated at 3 Hz half of that is left at a cut-off of 3 Hz."""
    time = np.arange(18000) / 1500.0
    carrier = 1e-4 * np.sin(2 * np.pi * 100 * time)
    wave = carrier * (1 + 0.5 * np.cos(2 * np.pi * 3 * time))
    emg = dict.fromkeys(("R Rect", "R Hams"), wave)
    file = gait.write(tmp_path / "walk.c3d", gait.walker(1200), emg=emg, analog_rate=1500.0)
    content, frames = read_c3d(file), np.arange(1200) / 100.0 + 0.0021
    log = QualityLog("lab", "ann", "convert_signals")
    for settings, cutoff_hz, band_hz in (
        (_settings(gait), 6.0, (20.0, 450.0)),
        (_settings(gait, lowpass_hz=3.0, band_hz=[100, 300]), 3.0, (100.0, 300.0)),
    ):
        found = trial_envelopes(content, frames, settings, log, "walk", "1")
        modulation, mean = _modulation(found[:, HAMS], frames, 3.0)
        # The two sidebands, 3 Hz beside the carrier, pass unlike where that is the band's edge.
        rel = 1e-3 if band_hz[0] < 100 else 0.05
        carried = _band_gain(100.0, band_hz, 1500.0) * np.abs(carrier).mean()
        left = 0.5 * _low_pass_gain(3.0, cutoff_hz, 1500.0)
        assert mean == pytest.approx(carried, rel=rel)
        assert modulation / mean == pytest.approx(left, rel=rel)


def test_without_settings_the_band_and_the_cut_off_are_those_of_the_envelope(gait, tmp_path):
    bare = {key: _settings(gait)[key] for key in ("channels", "state")}
    found, _ = _convert(gait, tmp_path, gait.emg(), bare)
    reference = emg_envelope(gait.emg()["R Hams"], 1000.0, state="raw")[::10]
    np.testing.assert_allclose(found[:, HAMS], reference, rtol=1e-4)


@pytest.mark.parametrize(("unit", "volts"), [("V", 1.0), ("mV", 1e-3), ("uV", 1e-6)])
def test_channels_are_read_in_volts(gait, tmp_path, unit, volts):
    emg = gait.emg()
    envelopes, _ = _convert(
        gait, tmp_path, emg, laboratory=gait.Laboratory(emg_unit=unit, volts=volts)
    )
    reference = emg_envelope(emg["R Rect"], 1000.0, state="raw")[::10]
    np.testing.assert_allclose(envelopes[:, RECFEM], reference, rtol=1e-4)


def test_a_unit_that_is_none_of_voltage_is_refused(gait, tmp_path):
    with pytest.raises(TrialError, match="unit 'N'"):
        _convert(gait, tmp_path, gait.emg(), laboratory=gait.Laboratory(emg_unit="N"))


def test_a_missing_label_names_those_that_are_there(gait, tmp_path):
    settings = _settings(gait, channels={"recfem": "R Rectus"})
    with pytest.raises(TrialError, match=r"walk\.c3d.*'R Rectus'.*nearest is 'R Rect'.*R Hams"):
        _convert(gait, tmp_path, gait.emg(), settings)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (np.zeros_like, "is flat"),
        (
            lambda emg: np.where(np.arange(len(emg)) == 7, np.nan, emg),
            "1 values that are no number",
        ),
        (
            lambda emg: np.where(np.isin(np.arange(len(emg)), (7, 8)), np.inf, emg),
            "2 values that are no number",
        ),
    ],
)
def test_a_dead_channel_is_refused(gait, tmp_path, spoil, reason):
    emg = gait.emg()
    emg["R Hams"] = spoil(emg["R Hams"])
    with pytest.raises(TrialError, match=f"'hams'.*{reason}"):
        _convert(gait, tmp_path, emg)


def test_bounds_reject_a_channel_that_is_too_weak_or_only_noise(gait, tmp_path):
    with pytest.raises(TrialError, match=r"emg_amplitude\.recfem"):
        _convert(gait, tmp_path, gait.emg(), _settings(gait, min_amplitude_v=1.0))
    with pytest.raises(TrialError, match=r"emg_contrast\.recfem"):
        _convert(gait, tmp_path, gait.emg(), _settings(gait, min_contrast=0.999))


def test_the_unit_may_come_from_the_settings(gait, tmp_path):
    file = gait.write(tmp_path / "walk.c3d", gait.walker(), emg=gait.emg(),
                      laboratory=gait.Laboratory(emg_unit="", volts=1e-3))  # fmt: skip
    content = read_c3d(file)
    with pytest.raises(TrialError, match="unit ''"):
        channel_volts(content, "recfem", "R Rect")
    volts = channel_volts(content, "recfem", "R Rect", "mV")
    np.testing.assert_allclose(volts, gait.emg()["R Rect"], rtol=1e-5)
