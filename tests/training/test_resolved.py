"""What an entry comes to: defaults that are written or left out, its task's keys, its own."""

import json

import pytest

from myopinn.errors import ConfigError
from myopinn.steps.resolve_entries import resolve_entries
from myopinn.training.entry import SHOWN
from myopinn.training.resolved import ResolvedEntry, TaskSlice
from myopinn.variants import load_variant, variant_names

PHYSICS = {"coordinate": "elbow", "kind": "moment_balance"}
SELECTION = {
    **{"channels": ["flexor", "extensor"], "coordinates": ["elbow"], "muscles": ["flexor"]},
    **{"emg_normalisation": "mvc", "physics": PHYSICS},
}
TRAINING = {"seeds": [0, 1], "max_epochs": 5, "learning_rate": 0.01}


def resolve(name, values, task="muscle_force", **selection) -> ResolvedEntry:
    shown = SELECTION | selection
    return TaskSlice(task, "gait", shown, TRAINING).resolve(name, values)


def test_defaults_that_are_written_change_nothing():
    short = resolve("cnn", {}).settings()
    whole = {
        **{"variant": "cnn", "time_input": False, "channels": ["flexor", "extensor"]},
        **load_variant("cnn").described(),
        "training": {"weight_decay": 0.0001, "epoch_batches": 1, "seeds": [0, 1]},
    }
    assert resolve("any", whole).settings() == short


@pytest.mark.parametrize(
    ("values", "setting", "value"),
    [
        ({"time_input": True}, "time_input", True),
        ({"channels": ["flexor"]}, "channels", ["flexor"]),
        ({"train_cycles": 4}, "train_cycles", 4),
        ({"physics_weight": 1}, "physics_weight", 1.0),
        ({"training": {"learning_rate": 1}}, "training.learning_rate", 1.0),
        ({"training": {"seeds": [3]}}, "training.seeds", [3]),
    ],
)
def test_what_an_entry_writes_is_all_that_it_differs_in(values, setting, value):
    plain, own = resolve("cnn", {}).settings(), resolve("cnn", values).settings()
    assert own == plain | {setting: value} != plain


def test_the_task_counts_where_the_entry_is_silent():
    """So that an entry may be the same as another in one recording, and not in the next."""
    told, silent = {"time_input": True}, {}
    for time_input in (True, False):
        settings = [
            resolve("cnn", values, time_input=time_input).settings() for values in (told, silent)
        ]
        assert (settings[0] == settings[1]) is time_input


def test_inputs_that_a_variant_always_sees_are_not_its_entry_s():
    """Static optimisation cannot do without the moment, whatever stands under it."""
    bare = resolve("static_optimization", {}, "deep_emg").settings()
    assert bare["moment_input"] is True
    said = resolve("static_optimization", {"moment_input": True}, "deep_emg").settings()
    assert said == bare


@pytest.mark.parametrize("variant", variant_names())
def test_every_setting_has_a_meaning(variant):
    task = "muscle_force" if variant in variant_names("muscle_force") else "deep_emg"
    read = resolve(variant, {}, task)
    assert set(read.settings()) - set(read.meanings()) == {"variant"}
    assert set(SHOWN) < set(read.meanings())


def test_the_file_holds_every_question_and_recording(tmp_path):
    resolve_entries(
        task="muscle_force",
        entries={"": {"cnn": {}}, "cycles": {"4": {"variant": "cnn", "train_cycles": 4}}},
        recordings={"one": SELECTION, "two": SELECTION | {"time_input": True}},
        training=TRAINING,
        resolved=tmp_path / "force.json",
    )
    written = json.loads((tmp_path / "force.json").read_text())
    settings = written["settings"]
    assert {place: own["cnn"]["time_input"] for place, own in settings[""].items()} == {
        "one": False,
        "two": True,
    }
    assert settings["cycles"]["two"]["4"] == settings[""]["two"]["cnn"] | {"train_cycles": 4}
    assert written["meanings"]["cnn"]["training.patience"].endswith("trials, in epochs")


def test_what_cannot_be_is_refused():
    with pytest.raises(ConfigError, match="no key 'droput'"):
        resolve("cnn", {"droput": 0.1})
