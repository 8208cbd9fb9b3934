"""EMG that an EMG researcher would believe."""

import dataclasses

import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt, welch
from scipy.stats import kurtosis

from myopinn.virtual.electrodes import (
    ElectrodeSettings,
    interference,
    place_electrodes,
    record_emg,
)
from myopinn.virtual.wrist import MUSCLES, SURFACE_ORDER

RATE_HZ = 2000.0
SETTINGS = ElectrodeSettings()
ORDER = [MUSCLES.index(name) for name in SURFACE_ORDER]


def placed(session, settings=SETTINGS):
    return place_electrodes(
        len(MUSCLES), ORDER, settings, np.random.default_rng(1), np.random.default_rng(session)
    )


def envelope(emg):
    band = butter(2, [20, 450], "band", fs=RATE_HZ, output="sos")
    low = butter(2, 6, fs=RATE_HZ, output="sos")
    return sosfiltfilt(low, np.abs(sosfiltfilt(band, emg, axis=0)), axis=0)


def steady(level, settings=SETTINGS, seconds=20):
    """EMG of all muscles held at one level of excitation."""
    time = np.array([0.0, seconds])
    excitation = np.full((2, len(MUSCLES)), level)
    samples = int(seconds * RATE_HZ)
    rng = np.random.default_rng(0)
    return record_emg(time, excitation, np.zeros(2), samples, placed(2), settings, rng)


def median_frequency(signal):
    frequency, power = welch(signal, RATE_HZ, nperseg=4096)
    return frequency[np.searchsorted(np.cumsum(power) / power.sum(), 0.5)]


def test_the_spectrum_is_that_of_surface_emg():
    frequency, power = welch(
        interference(200_000, RATE_HZ, 55.0, 130.0, np.random.default_rng(0)),
        RATE_HZ,
        nperseg=4000,
    )
    # Stulen, De Luca 1981, doi:10.1109/TBME.1981.324738, equation for the power spectrum.
    model = frequency**2 / ((frequency**2 + 55.0**2) * (frequency**2 + 130.0**2) ** 2)
    inside = (frequency > 10) & (frequency < 250)
    ratio = (power[inside] / power[inside].sum()) / (model[inside] / model[inside].sum())
    # 100 windows leave 10 % of scatter; above 250 Hz the digital filters bend.
    assert abs(np.log(ratio)).mean() < 0.15


def test_the_median_frequency_of_every_channel_lies_in_the_usual_band():
    emg = steady(0.3)
    for channel in range(len(MUSCLES)):
        assert 50.0 < median_frequency(emg[:, channel]) < 150.0


def test_amplitudes_are_distributed_as_in_a_steady_contraction():
    # Clancy, Hogan 1999, doi:10.1109/10.764948: between Gaussian (kurtosis 3) and Laplacian (6).
    emg = steady(0.5)
    assert (np.abs(kurtosis(emg, axis=0, fisher=False) - 3.0) < 0.5).all()
    np.testing.assert_allclose(emg.mean(axis=0), 0.0, atol=1e-5)


def test_amplitude_grows_in_proportion_to_the_excitation():
    weak, strong = steady(0.1).std(axis=0), steady(0.4).std(axis=0)
    np.testing.assert_allclose(strong / weak, 4.0, rtol=0.1)
    assert (strong > 2e-5).all() and (strong < 1.5e-3).all()


def test_envelopes_follow_the_excitation_of_every_muscle(truth):
    samples = int(truth.time_s[-1] * RATE_HZ)
    speed = np.minimum(np.abs(truth.joint_velocity[:, 0]) / 4.0, 1.0)
    rng = np.random.default_rng(4)
    emg = record_emg(truth.time_s, truth.excitation, speed, samples, placed(1), SETTINGS, rng)
    found, time = envelope(emg), np.arange(samples) / RATE_HZ
    for channel in range(len(MUSCLES)):
        drive = np.interp(time, truth.time_s, truth.excitation[:, channel])
        assert np.corrcoef(found[:, channel], drive)[0, 1] >= 0.8


def test_neighbours_are_heard_and_those_across_the_forearm_less():
    loud = dataclasses.replace(SETTINGS, cross_talk=0.2)
    mixing = placed(1, loud).mixing
    np.testing.assert_array_equal(np.diag(mixing), 1.0)
    fcr, ecrl, ecrb = (MUSCLES.index(n) for n in ("FCR", "ECRL", "ECRB"))
    assert mixing[fcr, ecrl] > mixing[fcr, ecrb] > 0
    none = dataclasses.replace(SETTINGS, cross_talk=0.0)
    np.testing.assert_array_equal(placed(1, none).mixing, np.eye(len(MUSCLES)))


def test_a_session_changes_gain_noise_and_cross_talk_but_not_the_person():
    first, second = placed(1), placed(2)
    ratio = first.gain_v / second.gain_v
    assert (np.abs(np.log(ratio)) < 1.2).all() and (np.abs(np.log(ratio)) > 0.01).all()
    assert (first.noise_v != second.noise_v).all()
    assert (first.mixing[0, 1:] != second.mixing[0, 1:]).all()
    np.testing.assert_array_equal(first.band_hz, second.band_hz)


def test_the_mains_hum_where_it_was_asked_for():
    loud = dataclasses.replace(SETTINGS, mains_v=5e-5, mains_hz=60.0)
    frequency, power = welch(steady(0.01, loud)[:, 0], RATE_HZ, nperseg=4000)
    near = (frequency > 40) & (frequency < 80)
    assert frequency[near][np.argmax(power[near])] == pytest.approx(60.0, abs=0.6)
    assert power[near].max() > 20 * np.median(power[near])


def test_artefacts_come_with_motion_and_stay_below_the_pass_band():
    loud = dataclasses.replace(SETTINGS, artefact_v=1e-3)
    samples, time = int(10 * RATE_HZ), np.array([0.0, 10.0])
    excitation = np.full((2, len(MUSCLES)), 0.01)
    still, moving = (
        record_emg(
            time, excitation, np.full(2, m), samples, placed(1), loud, np.random.default_rng(0)
        )
        for m in (0.0, 1.0)
    )
    assert (moving.std(axis=0) > 20 * still.std(axis=0)).all()
    frequency, power = welch(moving[:, 0], RATE_HZ, nperseg=4000)
    assert power[frequency > 20].sum() < 0.01 * power.sum()
