"""The laboratory as the workflow calls it."""

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
from myopinn.recordings import virtual_wrist
from myopinn.recordings.virtual_wrist import list_trials
from myopinn.steps.provide_model import provide_model
from myopinn.steps.simulate_person import simulate_person

# What all of these rest on costs seconds and is made once, in one process.
pytestmark = pytest.mark.xdist_group("virtual_wrist")

SMALL = {
    "name": "virtual_wrist",
    "people": 2,
    "sessions": 2,
    "trials_per_session": 1,
    "trial_s": 4.0,
    "conditions_hz": {"slow": 0.6},
    "emg_rate_hz": 1000.0,
}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wrist")
    simulate_person(
        recording="wrist",
        subject="P02",
        settings=SMALL,
        seed=7,
        recordings=folder / "data" / "P02",
        truth=folder / "truth" / "P02",
    )
    return folder


def test_trials_are_listed_without_anything_heavy():
    code = (
        "import json, sys\n"
        "from myopinn.recordings.virtual_wrist import list_trials\n"
        f"n = len(list_trials({SMALL!r}))\n"
        "heavy = {'opensim', 'ezc3d', 'scipy', 'torch', 'xarray', 'pandas', 'numpy'}\n"
        "print(json.dumps([n, sorted(heavy & set(sys.modules))]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    count, heavy = json.loads(done.stdout)
    assert count == 2 * 2 * 3
    assert heavy == []


def test_every_session_has_a_static_an_mvc_and_the_dynamic_trials():
    trials = [t for t in list_trials({**SMALL, "trials_per_session": 5}) if t.subject == "P01"]
    for session in ("session_1", "session_2"):
        kinds = [t.kind for t in trials if t.session == session]
        assert kinds == ["static", "mvc", *["dynamic"] * 5]
    names = [t.name for t in trials]
    assert len(set(names)) == len(names)
    default = list_trials({"name": "virtual_wrist"})
    conditions = {t.condition for t in default if t.kind == "dynamic"}
    assert conditions == {"slow", "fast"}
    moving = next(t for t in default if t.kind == "dynamic")
    assert moving.load_kg == pytest.approx(0.02 * moving.mass_kg)


REACHES = {"usual": {}, "turned": {"load": 2.0, "gravity_deg": 60.0}}


def test_reaches_take_turns_with_other_conditions_and_have_their_load():
    listed = list_trials({**SMALL, "trials_per_session": 6, "reaches": REACHES})
    trials = [t for t in listed if t.subject == "P01" and t.kind == "dynamic"]
    first = [t for t in trials if t.session == "session_1"]
    assert [t.condition for t in first] == ["slow", "usual", "turned"] * 2
    loads = {t.condition: t.load_kg for t in first}
    assert loads["turned"] == pytest.approx(2 * loads["usual"]) == pytest.approx(2 * loads["slow"])
    alone = list_trials({**SMALL, "conditions_hz": {}, "reaches": REACHES})
    assert {t.condition for t in alone if t.kind == "dynamic"} == {"usual"}


def test_a_raised_forearm_is_free_in_the_model_and_seen_by_the_cameras(recorded, tmp_path):
    """Trials of other conditions are the same bytes as without."""
    settings = {**SMALL, "sessions": 1, "trials_per_session": 3, "reaches": REACHES}
    simulate_person(
        recording="wrist",
        subject="P02",
        settings=settings,
        seed=7,
        recordings=tmp_path / "data",
        truth=tmp_path / "truth",
    )
    for name in ("session_1_static.c3d", "session_1_mvc.c3d", "session_1_slow_1.c3d"):
        known = (recorded / "data" / "P02" / name).read_bytes()
        assert (tmp_path / "data" / name).read_bytes() == known
    raised = []
    for condition in REACHES:
        file = ezc3d.c3d(str(tmp_path / "data" / f"session_1_{condition}_1.c3d"))
        labels = file["parameters"]["POINT"]["LABELS"]["value"]
        points = np.nanmean(file["data"]["points"][:3], axis=2)
        elbow, wrist = (
            points[:, [labels.index(a), labels.index(b)]].mean(axis=1)
            for a, b in (("EL", "EM"), ("RS", "US"))
        )
        forward, _, up = wrist - elbow
        raised.append(np.degrees(np.arctan2(forward, -up)))
    assert raised[1] - raised[0] == pytest.approx(60.0, abs=0.5)
    provide_model(settings=settings, model=tmp_path / "generic.osim")
    generic = osim.Model(str(tmp_path / "generic.osim"))
    names = generic.getCoordinateSet()
    assert {names.get(i).getName() for i in range(2)} == {"forearm_flexion", "wrist_flexion"}


def test_every_listed_trial_is_recorded_and_its_truth_kept_apart(recorded):
    trials = [t for t in list_trials(SMALL) if t.subject == "P02"]
    data, truth = recorded / "data" / "P02", recorded / "truth" / "P02"
    assert {f.name for f in data.iterdir()} == {"quality.csv", *(t.file for t in trials)}
    assert {f.name for f in truth.iterdir()} == {"model.osim", *(f"{t.name}.nc" for t in trials)}
    assert pd.read_csv(data / "quality.csv")["accepted"].all()


def test_recordings_have_the_clock_of_their_truth(recorded):
    name = "session_1_slow_1"
    file = ezc3d.c3d(str(recorded / "data" / "P02" / f"{name}.c3d"))
    with xr.open_dataset(recorded / "truth" / "P02" / f"{name}.nc", engine="h5netcdf") as truth:
        angle = truth["joint_angle"].to_numpy()[:, 0]
        time = truth["time_s"].to_numpy()
        assert truth["tendon_force"].attrs["units"] == "N"
    labels = file["parameters"]["POINT"]["LABELS"]["value"]
    points = file["data"]["points"]
    assert points.shape[2] == 400 and file["data"]["analogs"].shape[2] == 4000
    assert time[0] == 0.0 and time[-1] == pytest.approx(4.0)
    forward = points[0, labels.index("MCP3")]
    seen = ~np.isnan(forward)
    at_frames = np.interp(np.arange(400) / 100.0, time, angle)
    assert np.corrcoef(forward[seen], at_frames[seen])[0, 1] > 0.99


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_person(recorded, tmp_path):
    settings = {**SMALL, "sessions": 1}
    for seed, folder in ((7, "same"), (8, "other")):
        simulate_person(
            recording="wrist",
            subject="P02",
            settings=settings,
            seed=seed,
            recordings=tmp_path / folder,
            truth=tmp_path / f"{folder}_truth",
        )
    for name in ("session_1_static.c3d", "session_1_mvc.c3d", "session_1_slow_1.c3d"):
        first = (recorded / "data" / "P02" / name).read_bytes()
        assert (tmp_path / "same" / name).read_bytes() == first
        assert (tmp_path / "other" / name).read_bytes() != first
    for name in ("model.osim", "session_1_slow_1.nc"):
        first = (recorded / "truth" / "P02" / name).read_bytes()
        assert (tmp_path / "same_truth" / name).read_bytes() == first


def test_the_analysis_gets_another_formulation_and_nobodys_parameters(recorded, tmp_path):
    provide_model(settings=SMALL, model=tmp_path / "generic.osim")
    generic = osim.Model(str(tmp_path / "generic.osim"))
    true = osim.Model(str(recorded / "truth" / "P02" / "model.osim"))
    for index in range(5):
        known = osim.DeGrooteFregly2016Muscle.safeDownCast(generic.getMuscles().get(index))
        hidden = osim.Millard2012EquilibriumMuscle.safeDownCast(true.getMuscles().get(index))
        assert known is not None and hidden is not None
        assert known.get_ignore_tendon_compliance() and not hidden.get_ignore_tendon_compliance()
        for quantity in ("max_isometric_force", "optimal_fiber_length", "tendon_slack_length"):
            assert getattr(known, f"get_{quantity}")() != getattr(hidden, f"get_{quantity}")()
    assert generic.getCoordinateSet().getSize() == 1
    file = ezc3d.c3d(str(recorded / "data" / "P02" / "session_1_static.c3d"))
    labels = file["parameters"]["POINT"]["LABELS"]["value"]
    markers = generic.getMarkerSet()
    assert [markers.get(i).getName() for i in range(markers.getSize())] == labels


def test_a_diverged_trial_is_named_and_never_written(tmp_path, monkeypatch):
    wild = dataclasses.replace(virtual_wrist.Settings.read(SMALL), conditions_hz={"slow": 0.6})
    object.__setattr__(wild, "amplitude_deg", 120.0)
    monkeypatch.setattr(virtual_wrist.Settings, "read", lambda settings: wild)
    settings = {**SMALL, "sessions": 1}
    simulate_person(
        recording="wrist",
        subject="P01",
        settings=settings,
        seed=1,
        recordings=tmp_path / "data",
        truth=tmp_path / "truth",
    )
    assert not (tmp_path / "data" / "session_1_slow_1.c3d").exists()
    assert not (tmp_path / "truth" / "session_1_slow_1.nc").exists()
    assert (tmp_path / "data" / "session_1_mvc.c3d").exists()
    quality = pd.read_csv(tmp_path / "data" / "quality.csv")
    row = quality[(quality["trial"] == "session_1_slow_1") & ~quality["accepted"]].iloc[0]
    assert "P01 diverged" in row["reason"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"people": 0}, r"people is 0, allowed is a whole number from 1 to 100"),
        ({"people": 2.5}, r"people is 2.5, allowed is a whole number"),
        ({"load_percent": -1.0}, r"load_percent is -1.0, allowed is a number from 0.5 to 4"),
        ({"trial_s": 1.0}, r"trial_s is 1.0, allowed is a number from 4 to 60 s"),
        ({"amplitude_deg": 90}, r"amplitude_deg is 90, allowed .* 5 to 50 degrees"),
        ({"conditions_hz": {"fast": 9.0}}, r"fast is 9.0, allowed .* 0.1 to 1.2 Hz"),
        ({"conditions_hz": {}}, r"names no condition"),
        ({"reaches": {"slow": {}}}, r"'slow' is in both"),
        ({"reaches": {"mvc": {}}}, r"'mvc' is a name that the project needs"),
        ({"reaches": {"far": {"load": 9}}}, r"far: load is 9, allowed is a number from 0.25 to 3"),
        ({"reaches": {"far": {"lood": 2}}}, r"far: unknown setting 'lood'. Did you mean 'load'\?"),
        ({"reaches": {"far": {"duration_s": [2, 1]}}}, r"from 0.25 to 4 s, the smaller one first"),
        ({"reaches": {"far": {"lost_electrodes": 1.5}}}, r"allowed is a whole number from 0 to 7"),
        ({"reaches": {"far": None}}, r"far is None, expected keys and values"),
        ({"emg_rate_hz": 1030.0}, r"multiple of marker_rate_hz"),
        ({"marker_noise_mm": "0.3"}, r"marker_noise_mm is '0.3'"),
        ({"peeple": 3}, r"unknown setting 'peeple'. Did you mean 'people'\?"),
    ],
)
def test_wrong_settings_are_refused_with_what_is_allowed(change, message):
    with pytest.raises(ConfigError, match=message):
        list_trials({**SMALL, **change})


def test_an_unknown_person_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="no person 'P09' of 2"):
        simulate_person(
            recording="wrist",
            subject="P09",
            settings=SMALL,
            seed=1,
            recordings=tmp_path / "data",
            truth=tmp_path / "truth",
        )
