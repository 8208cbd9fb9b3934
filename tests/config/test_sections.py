"""Everything that is wrong with a configuration is said at the start, with what was meant."""

import copy
import subprocess
import sys
from dataclasses import dataclass, field

import pytest
import yaml
from pydantic import ValidationError
from reading import ROOT, SHIPPED, at, read, refused, written

from myopinn.config.entries import fitted_entries, list_entries, taken_entries
from myopinn.config.messages import write_lines
from myopinn.config.settings import hold_settings
from myopinn.errors import ConfigError
from myopinn.steps.read_study import read_and_keep, read_kept, read_study

GAIT = "recordings/schreiber2019"
# Where the documentation turns to recordings that are processed already.
PROCESSED = "## Joint angles and moments"


@pytest.fixture
def config():
    return copy.deepcopy(written("real_gait"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_study_that_is_shipped_keeps_to_the_schema(path):
    assert read_study(path)["study"]["name"]


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A study's folder three levels below that of the recordings, as the documentation has it."""
    folder = tmp_path / "a/b/c"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return tmp_path


def test_what_the_documentation_tells_to_write_can_be_written(config, study):
    for person in ("P01", "P02", "P03"):
        for name in ("cal_static", "cal_mvc", "1_slow", "2_heavy"):
            file = study / f"my_recordings/{person}/day1/{name}.c3d"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
    text = (ROOT / "docs/bring_your_own_data.md").read_text(encoding="utf-8").split(PROCESSED)[0]
    blocks = [part.split("```")[0] for part in text.split("```yaml\n")[1:]]
    written = yaml.safe_load("".join(blocks))["recordings"]["my_lab"]
    recording = config["recordings"]["schreiber2019"]
    recording.update(written)
    recording["dataset"]["channels"] = list(written["signals"]["emg"]["channels"])
    recording["dataset"]["cycle"] = {
        "from": "coordinate",
        "coordinate": "knee_angle_r",
        "prominence_deg": 20,
        "min_s": 0.5,
        "max_s": 2.0,
    }
    config["tasks"]["muscle_force"]["recordings"]["schreiber2019"]["channels"] = ["recfem"]
    read(config)


@pytest.fixture
def treadmill():
    return copy.deepcopy(written("hidden_channels"))


def test_what_it_tells_to_write_of_processed_recordings_can_be_written(treadmill, study):
    for name in ("1_slow", "2_fast"):
        file = study / f"my_results/P01/{name}/ik.sto"
        file.parent.mkdir(parents=True)
        file.write_text("endheader\ntime\ta\n0\t0\n60\t0\n")
    text = (ROOT / "docs/bring_your_own_data.md").read_text(encoding="utf-8").split(PROCESSED)[1]
    (block,) = [part.split("```")[0] for part in text.split("```yaml\n")[1:]]
    written = yaml.safe_load(block)["recordings"]["my_results"]
    recording = treadmill["recordings"]["ceinms_rt_treadmill"]
    opensim = recording["opensim"] | written.pop("opensim")
    recording.update(written, opensim=opensim)
    recording["dataset"]["channels"] = ["vas_lat"]
    task = treadmill["tasks"]["deep_emg"]
    task["recordings"]["ceinms_rt_treadmill"]["channels"] = ["vas_lat"]
    task["recordings"]["ceinms_rt_treadmill"]["electrodes"] = {"vas_lat_r": "vas_lat"}
    # With one channel alone there is none to hide.
    del task["hidden_channels"]
    read(treadmill)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("signals/emg/unit", None, "processed recordings need the key 'unit'"),
        ("signals/emg/state", "raw", "allowed are envelope"),
        ("signals/events", {"source": "file"}, "allowed are ground_forces"),
        ("signals/ground_forces/lowpass_hz", 12, "is not for processed recordings; remove it"),
        ("signals/ground_forces/feet/r/force", None, "need the key 'force'"),
        ("signals/markers", {"vertical_axis": "y", "forward": {"axis": "x"}}, "markers is not for"),
        ("opensim/inverse_kinematics", {"max_marker_rms_m": 1, "max_marker_error_m": 1}, "remove"),
    ],
)
def test_keys_of_the_other_kind_of_recording_are_refused(treadmill, path, value, said):
    place, _, key = path.rpartition("/")
    here = at(treadmill, f"recordings/ceinms_rt_treadmill/{place}")
    if value is None:
        del here[key]
    else:
        here[key] = value
    with pytest.raises(ConfigError, match=said):
        read(treadmill)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (f"{GAIT}/opensim/scaling/measurements", "C3D files need the key 'measurements'"),
        (f"{GAIT}/opensim/scaling", "C3D files need the key 'scaling'"),
        (f"{GAIT}/opensim/inverse_kinematics", "C3D files need the key 'inverse_kinematics'"),
        (f"{GAIT}/signals/markers", "C3D files need the key 'markers'"),
        (f"{GAIT}/signals/ground_forces/feet/r/markers", "need the key 'markers'"),
        (f"{GAIT}/signals/ground_forces/lowpass_hz", "need the key 'lowpass_hz'"),
    ],
)
def test_c3d_files_still_need_their_keys(config, path, said):
    place, _, key = path.rpartition("/")
    del at(config, place)[key]
    with pytest.raises(ConfigError, match=said):
        read(config)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"channels": ["vas_latt"], "splits": ["unseen_trials"]}, "Did you mean 'vas_lat'"),
        ({"channels": ["vas_lat"], "splits": ["unseen_trial"]}, "unseen_trials"),
    ],
)
def test_only_what_is_measured_can_be_hidden(treadmill, change, said):
    hidden = treadmill["tasks"]["deep_emg"]["hidden_channels"]
    hidden["recordings"]["ceinms_rt_treadmill"] = change
    with pytest.raises(ConfigError, match=said):
        read(treadmill)


def test_a_rival_has_to_be_among_those_that_channels_are_hidden_from(treadmill):
    treadmill["tasks"]["deep_emg"]["hidden_channels"]["variants"] = ["nmm", "mse_nmf"]
    with pytest.raises(ConfigError, match=r"'copy_agonists' is not in hidden_channels\.variants"):
        read(treadmill)


@pytest.mark.parametrize(
    ("path", "wrong", "right"),
    [
        ("", "recordngs", "recordings"),
        ("study", "sead", "seed"),
        (f"{GAIT}/signals", "ground_force", "ground_forces"),
        (f"{GAIT}/signals/emg", "chanels", "channels"),
        (f"{GAIT}/signals/markers/forward", "form", "from"),
        (f"{GAIT}/signals/ground_forces/feet/r", "marker", "markers"),
        (f"{GAIT}/opensim/scaling/measurements/0", "scale", "scales"),
        (f"{GAIT}/opensim/inverse_kinematics", "max_marker_rms_mm", "max_marker_rms_m"),
        (f"{GAIT}/opensim/muscle_forces/bounds", "max_reserve_shere", "max_reserve_share"),
        (f"{GAIT}/laboratory", "subject", "subjects"),
        (f"{GAIT}/dataset/cycle", "sid", "side"),
        ("tasks/muscle_force/training", "lerning_rate", "learning_rate"),
        ("tasks/muscle_force/recordings/schreiber2019", "muscels", "muscles"),
        ("statistics", "alfa", "alpha"),
    ],
)
def test_a_misspelt_key_stops_at_once_and_says_what_was_meant(config, path, wrong, right):
    place = at(config, path) if path else config
    place[wrong] = place.pop(right)
    with pytest.raises(ConfigError) as error:
        read(config)
    lines = str(error.value).splitlines()[1:]
    assert any(f"unknown key '{wrong}'. Did you mean '{right}'?" in line for line in lines)
    where = path.replace("/measurements/0", "/measurements[0]").replace("/", ".")
    assert any(line.startswith(f"  - {where or 'the configuration'}") for line in lines)
    # Said once: not as a missing key as well.
    assert not any(f"'{right}' is missing" in line for line in lines)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("study/seed", -1, r"study\.seed is -1, expected at least 0"),
        ("study/seed", "7", r"seed is '7', text, expected a whole number .* write 7,"),
        (f"{GAIT}/laboratory", {"nam": "schreiber2019"}, "'nam'. Did you mean 'name'"),
        (f"{GAIT}/signals/emg/state", "bandpassed", "allowed are raw, .* mean 'band_passed'"),
        (f"{GAIT}/signals/emg/band_hz", [450, 20], r"band_hz is \[450, 20\], .* smaller .* first"),
        (f"{GAIT}/signals/emg/band_hz", [20], "has 1 entries, expected at least 2"),
        (f"{GAIT}/signals/markers/forward", {"axis": "z"}, "forward.axis is the vertical axis"),
        (f"{GAIT}/signals/markers/forward", {"from": ["A"]}, "has 'from' but no 'to'"),
        (f"{GAIT}/signals/events", None, "cycle.from is events, but signals.events is null"),
        (f"{GAIT}/laboratory/name", "schreiber", "Did you mean 'schreiber2019'"),
        (f"{GAIT}/laboratory/subjects", [2014001], r"subjects\[0\] is 2014001, .* in quotes"),
        (f"{GAIT}/laboratory/subjects", "2014001", "is '2014001', text, expected a list"),
        (f"{GAIT}/opensim/muscle_forces/mesh_interval_s", 0.02, "is for moco_inverse, but the"),
        (f"{GAIT}/opensim/muscle_geometry/coordinates/knee_angle_r", [100, 0], "smaller"),
        (f"{GAIT}/dataset/channels", ["rectfem"], "Did you mean 'recfem'"),
        (f"{GAIT}/dataset/muscles", ["recfem_r", "bfsh_l"], "'bfsh_l' .* Did you mean 'bfsh_r'"),
        ("tasks/muscle_force/training/learning_rate", "1e-3", r"write 0\.001, without quotes"),
        ("tasks/muscle_force/training/seeds", [1, 1], "names 1 more than once"),
        ("tasks/muscle_force/variants", [], "is a list, expected keys with values"),
    ],
)
def test_a_value_that_makes_no_sense_is_named_by_its_key(config, path, value, said):
    parent, _, key = path.rpartition("/")
    at(config, parent)[key] = value
    with pytest.raises(ConfigError, match=said):
        read(config)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("channels", ["vasmid"], "'vasmid' is not in dataset.channels. Did you mean 'vasmed'"),
        ("coordinates", ["knee_angle"], "Did you mean 'knee_angle_r'"),
        ("muscles", ["bfsh"], "Did you mean 'bfsh_r'"),
        ("physics", {"coordinate": "knee_angl_r", "kind": "moment_balance"}, "'knee_angle_r'"),
        ("splits", ["across_subjects"], "allowed are within_session.* mean 'across_sessions'"),
    ],
)
def test_a_task_can_only_ask_for_what_its_recording_has(config, key, value, said):
    config["tasks"]["muscle_force"]["recordings"]["schreiber2019"][key] = value
    with pytest.raises(ConfigError, match=said):
        read(config)


def test_a_tasks_recording_must_exist(config):
    selections = config["tasks"]["muscle_force"]["recordings"]
    selections["schreiber2018"] = selections.pop("schreiber2019")
    with pytest.raises(ConfigError, match=r"'schreiber2018' .* Did you mean 'schreiber2019'"):
        read(config)


def asking(config, level, splits=("across_people",), recording="schreiber2019"):
    """Ask a question that compares one level with a network of its own."""
    own = {"variant": "cnn", "kernel_frames": 5}
    question = {"asks": "?", "recordings": {recording: list(splits)}}
    question["variants"] = {"of_the_task": level, "own": own}
    config["tasks"]["muscle_force"]["questions"] = {"kernel": question}
    return config


def test_a_level_of_a_question_may_be_the_name_of_an_entry(config):
    assert read(asking(config, "cnn_without_time"))
    entries = list_entries(config)["muscle_force", "kernel"]
    assert list(entries) == ["of_the_task", "own"]
    assert taken_entries(entries) == {"of_the_task": "cnn_without_time"}
    assert list(fitted_entries(entries)) == ["own"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"level": "cnn_wihout_time"},
            r"questions\.kernel\.variants\.of_the_task: 'cnn_wihout_time' is not in "
            r"tasks\.muscle_force\.variants\. Did you mean 'cnn_without_time'",
        ),
        (
            {"level": "cnn", "splits": ["across_people", "across_sessions"]},
            r"of_the_task is the task's entry 'cnn', which is not fitted on schreiber2019 under "
            r"across_sessions, but under across_people\. Write its settings here, or add "
            r"across_sessions to tasks\.muscle_force\.recordings\.schreiber2019\.splits",
        ),
        (
            {"level": "cnn", "recording": "schreiber2091"},
            r"questions\.kernel\.recordings: 'schreiber2091' is not in "
            r"tasks\.muscle_force\.recordings\. Did you mean 'schreiber2019'",
        ),
        ({"level": 5}, r"of_the_task is 5, a number, expected keys with values"),
    ],
)
def test_a_level_is_an_entry_that_the_task_fits_where_the_question_is_asked(config, asked, said):
    with pytest.raises(ConfigError, match=said) as error:
        read(asking(config, **asked))
    assert "one problem" in str(error.value)


def test_an_entry_of_a_task_cannot_be_the_name_of_another(config):
    config["tasks"]["muscle_force"]["variants"]["another"] = "cnn"
    with pytest.raises(ConfigError, match=r"variants\.another is 'cnn', text, expected keys with"):
        read(config)


def test_every_problem_is_listed_at_once(config):
    config["statistics"]["alpha"] = 1
    config["study"].pop("name")
    config["extra"] = 1
    with pytest.raises(ConfigError) as error:
        read(config)
    assert str(error.value).startswith("the configuration has 3 problems:")
    assert "the key 'name' is missing (Name of the study" in str(error.value)


def test_variants_are_checked_by_their_own_settings(config):
    variants = config["tasks"]["muscle_force"]["variants"]
    variants["pi_cnn"]["variant"] = "cmn"
    variants["gru"] = {"recurrent_unit": 5}
    said = refused(config)
    assert "2 problems" in said and "mean 'cnn'" in said and "'recurrent_units'" in said


@dataclass(frozen=True)
class Example:
    folder: str
    count: int = 1
    gain: float = 1.0
    names: tuple[str, ...] = ()
    masses_kg: dict[str, float] = field(default_factory=dict)
    note: str | None = None

    def __post_init__(self):
        if self.count == 13:
            raise ConfigError("count: not thirteen.")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"folder": "a", "gain": 2, "note": None, "masses_kg": {"P01": 70}}, ""),
        ({}, "lab: the key 'folder' is missing."),
        ({"foldr": "a"}, "lab: unknown key 'foldr'. Did you mean 'folder'?"),
        ({"folder": "a", "count": 1.5}, "lab.count is 1.5, a number, expected a whole number."),
        ({"folder": "a", "count": True}, "lab.count is True, true or false, expected a whole"),
        ({"folder": "a", "masses_kg": {7: 70.0}}, "lab.masses_kg, key '7', is 7, a number, expec"),
        (
            {"folder": "a", "note": 3},
            "lab.note is 3, a number, expected text or null. Put it in quotes.",
        ),
        ({"folder": "a", "count": 13}, "lab: count: not thirteen."),
    ],
)
def test_settings_are_held_to_their_dataclass(values, said):
    problems = []
    try:
        hold_settings(values, Example)
    except ValidationError as error:
        found = write_lines(error.errors(include_url=False), ("lab",))
        problems = [line for _, line in found]
    assert [problem[: len(said)] for problem in problems] == ([said] if said else [])


def test_a_job_of_the_workflow_starts_without_the_validator(tmp_path):
    """Each job reads the configuration and lists the trials; heavy imports would cost every one."""
    study = ROOT / "studies/real_gait/config.yaml"
    keep = "import sys; from myopinn.steps.read_study import *; read_and_keep(sys.argv[1])"
    code = (
        "import sys\n"
        "from myopinn.recordings import laboratory\n"
        "from myopinn.steps.read_study import read_kept\n"
        "settings = read_kept(sys.argv[1])['recordings']['schreiber2019']['laboratory']\n"
        "assert len(laboratory('schreiber2019').list_trials(settings)) == 30\n"
        "heavy = {'pydantic', 'numpy', 'pandas', 'xarray', 'opensim', 'torch', 'pooch'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    for run in (keep, code):
        subprocess.run([sys.executable, "-c", run, study], check=True, cwd=tmp_path)


def test_a_job_reads_a_study_anew_that_was_changed_since(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    study = tmp_path / "config.yaml"
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    study.write_text(text, encoding="utf-8")
    assert read_kept(study) == read_and_keep(study)
    study.write_text(text.replace("seed: 20261", "seed: 7"), encoding="utf-8")
    assert read_kept(study)["study"]["seed"] == 7
