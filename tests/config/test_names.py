"""Names that become files, and numbers and masses that cannot be, are refused at the start."""

import copy

import pytest
from reading import at, read, refused, written

from myopinn.checks.path_names import MAX_LENGTH, why_unfit
from myopinn.config.messages import key_path

TINY = written("tiny")
TREADMILL = written("hidden_channels")
WRIST = "recordings/virtual_wrist"
FORCE, DEEP = "tasks/muscle_force", "tasks/deep_emg"
# What a shell, a format, Snakemake, a path or another disk would make something else of.
UNFIT = [
    *("../../x", "sl/ow", "/tmp", ".hidden", "..", "-n", "a; touch b", "$(id)", "{trial}", "a b"),
    *("slow\n", "", "é", "a" * (MAX_LENGTH + 1), "a\\b", "a:b", "\x00"),
]


@pytest.fixture
def config():
    return copy.deepcopy(TINY)


@pytest.mark.parametrize("name", UNFIT)
def test_a_name_that_would_leave_its_folder_is_unfit(name):
    assert why_unfit(name).startswith(repr(name))


@pytest.mark.parametrize("name", ["P01", "2014001", "C4_05", "load_2.5kg", "a" * MAX_LENGTH])
def test_a_plain_name_is_fit(name):
    assert why_unfit(name) == ""


NAMED = [
    "recordings",
    f"{WRIST}/laboratory/conditions_hz",
    f"{WRIST}/signals/emg/channels",
    f"{FORCE}/variants",
    f"{FORCE}/questions",
    f"{FORCE}/questions/training_cycles/variants",
    f"{DEEP}/ceilings",
    f"{DEEP}/protocols/recordings/virtual_elbow/compared",
]


@pytest.mark.parametrize("path", NAMED)
@pytest.mark.parametrize("name", ["../../x", "a; touch b", "slow\n", "", "{trial}"])
def test_whatever_becomes_a_path_is_held_to_one_rule(config, path, name):
    place = at(config, path)
    other = next(iter(place.values()))
    place[name] = f"{other} 2" if isinstance(other, str) else copy.deepcopy(other)
    said = refused(config)
    assert "one problem" in said
    assert f"{name!r} becomes part of a path; a name may hold letters" in said


@pytest.mark.parametrize("path", NAMED)
def test_names_that_differ_in_capitals_alone_are_refused(config, path):
    place = at(config, path)
    name = list(place)[-1]
    other = place[name]
    place[name.swapcase()] = f"{other} 2" if isinstance(other, str) else copy.deepcopy(other)
    said = refused(config)
    assert "one problem" in said
    assert f"{name!r} and {name.swapcase()!r} differ in capitals alone" in said


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("recordings", "truth"),
        ("recordings", "deep_emg"),
        (f"{FORCE}/questions", "tuning"),
        (f"{DEEP}/questions", "hidden_channels"),
        (f"{WRIST}/laboratory/conditions_hz", "static"),
        (f"{WRIST}/laboratory/conditions_hz", "mvc"),
    ],
)
def test_a_name_that_the_project_needs_itself_is_refused(config, path, name):
    place = at(config, path)
    place[name] = copy.deepcopy(next(iter(place.values())))
    assert f"'{name}' is a name that the project needs itself; give another." in refused(config)


def test_speeds_of_walking_name_trials_as_well(config):
    laboratory = {"name": "virtual_gait", "speeds_m_s": {"../fast": 1.0}}
    config["recordings"]["virtual_wrist"]["laboratory"] = laboratory
    assert "speeds_m_s: '../fast' becomes part of a path" in refused(config)


def test_a_ceiling_has_a_name_of_its_own(config):
    deep = at(config, DEEP)
    deep["ceilings"]["nmm"] = deep["ceilings"]["supervised"]
    assert "ceilings.nmm: tasks.deep_emg.variants has an entry of this name" in refused(config)


def _numbers(value, path=()):
    """Every number of a configuration, by its path."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _numbers(item, (*path, key))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _numbers(item, (*path, position))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("shipped", [TINY, TREADMILL], ids=["tiny", "hidden_channels"])
def test_nan_and_infinity_are_refused_wherever_a_number_stands(shipped, number):
    config = copy.deepcopy(shipped)
    paths = list(_numbers(config))
    for *above, last in paths:
        place = config
        for key in above:
            place = place[key]
        place[last] = number
    lines = refused(config).splitlines()[1:]
    for path in paths:
        told = [line for line in lines if line.startswith(f"  - {key_path(path)} is {number}, ")]
        assert len(told) == 1, key_path(path)
    assert len(lines) == len(paths)


@pytest.mark.parametrize("mass", [0, -70, 1.9, 301, 70000, float("nan"), float("inf")])
def test_the_mass_of_a_model_is_that_of_a_person(mass):
    config = copy.deepcopy(TREADMILL)
    config["recordings"]["ceinms_rt_treadmill"]["opensim"]["scaling"] = {"mass_kg": mass}
    said = refused(config)
    assert (
        f"opensim.scaling.mass_kg is {mass}, " in said and "300 kg (Mass of the whole model" in said
    ) or "number of kg" in said


@pytest.mark.parametrize(
    ("laboratory", "said"),
    [
        ({"masses_kg": {"P01": 0}}, "masses_kg: P01 is 0, but people weigh 2 to 300 kg"),
        ({"masses_kg": {"P01": -70}}, "masses_kg: P01 is -70, but people"),
        ({"masses_kg": {"P01": 70000}}, "masses_kg: P01 is 70000, but people"),
        ({"masses_kg": {"P01": float("nan")}}, "masses_kg.P01 is nan, not a finite number"),
        ({"loads_kg": {"heavy": -1}}, "loads_kg: heavy is -1, but a hand holds 0 (empty) to 100"),
        ({"loads_kg": {"heavy": 70000}}, "loads_kg: heavy is 70000, but a hand"),
        ({"loads_kg": {"heavy": float("inf")}}, "loads_kg.heavy is inf, not a finite number"),
    ],
)
def test_masses_and_loads_that_cannot_be_are_refused(config, laboratory, said):
    files = {"folder": ".", "model": "m.osim", "files": ["{subject}/{trial}.c3d"]}
    laboratory = {"name": "c3d_folder", **files, **laboratory}
    config["recordings"]["virtual_wrist"]["laboratory"] = laboratory
    assert said in refused(config)


def test_an_empty_hand_and_a_light_person_are_not_refused(config, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for trial in ("1_none", "2_heavy", "3_heavy"):
        for day in "ab":
            file = tmp_path / f"P01/{day}/{trial}.c3d"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
    files = {"folder": ".", "model": "m.osim"}
    files["files"] = ["{subject}/{session}/{trial}_{condition}.c3d"]
    selection = config["tasks"]["muscle_force"]["recordings"]["virtual_wrist"]
    selection["splits"] = ["across_sessions"]
    possible = {"masses_kg": {"P01": 2.5}, "loads_kg": {"none": 0, "heavy": 20}}
    config["recordings"]["virtual_wrist"]["laboratory"] = {
        "name": "c3d_folder",
        **files,
        **possible,
    }
    read(config)


def test_two_loads_that_would_name_one_trial_are_refused(config):
    config["recordings"]["virtual_elbow"]["laboratory"]["loads_kg"] = [2, 2.0000001]
    assert "loads_kg names a value twice" in refused(config)
