"""What electrodes over deep muscles would have recorded, from truths that are known by formula."""

import shutil

import numpy as np
import pytest
import xarray as xr
from hand_made import TRUE_PERSON, filled

from myopinn.files.layouts.calibration import CALIBRATION
from myopinn.files.layouts.dataset import DATASET
from myopinn.files.layouts.truth import TRUTH
from myopinn.files.netcdf import read_netcdf, write_netcdf
from myopinn.formats.whole import ArtifactError
from myopinn.measures.deep_envelopes import deep_muscles
from myopinn.signals.envelope import emg_envelope
from myopinn.steps.reveal_calibration import reveal_calibration
from myopinn.steps.reveal_excitations import reveal_excitations
from myopinn.steps.reveal_model import reveal_model

RATE, LOWPASS = 200.0, 6.0
TIME = np.arange(0, 4, 1 / RATE)
MUSCLES = ("shown", "deep", "deeper")


def swing(time, frequency):
    return np.sin(2 * np.pi * frequency * time)


def passed(frequency):
    """Share of a sinusoid that the filter leaves, forward and backward: a digital Butterworth."""
    tan = np.tan(np.pi * frequency / RATE) / np.tan(np.pi * LOWPASS / RATE)
    return 1 / (1 + tan**4)


def trial(name, kind="dynamic", session="s1"):
    return {"name": name, "kind": kind, "session": session}


TRIALS = [
    trial("t1"),
    trial("t2", session="s2"),
    trial("max1", "mvc", "s1"),
    trial("max2", "mvc", "s1"),
    trial("max3", "mvc", "s2"),
]
# What is sent to the deep muscle and to the deeper one; the measured one gets 0.9 always.
SENT = {
    "t1": (0.5 + 0.3 * swing(TIME, LOWPASS), 0.4 + 0.2 * swing(TIME, 2 * LOWPASS)),
    "t2": (0.7 * TIME / 4, 0.2 * np.exp(-TIME)),
    "max1": (np.full(len(TIME), 0.8), np.full(len(TIME), 0.3)),
    "max2": (np.full(len(TIME), 0.6), np.full(len(TIME), 0.5)),
    "max3": (np.full(len(TIME), 0.9), np.full(len(TIME), 0.25)),
}
CYCLES = np.stack([1.0 + np.arange(100) / 100, 2.0 + np.arange(100) / 90, np.arange(100) / 25])


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """Two cycles of the first trial, and the second from its first sample on."""
    folder = tmp_path_factory.mktemp("person")
    truth = folder / "truth"
    for name, sent in SENT.items():
        labels = {"time_s": TIME, "muscle": list(MUSCLES), "coordinate": ["q"]}
        excitation = np.stack([np.full(len(TIME), 0.9), *sent], axis=1)
        write_netcdf(
            filled(TRUTH, labels, attributes=TRUE_PERSON, excitation=excitation),
            truth / f"{name}.nc",
            TRUTH,
        )
    labels = {
        "trial": ["t1", "t1", "t2"],
        "trial_session": ["s1", "s1", "s2"],
        **{"condition": ["slow"] * 3, "load_kg": np.ones(3), "channel": ["shown"]},
        **{"coordinate": ["q"], "muscle": list(MUSCLES), "session": ["s1", "s2"]},
    }
    rng = np.random.default_rng(0)
    data = filled(
        DATASET,
        labels,
        sizes={"frame": 100},
        attributes={"recording": "lab", "subject": "P1"},
        time_s=CYCLES,
        envelope=rng.uniform(size=(3, 100, 1)),
        joint_angle=rng.normal(size=(3, 100, 1)),
        mvc_envelope=np.array([[2e-4], [3e-4]]),
    )
    write_netcdf(data, folder / "P1.nc", DATASET)
    return folder


@pytest.fixture
def person(recorded, tmp_path):
    """A copy, so that a test may spoil it."""
    folder = shutil.copytree(recorded, tmp_path / "person")
    return {"truth": folder / "truth", "dataset": folder / "P1.nc"}


def reveal(person, **changed):
    target = person["dataset"].parent / "revealed" / "P1.nc"
    reveal_excitations(
        **person | {"trials": TRIALS, "lowpass_hz": LOWPASS} | changed, revealed=target
    )
    return read_netcdf(target, DATASET)


def test_a_swing_comes_through_without_delay_and_as_much_as_the_filter_lets_it(person):
    """Half of it at the cut-off and a seventeenth at twice that, far from the record's ends."""
    assert passed(LOWPASS) == 0.5 and passed(2 * LOWPASS) == pytest.approx(1 / 17, rel=0.05)
    shown = reveal(person)["envelope"].isel(cycle=[0, 1])
    time = CYCLES[:2]
    # Between samples of the swing of 6 Hz a straight line errs by (omega dt)^2 / 8 of it.
    chord = (2 * np.pi * LOWPASS / RATE) ** 2 / 8 * 0.15
    np.testing.assert_allclose(
        shown.sel(channel="deep"), 0.5 + 0.15 * swing(time, LOWPASS), atol=1.1 * chord
    )
    np.testing.assert_allclose(
        shown.sel(channel="deeper"),
        0.4 + 0.2 * passed(2 * LOWPASS) * swing(time, 2 * LOWPASS),
        atol=1.1 * chord,
    )


def test_it_is_what_the_signals_of_a_measured_muscle_would_have_become(person):
    """The room of signals makes an envelope of the same excitation, also at the record's ends."""
    shown = reveal(person)["envelope"].isel(cycle=2)
    for k, name in enumerate(("deep", "deeper")):
        measured = emg_envelope(SENT["t2"][k], RATE, state="band_passed", lowpass_hz=LOWPASS)
        expected = np.interp(CYCLES[2], TIME, measured)
        np.testing.assert_allclose(shown.sel(channel=name), expected, rtol=1e-12)


def test_what_is_seen_with_a_piece_is_what_signals_that_look_at_no_later_sample_would_be(person):
    """By the causal filters of the room of signals; before the trial its first sample holds."""
    data, lead = read_netcdf(person["dataset"], DATASET), 30
    for name in ("seen_angle", "seen_velocity", "seen_acceleration"):
        data[name] = (("cycle", "seen_frame", "coordinate"), np.zeros((3, 100 + lead, 1)))
        data[name].attrs["units"] = DATASET.variables[name].units
    data["seen_envelope"] = (("cycle", "seen_frame", "channel"), np.ones((3, 100 + lead, 1)))
    data["seen_envelope"].attrs["units"] = "V"
    write_netcdf(data, person["dataset"], DATASET)
    shown = reveal(person)["seen_envelope"]
    assert (shown.sel(channel="shown") == 1).all()
    measured = emg_envelope(
        SENT["t2"][0], RATE, state="band_passed", lowpass_hz=LOWPASS, forwards=True
    )
    # The third piece starts with its trial, 0.04 s from frame to frame: every eighth sample.
    expected = np.r_[np.full(lead, measured[0]), measured[::8][:100]]
    np.testing.assert_allclose(shown.sel(channel="deep").isel(cycle=2), expected, rtol=1e-12)


def test_an_envelope_is_never_negative_where_an_excitation_starts_and_stops(person):
    labels = {"time_s": TIME, "muscle": list(MUSCLES), "coordinate": ["q"]}
    burst = np.where((TIME > 1.2) & (TIME < 1.6), 1.0, 0.0)
    excitation = np.stack([burst] * 3, axis=1)
    write_netcdf(
        filled(TRUTH, labels, attributes=TRUE_PERSON, excitation=excitation),
        person["truth"] / "t1.nc",
        TRUTH,
    )
    shown = reveal(person)["envelope"].sel(channel="deep").isel(cycle=0)
    assert shown.min() == 0 and 0.9 < shown.max() < 1.2


def test_the_largest_is_that_of_the_session_s_own_maximal_contractions(person):
    largest = reveal(person)["mvc_envelope"]
    np.testing.assert_allclose(largest.sel(session="s1"), [2e-4, 0.8, 0.5])
    np.testing.assert_allclose(largest.sel(session="s2"), [3e-4, 0.9, 0.25])
    # A trial of the study is no maximal contraction, however large its excitation.
    without = reveal(person, trials=[t for t in TRIALS if t["name"] != "max3"])["mvc_envelope"]
    assert np.isnan(without.sel(session="s2", channel=["deep", "deeper"])).all()
    np.testing.assert_allclose(without.sel(session="s1"), largest.sel(session="s1"))


def test_all_that_was_measured_stays_as_it_is(person):
    before, after = read_netcdf(person["dataset"], DATASET), reveal(person)
    assert list(after["channel"].values) == ["shown", "deep", "deeper"]
    xr.testing.assert_identical(before, after.sel(channel=["shown"]))
    assert deep_muscles(before) == ["deep", "deeper"] and deep_muscles(after) == []


def test_isometric_contractions_are_revealed_alike(person, tmp_path):
    labels = {
        **{"trial": ["t2", "max1"], "trial_session": ["s2", "s1"], "condition": ["held"] * 2},
        **{"channel": ["shown"], "coordinate": ["q"]},
    }
    pieces = filled(
        CALIBRATION,
        labels,
        attributes={"recording": "lab", "subject": "P1"},
        sizes={"frame": 100},
        time_s=CYCLES[[2, 0]],
        envelope=np.full((2, 100, 1), 1e-4),
    )
    write_netcdf(pieces, tmp_path / "pieces.nc", CALIBRATION)
    reveal_calibration(
        **person,
        calibration=tmp_path / "pieces.nc",
        lowpass_hz=LOWPASS,
        revealed=tmp_path / "revealed.nc",
    )
    shown = read_netcdf(tmp_path / "revealed.nc", CALIBRATION)
    xr.testing.assert_identical(pieces, shown.sel(channel=["shown"]))
    expected = reveal(person)["envelope"].isel(cycle=2).sel(channel=["deep", "deeper"])
    np.testing.assert_array_equal(shown["envelope"][0, :, 1:], expected)
    np.testing.assert_allclose(shown["envelope"][1, :, 1:], np.tile([0.8, 0.3], (100, 1)))


def test_the_true_model_lies_where_a_scaled_one_would(person, tmp_path):
    (person["truth"] / "model.osim").write_text("<OpenSimDocument/>")
    reveal_model(truth=person["truth"], model=tmp_path / "model")
    assert (tmp_path / "model" / "scaled.osim").read_text() == "<OpenSimDocument/>"


def test_a_truth_that_lacks_a_trial_or_a_muscle_is_named(person):
    lacking = filled(
        TRUTH,
        {"time_s": TIME, "muscle": ["shown", "deep"], "coordinate": ["q"]},
        attributes=TRUE_PERSON,
    )
    write_netcdf(lacking, person["truth"] / "t2.nc", TRUTH)
    with pytest.raises(ArtifactError, match=r"t2\.nc: no muscle \['deeper'\], there are \['shown'"):
        reveal(person)
    (person["truth"] / "t2.nc").unlink()
    with pytest.raises(ArtifactError, match=r"t2\.nc: no truth of this trial"):
        reveal(person)
