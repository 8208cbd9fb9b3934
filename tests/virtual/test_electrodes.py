"""EMG that an EMG researcher would believe."""

import dataclasses

import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt, welch
from scipy.stats import kurtosis

from myopinn.virtual.electrodes import (
    ElectrodeSettings,
    interference,
    paced_interference,
    place_electrodes,
    put_aside,
    record_emg,
)
from myopinn.virtual.muscle_emg import seen_by_electrodes
from myopinn.virtual.people import Traits
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


def test_frequencies_follow_the_pace_that_is_asked_for():
    # Stulen, De Luca 1981: the spectrum's frequencies are in proportion to conduction velocity.
    steady = interference(100_000, RATE_HZ, 55.0, 130.0, np.random.default_rng(0))
    for pace in (0.7, 1.0, 1.4):
        paces = np.full(100_000, pace)
        read = paced_interference(paces, RATE_HZ, 55.0, 130.0, np.random.default_rng(0))
        assert len(read) == 100_000 and read.std() == pytest.approx(1.0, abs=0.05)
        ratio = median_frequency(read) / median_frequency(steady)
        assert ratio == pytest.approx(pace, rel=0.04)
    turning = np.r_[np.full(100_000, 0.7), np.full(100_000, 1.4)]
    read = paced_interference(turning, RATE_HZ, 55.0, 130.0, np.random.default_rng(0))
    assert median_frequency(read[100_000:]) > 1.8 * median_frequency(read[:100_000])


def test_an_electrode_put_aside_hears_less_of_its_own_muscle_and_more_of_the_next():
    ring = np.argsort(ORDER)
    nobody_moved = put_aside(ring, np.zeros(len(MUSCLES)), 0.1)
    np.testing.assert_allclose(nobody_moved, 1.0)
    factor = put_aside(ring, np.full(len(MUSCLES), 0.2), 0.1)
    for channel in range(len(MUSCLES)):
        order = list(SURFACE_ORDER)
        place = order.index(MUSCLES[channel])
        towards = MUSCLES.index(order[(place + 1) % len(order)])
        away = MUSCLES.index(order[place - 1])
        assert 0.8 < factor[channel, channel] < 1.0
        assert factor[channel, towards] > 1.5 and factor[channel, away] < 1.0
    # Half way, it hears both muscles alike.
    half = put_aside(ring, np.full(len(MUSCLES), 0.5), 0.1) * np.where(
        np.eye(len(MUSCLES), dtype=bool), 1.0, 0.1
    )
    fcr = MUSCLES.index(SURFACE_ORDER[0])
    assert half[fcr, fcr] == pytest.approx(half[fcr, MUSCLES.index(SURFACE_ORDER[1])])


def test_what_electrodes_see_is_the_excitation_by_the_persons_power_and_length(person, truth):
    usual, pace = seen_by_electrodes(person, truth, MUSCLES)
    np.testing.assert_array_equal(usual, truth.excitation)
    assert pace is None
    traits = Traits(
        emg_power=dict.fromkeys(MUSCLES, 1.3), spectrum_power=dict.fromkeys(MUSCLES, 0.5)
    )
    own = dataclasses.replace(person, traits=traits)
    seen, pace = seen_by_electrodes(own, truth, MUSCLES[1:])
    np.testing.assert_allclose(seen, truth.excitation[:, 1:] ** 1.3)
    optimal = [muscle.optimal_fiber_length_m for muscle in person.anatomy.muscles[1:]]
    np.testing.assert_allclose(pace, np.sqrt(optimal / truth.fiber_length[:, 1:]))


def test_spectra_of_moving_fibres_stay_those_of_surface_emg(person, truth):
    """Medians of 50 to 150 Hz, as in steady contractions, while fibres change their length."""
    traits = Traits(spectrum_power=dict.fromkeys(MUSCLES, 1.0))
    seen, pace = seen_by_electrodes(dataclasses.replace(person, traits=traits), truth, MUSCLES)
    assert 0.6 < pace.min() < pace.max() < 1.7
    samples = int(truth.time_s[-1] * RATE_HZ)
    still = np.zeros(len(truth.time_s))
    rng = np.random.default_rng(4)
    emg = record_emg(truth.time_s, seen, still, samples, placed(1), SETTINGS, rng, pace=pace)
    for channel in range(len(MUSCLES)):
        assert 50.0 < median_frequency(emg[:, channel]) < 150.0


def test_cross_talk_of_what_is_asked_for_is_what_was_measured():
    """Over a muscle at rest 5 % of its own largest EMG, 20 (17) % where fat lies between.

    Solomonow et al. 1994, J Electromyogr Kinesiol 4:131, on the cat; the nerves of the muscles at
    rest were cut.
    """
    for cross_talk, (low, high) in {0.05: (0.02, 0.10), 0.25: (0.12, 0.40)}.items():
        settings = dataclasses.replace(SETTINGS, cross_talk=cross_talk, noise_v=0.0, mains_v=0.0)
        electrodes = placed(1, settings)
        excitation = np.zeros((2, len(MUSCLES)))
        working, resting = (MUSCLES.index(name) for name in SURFACE_ORDER[:2])
        rms = []
        for muscle in (working, resting):
            only = excitation.copy()
            only[:, muscle] = 1.0
            emg = record_emg(
                np.array([0.0, 5.0]),
                only,
                np.zeros(2),
                10_000,
                electrodes,
                settings,
                np.random.default_rng(0),
            )
            rms.append(emg[:, resting].std())
        assert low < rms[0] / rms[1] < high
