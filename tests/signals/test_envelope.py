import numpy as np
import pytest

from myopinn.errors import ConfigError, TrialError
from myopinn.quality import QualityLog
from myopinn.signals.c3d import read_c3d
from myopinn.signals.envelope import (
    amplitude_and_contrast,
    channel_volts,
    emg_envelope,
    is_flat,
    trial_envelopes,
)

RATE = 2000.0


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


def test_flat_channels():
    noise = np.random.default_rng(0).standard_normal(1000)
    assert is_flat(np.full(1000, 2e-3))
    assert is_flat(np.concatenate([noise[:400], np.zeros(600)]))
    assert not is_flat(noise)
    assert not is_flat(np.round(noise))


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
    dataset, log = _convert(gait, tmp_path, emg)
    assert list(dataset.channel.values) == ["recfem", "hams"]
    np.testing.assert_allclose(dataset.time_s, np.arange(180) / 100)
    reference = emg_envelope(emg["R Hams"], 1000.0, state="raw")[::10]
    np.testing.assert_allclose(dataset.envelope.sel(channel="hams"), reference, atol=1e-9)
    quantities = {row["quantity"] for row in log.rows}
    assert {"emg_amplitude.recfem", "emg_contrast.hams"} <= quantities


@pytest.mark.parametrize(("unit", "volts"), [("V", 1.0), ("mV", 1e-3), ("uV", 1e-6)])
def test_channels_are_read_in_volts(gait, tmp_path, unit, volts):
    emg = gait.emg()
    dataset, _ = _convert(
        gait, tmp_path, emg, laboratory=gait.Laboratory(emg_unit=unit, volts=volts)
    )
    reference = emg_envelope(emg["R Rect"], 1000.0, state="raw")[::10]
    np.testing.assert_allclose(dataset.envelope.sel(channel="recfem"), reference, rtol=1e-4)


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
