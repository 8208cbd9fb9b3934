"""The laboratory of the elbow as the workflow calls it."""

import dataclasses
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
from myopinn.recordings import virtual_elbow
from myopinn.recordings.virtual_elbow import list_trials
from myopinn.steps.provide_model import provide_model
from myopinn.steps.simulate_person import simulate_person
from myopinn.virtual.elbow import DEEP, LOAD, MUSCLES

# What all of these rest on costs seconds and is made once, in one process.
pytestmark = pytest.mark.xdist_group("virtual_elbow")

SMALL = {
    "name": "virtual_elbow",
    "people": 2,
    "sessions": 1,
    "loads_kg": [0.5],
    "trials_per_load": 1,
    "overhead_loads_kg": [],
    "isometric_angles_deg": [60],
    "trial_s": 4.0,
    "isometric_s": 8.0,
    "emg_rate_hz": 1000.0,
}
MOVING, ISOMETRIC = "session_1_load_0p5kg_1", "session_1_isometric_60deg"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("elbow")
    simulate_person(
        recording="elbow",
        subject="P02",
        settings=SMALL,
        seed=7,
        recordings=folder / "data",
        truth=folder / "truth",
    )
    return folder


def read_truth(folder, trial):
    with xr.open_dataset(
        folder / "truth" / f"{trial}.nc", engine="h5netcdf", decode_timedelta=False
    ) as truth:
        return truth.load()


def analog(folder, trial, label):
    file = ezc3d.c3d(str(folder / "data" / f"{trial}.c3d"))
    labels = file["parameters"]["ANALOG"]["LABELS"]["value"]
    return file["data"]["analogs"][0][labels.index(label)]


def test_trials_are_listed_without_anything_heavy():
    code = (
        "import json, sys\n"
        "from myopinn.recordings.virtual_elbow import list_trials\n"
        f"n = len(list_trials({SMALL!r}))\n"
        "heavy = {'opensim', 'ezc3d', 'scipy', 'torch', 'xarray', 'pandas', 'numpy'}\n"
        "print(json.dumps([n, sorted(heavy & set(sys.modules))]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [2 * 4, []]


def test_the_study_has_its_loads_and_what_identifies_parameters():
    trials = [t for t in list_trials({"name": "virtual_elbow"}) if t.subject == "P03"]
    moving = [t for t in trials if t.kind == "dynamic"]
    loads = {t.condition: t.load_kg for t in moving}
    assert loads == {"load_0kg": 0.0, "load_2kg": 2.0, "load_4kg": 4.0, "overhead_2kg": 2.0}
    still = [t for t in trials if t.condition.startswith("isometric")]
    assert len(still) == 2 * 4 and {t.kind for t in still} == {"mvc"}
    assert all(t.load_kg == 0.0 for t in trials if t.kind != "dynamic")
    assert len({t.name for t in trials}) == len(trials)
    finer = list_trials({"name": "virtual_elbow", "loads_kg": [0, 1, 2.5, 4]})
    assert {t.load_kg for t in finer if t.condition.startswith("load")} == {0.0, 1.0, 2.5, 4.0}
    # A name is the stem of files, and only what is after its one point is an extension.
    assert all("." not in t.name for t in finer)


def test_every_listed_trial_is_recorded_and_its_truth_kept_apart(recorded):
    trials = [t for t in list_trials(SMALL) if t.subject == "P02"]
    data, truth = recorded / "data", recorded / "truth"
    assert {f.name for f in data.iterdir()} == {"quality.csv", *(t.file for t in trials)}
    assert {f.name for f in truth.iterdir()} == {"model.osim", *(f"{t.name}.nc" for t in trials)}
    assert pd.read_csv(data / "quality.csv")["accepted"].all()


def test_deep_muscles_have_no_electrode_but_a_truth(recorded):
    file = ezc3d.c3d(str(recorded / "data" / f"{MOVING}.c3d"))
    labels = file["parameters"]["ANALOG"]["LABELS"]["value"]
    assert labels == [f"EMG {name}" for name in MUSCLES if name not in DEEP]
    truth = read_truth(recorded, MOVING)
    assert list(truth["muscle"].values) == list(MUSCLES)
    assert truth["excitation"].sel(muscle=list(DEEP)).max() > 0.05


def test_flexors_and_extensors_both_work_in_a_curl(recorded):
    truth = read_truth(recorded, MOVING)
    angle = np.degrees(truth["joint_angle"].values[:, 0])
    assert np.ptp(angle) > 60.0
    level, beyond = angle < 60.0, angle > 105.0
    drive = truth["excitation"]
    for name in ("BIClong", "BRA", "BRD"):
        own = drive.sel(muscle=name).values
        assert own[level].mean() > 1.3 * own[beyond].mean()
    own = drive.sel(muscle="TRIlat").values
    assert own[beyond].mean() > 1.3 * own[level].mean()


def test_the_dynamometer_takes_what_muscles_and_weight_leave(recorded):
    measured = analog(recorded, ISOMETRIC, "Moment elbow_flexion")
    truth = read_truth(recorded, ISOMETRIC)
    clock = np.arange(len(measured)) / 1000.0
    muscles = np.interp(clock, truth["time_s"].values, truth["joint_moment"].values[:, 0])
    weight = measured + muscles
    # The hanging arm at 60 degrees: 1.5 kg at 0.13 m and 0.4 kg at 0.34 m, times sin 60 degrees.
    assert 1.5 < weight.mean() < 5.0
    assert weight.std() == pytest.approx(0.2, rel=0.1)
    assert np.ptp(measured) > 40.0
    assert "Moment elbow_flexion" not in str(
        ezc3d.c3d(str(recorded / "data" / f"{MOVING}.c3d"))["parameters"]["ANALOG"]["LABELS"]
    )


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_person(recorded, tmp_path):
    settings = SMALL | {"isometric_angles_deg": []}
    for seed, folder in ((7, "same"), (8, "other")):
        simulate_person(
            recording="elbow",
            subject="P02",
            settings=settings,
            seed=seed,
            recordings=tmp_path / folder,
            truth=tmp_path / f"{folder}_truth",
        )
    for name in ("session_1_static.c3d", "session_1_mvc.c3d", f"{MOVING}.c3d"):
        first = (recorded / "data" / name).read_bytes()
        assert (tmp_path / "same" / name).read_bytes() == first
        assert (tmp_path / "other" / name).read_bytes() != first
    for name in ("model.osim", f"{MOVING}.nc"):
        first = (recorded / "truth" / name).read_bytes()
        assert (tmp_path / "same_truth" / name).read_bytes() == first


def test_the_analysis_gets_another_formulation_and_a_hand_to_put_loads_into(recorded, tmp_path):
    provide_model(settings=SMALL, model=tmp_path / "generic.osim")
    generic = osim.Model(str(tmp_path / "generic.osim"))
    true = osim.Model(str(recorded / "truth" / "model.osim"))
    for index in range(len(MUSCLES)):
        known = osim.DeGrooteFregly2016Muscle.safeDownCast(generic.getMuscles().get(index))
        hidden = osim.Millard2012EquilibriumMuscle.safeDownCast(true.getMuscles().get(index))
        assert known.get_ignore_tendon_compliance() and not hidden.get_ignore_tendon_compliance()
        for quantity in ("max_isometric_force", "optimal_fiber_length", "tendon_slack_length"):
            assert getattr(known, f"get_{quantity}")() != getattr(hidden, f"get_{quantity}")()
    assert generic.getBodySet().get(LOAD).getMass() < 0.01
    # Else inverse kinematics, starting from the hanging arm, may end whole turns away.
    coordinates = generic.getCoordinateSet()
    assert coordinates.getSize() == 2
    assert all(coordinates.get(i).getDefaultClamped() for i in range(2))
    file = ezc3d.c3d(str(recorded / "data" / "session_1_static.c3d"))
    labels = file["parameters"]["POINT"]["LABELS"]["value"]
    markers = generic.getMarkerSet()
    assert [markers.get(i).getName() for i in range(markers.getSize())] == labels


def test_a_diverged_trial_is_named_and_never_written(tmp_path, monkeypatch):
    wild = virtual_elbow.Settings(**(SMALL | {"isometric_angles_deg": []}))
    object.__setattr__(wild, "center_deg", 140.0)
    monkeypatch.setattr(virtual_elbow.Settings, "read", lambda settings: wild)
    simulate_person(
        recording="elbow",
        subject="P01",
        settings=SMALL,
        seed=1,
        recordings=tmp_path / "data",
        truth=tmp_path / "truth",
    )
    assert not (tmp_path / "data" / f"{MOVING}.c3d").exists()
    assert not (tmp_path / "truth" / f"{MOVING}.nc").exists()
    assert (tmp_path / "data" / "session_1_mvc.c3d").exists()
    quality = pd.read_csv(tmp_path / "data" / "quality.csv")
    row = quality[(quality["trial"] == MOVING) & ~quality["accepted"]].iloc[0]
    assert "P01 diverged" in row["reason"]


REACHES = {"usual": {}, "turned": {"load": 1.5, "gravity_deg": -60.0}}


def test_reaches_have_their_load_and_posture(tmp_path):
    settings = {**SMALL, "people": 1, "loads_kg": [], "isometric_angles_deg": []}
    settings |= {"reaches": REACHES, "reach_load_kg": 1.0, "trials_per_reach": 1}
    loads = {t.condition: t.load_kg for t in list_trials(settings) if t.kind == "dynamic"}
    assert loads == {"usual": 1.0, "turned": 1.5}
    simulate_person(
        recording="elbow",
        subject="P01",
        settings=settings,
        seed=7,
        recordings=tmp_path / "data",
        truth=tmp_path / "truth",
    )
    raised = []
    for condition in REACHES:
        file = ezc3d.c3d(str(tmp_path / "data" / f"session_1_{condition}_1.c3d"))
        labels = file["parameters"]["POINT"]["LABELS"]["value"]
        points = np.nanmean(file["data"]["points"][:3], axis=2)
        elbow = points[:, [labels.index("EL"), labels.index("EM")]].mean(axis=1)
        forward, _, up = elbow - points[:, labels.index("AC")]
        raised.append(np.degrees(np.arctan2(forward, -up)))
    assert raised[0] - raised[1] == pytest.approx(60.0, abs=10.0)
    angle = read_truth(tmp_path, "session_1_usual_1")["joint_angle"].to_numpy()
    assert 24.0 - 5.0 < np.degrees(angle).min() < np.degrees(angle).max() < 120.0 + 5.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"people": 0}, r"people is 0, allowed is a whole number from 1 to 100"),
        ({"loads_kg": [0, -1]}, r"loads_kg is -1, allowed is a number from 0 to 8 kg"),
        ({"loads_kg": []}, r"loads_kg is empty, and there are no reaches"),
        ({"reaches": {"load_far": {}}}, r"load_far: names with 'load_' are those of other trials"),
        ({"reaches": {"a": {"gravity_deg": 120}}}, r"the limb to 210 degrees, allowed are -20 to"),
        ({"reaches": {"a": {"fatigue": -1}}}, r"a: fatigue is -1, allowed is a number from 0 to"),
        ({"loads_kg": [2, 2.0]}, r"loads_kg names a value twice"),
        ({"overhead_loads_kg": [9]}, r"overhead_loads_kg is 9, allowed .* 0 to 4 kg"),
        ({"rates_hz": [5.0]}, r"rates_hz is 5.0, allowed .* 0.1 to 0.8 Hz"),
        ({"isometric_angles_deg": [200]}, r"isometric_angles_deg is 200, allowed .* 10 to 130"),
        ({"amplitude_deg": 90}, r"amplitude_deg is 90, allowed .* 5 to 50 degrees"),
        ({"emg_rate_hz": 1030.0}, r"multiple of marker_rate_hz"),
        ({"marker_noise_mm": "0.3"}, r"marker_noise_mm is '0.3'"),
        ({"load_kg": 3}, r"unknown setting 'load_kg'. Did you mean 'loads_kg'\?"),
    ],
)
def test_wrong_settings_are_refused_with_what_is_allowed(change, message):
    with pytest.raises(ConfigError, match=message):
        list_trials(SMALL | change)


def test_an_unknown_person_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="no person 'P09' of 2"):
        simulate_person(
            recording="elbow",
            subject="P09",
            settings=SMALL,
            seed=1,
            recordings=tmp_path / "data",
            truth=tmp_path / "truth",
        )


def test_defaults_are_those_of_the_five_people():
    settings = dataclasses.asdict(virtual_elbow.Settings())
    assert (settings["people"], settings["sessions"]) == (5, 2)
    assert tuple(settings["loads_kg"]) == (0.0, 2.0, 4.0)
