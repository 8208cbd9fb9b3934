"""What laboratories of virtual people share: settings, trials, and what they write of a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from myopinn.checks.settings import setting
from myopinn.errors import ConfigError, TrialError
from myopinn.files.layouts.truth import TRUTH
from myopinn.files.netcdf import read_netcdf
from myopinn.recordings.simulating import person as simulating
from myopinn.recordings.simulating.instruments import InstrumentSettings
from myopinn.recordings.simulating.people import PeopleSettings
from myopinn.recordings.simulating.sessions import in_turn, list_sessions
from myopinn.recordings.simulating.truth import write_truth
from myopinn.records.quality import QualityLog
from myopinn.virtual.people import body_mass_kg
from myopinn.virtual.simulation import Truth


@dataclass(frozen=True)
class Settings(InstrumentSettings):
    name: str = "virtual_toe"
    people: int = setting("virtual people", 2, ge=1, le=9)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"people": 0}, "people is 0, allowed is a whole number from 1 to 9."),
        ({"people": 2.5}, "people is 2.5, allowed is a whole number"),
        ({"people": True}, "people is True"),
        ({"marker_noise_mm": float("nan")}, "marker_noise_mm is nan, allowed is a number"),
        ({"emg_rate_hz": 1050.0}, "must be a multiple of marker_rate_hz, 100"),
        ({"peple": 2}, "unknown setting 'peple'. Did you mean 'people'?"),
    ],
)
def test_a_setting_outside_of_its_range_is_refused(wanted, said):
    with pytest.raises(ConfigError) as refused:
        Settings.read(wanted)
    assert str(refused.value).startswith("virtual_toe: ") and said in str(refused.value)


@dataclass(frozen=True)
class OfPeople(PeopleSettings):
    name: str = "virtual_toe"


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"sharing_laws": []}, "sharing_laws is [], expected a list of one law or more"),
        ({"sharing_laws": "synergies"}, "expected a list of one law or more of least_effort,"),
        (
            {"sharing_laws": ["synergy"]},
            "there is no law 'synergy', there are least_effort, least_fatigue, synergies, "
            "optimal_feedback. Did you mean 'synergies'?",
        ),
        ({"cross_talk": 0.05}, "cross_talk is 0.05, expected the least and the largest value"),
        ({"cross_talk": [0.05, 0.9]}, "cross_talk is 0.9, allowed is a number from 0 to 0.5"),
        ({"emg_power": [1.3, 0.7]}, "emg_power is [1.3, 0.7], the least value has to come first"),
        ({"mvc_effort": [0.7, 1.2]}, "mvc_effort is 1.2, allowed is a number from 0.3 to 1"),
        ({"electrode_shift": [0.1]}, "expected the least and the largest value"),
        ({"spectrum_power": "ab"}, "spectrum_power is 'ab', expected the least and the largest"),
    ],
)
def test_people_who_differ_in_what_cannot_be_are_refused(wanted, said):
    with pytest.raises(ConfigError) as refused:
        OfPeople.read(wanted)
    assert str(refused.value).startswith("virtual_toe: ") and said in str(refused.value)


def test_how_people_differ_is_what_was_set():
    asked = {"mvc_effort": [0.7, 1.0], "sharing_laws": ["synergies", "least_effort"]}
    differences = OfPeople.read(asked).differences()
    assert differences.mvc_effort == (0.7, 1.0) and differences.cross_talk == (0.05, 0.05)
    assert differences.sharing_laws == ("synergies", "least_effort")


def test_instruments_are_in_si_units():
    settings = Settings.read({"marker_noise_mm": 0.5, "marker_placement_mm": 3.0})
    cameras = settings.cameras()
    assert (cameras.noise_m, cameras.placement_m) == (0.0005, 0.003)
    assert settings.electrodes().rate_hz == settings.emg_rate_hz


@dataclass(frozen=True)
class Paced(InstrumentSettings):
    name: str = "virtual_toe"
    rates: Mapping[str, float] = setting("of each condition", {"slow": 0.5}, each=(0.1, 2.0))

    def __post_init__(self):
        super().__post_init__()
        self.check_conditions("rates")


def test_conditions_are_names_of_files_within_their_bounds():
    Paced()
    for bad in ({}, {"static": 0.5}, {"a/b": 0.5}, {"slow": 3.0}):
        with pytest.raises(ConfigError, match="virtual_toe: rates"):
            Paced(rates=bad)


def test_every_session_of_everybody_follows_the_plan():
    def plan(mass_kg):
        yield "static", "static", "", 0.02 * mass_kg
        for name, condition in in_turn(["slow", "fast"], 3):
            yield name, "dynamic", condition, 0.0

    trials = list_sessions(2, 2, plan)
    assert len(trials) == len({(t.subject, t.name) for t in trials}) == 2 * 2 * 4
    assert [t.name for t in trials[:4]] == [
        f"session_1_{name}" for name in ("static", "slow_1", "fast_1", "slow_2")
    ]
    assert trials[-1].subject == "P02" and trials[-1].mass_kg == body_mass_kg(1)
    assert all(t.load_kg == 0.02 * t.mass_kg for t in trials if t.kind == "static")


SOMEBODY = SimpleNamespace(
    name="P01",
    anatomy=SimpleNamespace(muscle_names=("flexor", "extensor"), coordinates=("toe",)),
    muscles=SimpleNamespace(activation_s=0.01, deactivation_s=0.04),
    electromechanical_delay_s=0.05,
    law="least_fatigue",
)


def truth(rows=3):
    rng = np.random.default_rng(0)
    of_muscles = {
        name: rng.random((rows, 2))
        for name in ("excitation", "activation", "tendon_force", "fiber_length", "fiber_velocity")
    }
    of_joints = {
        name: rng.random((rows, 1))
        for name in ("joint_angle", "joint_velocity", "joint_acceleration", "target_angle")
    }
    arms = rng.random((rows, 1, 2))
    return Truth(time_s=np.arange(rows) * 0.005, moment_arm=arms, **of_muscles, **of_joints)


def test_the_truth_is_kept_whole_with_who_it_is_of(tmp_path):
    happened = truth()
    write_truth("toes", SOMEBODY, happened, tmp_path / "walk.nc")
    kept = read_netcdf(tmp_path / "walk.nc", TRUTH)
    for name in TRUTH.variables:
        np.testing.assert_array_equal(kept[name].values, getattr(happened, name))
    moment = (kept["moment_arm"] * kept["tendon_force"]).sum("muscle")
    np.testing.assert_allclose(moment, kept["joint_moment"])
    assert list(kept["muscle"].values) == ["flexor", "extensor"]
    assert kept.attrs["subject"] == "P01" and kept.attrs["electromechanical_delay_s"] == 0.05
    assert kept.attrs["sharing_law"] == "least_fatigue"


def test_who_stumbles_in_one_trial_leaves_no_file_of_it_and_the_others_go_on(tmp_path, monkeypatch):
    def perform(laboratory, person, worn, trial, task, seed, log):
        if task == "stumble":
            raise TrialError("the simulation diverged.", remedy="take another seed.")
        return truth(), "recorded"

    for name, stub in {
        "perform_trial": perform,
        "quiet_opensim": lambda: None,
        "admit_person": lambda *_: SOMEBODY,
        "equip_person": lambda *_: (None, None),
        "write_model": lambda anatomy, muscles, path: path.write_text("model"),
        "write_c3d": lambda path, recorded: path.write_text(recorded),
    }.items():
        monkeypatch.setattr(simulating, name, stub)
    files, hidden = tmp_path / "files", tmp_path / "hidden"
    files.mkdir()
    hidden.mkdir()
    trials = list_sessions(2, 1, lambda mass_kg: [(n, "dynamic", "", 0.0) for n in ("a", "b")])
    log = QualityLog("toe", "P01", "simulate_person")

    def record(subject):
        simulating.record_person(
            SimpleNamespace(name="virtual_toe"),
            trials,
            lambda trial: "stumble" if trial.name.endswith("a") else "walk",
            subject=subject,
            seed=1,
            recordings=files,
            truth=hidden,
            log=log,
        )

    record("P01")
    assert [path.name for path in files.iterdir()] == ["session_1_b.c3d"]
    assert {path.name for path in hidden.iterdir()} == {"model.osim", "session_1_b.nc"}
    assert log.rejected("session_1_a") and not log.rejected("session_1_b")
    with pytest.raises(ConfigError, match="virtual_toe: there is no person 'P03' of 2"):
        record("P03")
