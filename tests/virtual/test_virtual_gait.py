"""The treadmill laboratory as the workflow calls it."""

import json
import subprocess
import sys

import ezc3d
import numpy as np
import opensim as osim
import pandas as pd
import pytest
import xarray as xr

from myopinn.errors import ConfigError
from myopinn.recordings import virtual_gait
from myopinn.recordings.virtual_gait import list_trials
from myopinn.steps.provide_model import provide_model
from myopinn.steps.simulate_person import simulate_person
from myopinn.virtual import leg
from myopinn.virtual.force_plates import ForcePlate, read_plates
from myopinn.virtual.leg import MUSCLES, SURFACE_ORDER

# What all of these rest on costs seconds and is made once, in one process.
pytestmark = pytest.mark.xdist_group("virtual_gait")

SMALL = {
    "name": "virtual_gait",
    "people": 2,
    "sessions": 1,
    "trials_per_session": 1,
    "trial_s": 3.0,
    "mvc_s": 6.0,
    "speeds_m_s": {"fast": 1.5},
    "emg_rate_hz": 1000.0,
}
WALK = "session_1_fast_1"


def record(folder, seed=7, settings=SMALL):
    simulate_person(
        recording="gait",
        subject="P02",
        settings=settings,
        seed=seed,
        recordings=folder / "data",
        truth=folder / "truth",
    )
    return folder


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    return record(tmp_path_factory.mktemp("gait"))


@pytest.fixture(scope="module")
def walk(recorded):
    return ezc3d.c3d(str(recorded / "data" / f"{WALK}.c3d"), extract_forceplat_data=True)


@pytest.fixture(scope="module")
def truth(recorded):
    with xr.open_dataset(recorded / "truth" / f"{WALK}.nc", engine="h5netcdf") as dataset:
        return dataset.load()


def test_trials_are_listed_without_anything_heavy():
    code = (
        "import json, sys\n"
        "from myopinn.recordings.virtual_gait import list_trials\n"
        "n = len(list_trials({'name': 'virtual_gait'}))\n"
        "heavy = {'opensim', 'ezc3d', 'scipy', 'torch', 'xarray', 'pandas', 'numpy'}\n"
        "print(json.dumps([n, sorted(heavy & set(sys.modules))]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    count, heavy = json.loads(done.stdout)
    assert count == 6 * 2 * (2 + 8)
    assert heavy == []


def test_every_session_has_a_static_an_mvc_and_walks_at_every_speed():
    trials = [t for t in list_trials({"name": "virtual_gait"}) if t.subject == "P03"]
    for session in ("session_1", "session_2"):
        own = [t for t in trials if t.session == session]
        assert [t.kind for t in own] == ["static", "mvc", *["dynamic"] * 8]
        speeds = [t.condition for t in own if t.kind == "dynamic"]
        assert speeds == ["very_slow", "slow", "normal", "fast"] * 2
    assert len({t.name for t in trials}) == len(trials)


def test_every_listed_trial_is_recorded_and_its_truth_kept_apart(recorded):
    trials = [t for t in list_trials(SMALL) if t.subject == "P02"]
    data = {f.name for f in (recorded / "data").iterdir()}
    truth = {f.name for f in (recorded / "truth").iterdir()}
    assert data == {"quality.csv", *(t.file for t in trials)}
    assert truth == {"model.osim", *(f"{t.name}.nc" for t in trials)}
    assert pd.read_csv(recorded / "data" / "quality.csv")["accepted"].all()


def test_the_right_plate_carries_the_person_and_the_left_nobody(walk):
    right, left = (plate["force"] for plate in walk["data"]["platform"])
    weight = 9.80665 * next(t.mass_kg for t in list_trials(SMALL) if t.subject == "P02")
    up = right[2]
    assert 0.9 * weight < np.percentile(up, 99) < 1.5 * weight
    # A foot is on the ground for 55 to 70 % of the time in walking.
    assert 0.5 < np.mean(up > 20) < 0.75
    assert np.abs(left).max() < 20


def test_the_centre_of_pressure_is_under_the_foot(walk):
    labels = walk["parameters"]["POINT"]["LABELS"]["value"]
    plate = walk["data"]["platform"][0]
    per_frame = round(plate["force"].shape[1] / walk["data"]["points"].shape[2])
    force, pressure = plate["force"][:, ::per_frame], plate["center_of_pressure"][:, ::per_frame]
    heel, toe = (walk["data"]["points"][:3, labels.index(n)] for n in ("R_FCC", "R_FM2"))
    loaded = (force[2] > 200) & np.isfinite(heel[0]) & np.isfinite(toe[0])
    # mm; the markers are stuck on some millimetres off, the toes reach farther than the marker.
    assert (pressure[0, loaded] > heel[0, loaded] - 30).all()
    assert (pressure[0, loaded] < toe[0, loaded] + 60).all()


def test_a_plate_reads_the_wrench_that_acts_on_it():
    """An independent reader gets the force and its point back."""
    plate = ForcePlate(1, (0.2, 0.3), (1.0, 0.5))
    force = np.tile([30.0, 700.0, 0.0], (5, 1))
    point = np.tile([0.35, 0.0, 0.25], (5, 1))
    read = read_plates([plate], force, point, np.random.default_rng(1))
    forces, moments = read[:, :3], read[:, 3:] / 1000.0
    np.testing.assert_allclose(forces.mean(axis=0), [30.0, 0.0, -700.0], atol=6.0)
    # About the sensor 40 mm below the surface, axes forward, right, down.
    lever = np.array([0.15, -0.05, -0.040])
    expected = np.cross(lever, [30.0, 0.0, -700.0])
    np.testing.assert_allclose(moments.mean(axis=0), expected, atol=1.5)
    beside = point + np.array([2.0, 0.0, 0.0])
    elsewhere = read_plates([plate], force, beside, np.random.default_rng(1))
    assert np.abs(elsewhere[:, :3]).max() < 10


def test_emg_of_the_surface_muscles_alone_follows_their_excitation(walk, truth):
    labels = walk["parameters"]["ANALOG"]["LABELS"]["value"]
    emg = [label for label in labels if label.startswith("EMG")]
    assert {label.removeprefix("EMG ") for label in emg} == set(SURFACE_ORDER)
    assert set(MUSCLES) - set(SURFACE_ORDER) == {"iliopsoas_r"}
    signals = walk["data"]["analogs"][0]
    time = np.arange(signals.shape[1]) / 1000.0
    window = np.hanning(167) / np.hanning(167).sum()  # about 6 Hz
    for muscle in ("soleus_r", "gas_r", "tibant_r", "vasti_r"):
        raw = signals[labels.index(f"EMG {muscle}")]
        spectrum = np.abs(np.fft.rfft(raw - raw.mean())) ** 2
        frequency = np.fft.rfftfreq(len(raw), 1e-3)
        median = frequency[np.searchsorted(np.cumsum(spectrum) / spectrum.sum(), 0.5)]
        # Median frequencies of surface EMG: 50-130 Hz (De Luca 1997, J Appl Biomech 13:135).
        assert 50 < median < 130
        # Bursts make it heavier-tailed than noise of one strength, whose kurtosis is 3.
        assert np.mean((raw / raw.std()) ** 4) > 4
        excitation = np.interp(time, truth["time_s"], truth["excitation"].sel(muscle=muscle))
        envelope = np.convolve(np.abs(raw), window, "same")
        assert np.corrcoef(envelope, np.convolve(excitation, window, "same"))[0, 1] > 0.85


def test_the_truth_moves_as_the_markers_do(walk, truth):
    labels = walk["parameters"]["POINT"]["LABELS"]["value"]
    points = walk["data"]["points"]
    pelvis = points[0, [labels.index(n) for n in ("R_IAS", "L_IAS", "R_IPS", "L_IPS")]]
    time = np.arange(points.shape[2]) / 100.0
    path = np.interp(time, truth["time_s"], truth["joint_angle"].sel(coordinate="pelvis_tx"))
    seen = np.isfinite(pelvis).all(axis=0)
    moved = pelvis[:, seen].mean(axis=0) / 1000.0
    # Skin slides by some millimetres over a path of some centimetres.
    assert np.corrcoef(moved, path[seen])[0, 1] > 0.9


def test_the_same_seed_gives_the_same_bytes(recorded, tmp_path):
    again = record(tmp_path)
    for name in ("data/session_1_static.c3d", "data/session_1_mvc.c3d", f"data/{WALK}.c3d"):
        assert (again / name).read_bytes() == (recorded / name).read_bytes()
    for name in ("truth/model.osim", f"truth/{WALK}.nc"):
        assert (again / name).read_bytes() == (recorded / name).read_bytes()


def test_the_analysis_gets_another_formulation_and_nobodys_parameters(recorded, tmp_path):
    provide_model(settings=SMALL, model=tmp_path / "generic.osim")
    generic = osim.Model(str(tmp_path / "generic.osim"))
    true = osim.Model(str(recorded / "truth" / "model.osim"))
    assert generic.getMuscles().getSize() == len(MUSCLES)
    for index in range(len(MUSCLES)):
        known = osim.DeGrooteFregly2016Muscle.safeDownCast(generic.getMuscles().get(index))
        hidden = osim.Millard2012EquilibriumMuscle.safeDownCast(true.getMuscles().get(index))
        assert known is not None and hidden is not None
        assert known.get_ignore_tendon_compliance() and not hidden.get_ignore_tendon_compliance()
        for quantity in ("max_isometric_force", "optimal_fiber_length", "tendon_slack_length"):
            assert getattr(known, f"get_{quantity}")() != getattr(hidden, f"get_{quantity}")()
    file = ezc3d.c3d(str(recorded / "data" / "session_1_static.c3d"))
    markers = generic.getMarkerSet()
    names = [markers.get(i).getName() for i in range(markers.getSize())]
    assert names == file["parameters"]["POINT"]["LABELS"]["value"]


def test_a_diverged_trial_is_named_and_never_written(tmp_path, monkeypatch):
    # A knee that cannot bend as far as a swinging one does.
    monkeypatch.setitem(leg._RANGES_RAD, leg.KNEE, (-0.2, 0.7))
    record(tmp_path)
    assert not (tmp_path / "data" / f"{WALK}.c3d").exists()
    assert not (tmp_path / "truth" / f"{WALK}.nc").exists()
    assert (tmp_path / "data" / "session_1_mvc.c3d").exists()
    quality = pd.read_csv(tmp_path / "data" / "quality.csv")
    row = quality[(quality["trial"] == WALK) & ~quality["accepted"]].iloc[0]
    assert "P02 diverged" in row["reason"]


def test_a_stumble_is_named_and_never_written(tmp_path, monkeypatch):
    monkeypatch.setattr(virtual_gait, "MAX_TRACKING_ERROR_DEG", 0.01)
    monkeypatch.setattr(virtual_gait, "LEARNING_STRIDES", 0.1)
    walks = [trial for trial in list_trials(SMALL) if trial.name == WALK]
    monkeypatch.setattr(virtual_gait, "list_trials", lambda settings: walks)
    record(tmp_path)
    assert not (tmp_path / "data" / f"{WALK}.c3d").exists()
    quality = pd.read_csv(tmp_path / "data" / "quality.csv")
    row = quality[(quality["trial"] == WALK) & ~quality["accepted"]].iloc[0]
    assert "tracking_error_rms" in row["reason"]


def test_drawn_movements_are_conditions_like_any_speed():
    drawn = {"wanders": {"w": {}}, "free_reaches": {"f": {}}}
    for fixed in ({"fast": 1.5}, {}):
        settings = {**SMALL, **drawn, "speeds_m_s": fixed, "trials_per_session": 4}
        own = [t for t in list_trials(settings) if t.subject == "P01" and t.kind == "dynamic"]
        expected = [*fixed, "w", "f"]
        assert [t.condition for t in own] == [expected[k % len(expected)] for k in range(4)]
        assert virtual_gait.offers(settings).untouched == ["f"]
    # Nothing that was recorded without them changes.
    before, after = ({t.name: t for t in list_trials(s)} for s in (SMALL, {**SMALL, **drawn}))
    assert before == {name: after[name] for name in before}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"people": 0}, r"people is 0, allowed is a whole number from 1 to 100"),
        ({"speeds_m_s": {"fast": 9.0}}, r"fast is 9.0, allowed is a number from 0.5 to 1.7 m/s"),
        ({"speeds_m_s": {}}, r"names no condition"),
        ({"trial_s": 1.0}, r"trial_s is 1.0, allowed is a number from 3 to 60 s"),
        ({"co_contraction": 0.5}, r"co_contraction is 0.5, allowed is a number from 0 to 0.02"),
        ({"wanders": {"w": {"speeds_m_s": [0.8, 3.0]}}}, r"wanders: w: speeds_m_s is \[0.8, 3.0\]"),
        ({"wanders": {"w": {"speeds_m_s": [1.2, 1.2]}}}, r"expected 0.1 m/s between them"),
        ({"wanders": {"fast": {}}}, r"'fast' is in both"),
        (
            {"free_reaches": {"f": {"knee_deg": [0, 120]}}},
            r"f: knee_deg is \[0, 120\], allowed are",
        ),
        ({"free_reaches": {"f": {"hips_deg": [0, 9]}}}, r"unknown setting 'hips_deg'.*hip_deg"),
        ({"emg_rate_hz": 1030.0}, r"multiple of marker_rate_hz"),
        ({"peeple": 3}, r"unknown setting 'peeple'"),
    ],
)
def test_wrong_settings_are_refused_with_what_is_allowed(change, message):
    with pytest.raises(ConfigError, match=message):
        list_trials({**SMALL, **change})


def test_an_unknown_person_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="no person 'P09' of 2"):
        simulate_person(
            recording="gait",
            subject="P09",
            settings=SMALL,
            seed=1,
            recordings=tmp_path / "data",
            truth=tmp_path / "truth",
        )
