"""A study that extends another says only what is its own, and what is wrong has its line."""

import json

import pytest
import yaml
from reading import INSTALLED, ROOT, SHIPPED, written

from myopinn.config.layers import load_study, write_out_likes
from myopinn.config.read import resolve
from myopinn.errors import ConfigError
from myopinn.steps.read_study import read_study
from myopinn.steps.write_config import write_config

BASE = """\
study: {name: Base, seed: 1}
folds:
  test_share: 0.25
tasks:
  muscle_force:
    variants:
      cnn: {kernel_frames: 5, training: {learning_rate: 0.1, seeds: [0, 1]}}
      pi_cnn: {like: cnn, physics_weight: 1.0}
      elm: {}
"""


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name / "config.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    write("base", BASE)
    return write


def load(path):
    source = load_study(path)
    values, problems = write_out_likes(source.values, source.places)
    assert problems == []
    return values


def test_mappings_are_merged_deeply_and_all_else_is_replaced(write):
    own = """\
extends: ../base/config.yaml
study: {seed: 7}
tasks: {muscle_force: {variants: {cnn: {training: {seeds: [5]}}, svr: {}}}}
"""
    values = load(write("own", own))
    assert values["study"] == {"name": "Base", "seed": 7}
    variants = values["tasks"]["muscle_force"]["variants"]
    assert list(variants) == ["cnn", "pi_cnn", "elm", "svr"]
    assert variants["cnn"]["training"] == {"learning_rate": 0.1, "seeds": [5]}
    assert "extends" not in values


def test_an_entry_follows_what_a_study_changes_of_the_one_that_it_is_like(write):
    own = """\
extends: ../base/config.yaml
tasks: {muscle_force: {variants: {cnn: {kernel_frames: 7}}}}
"""
    entry = load(write("own", own))["tasks"]["muscle_force"]["variants"]["pi_cnn"]
    assert entry["kernel_frames"] == 7
    assert entry["variant"] == "cnn" and entry["physics_weight"] == 1.0


def test_a_key_of_an_entry_that_is_like_another_is_replaced_whole(write):
    own = BASE.replace("physics_weight: 1.0", "training: {learning_rate: 0.2}")
    entry = load(write("own", own))["tasks"]["muscle_force"]["variants"]["pi_cnn"]
    assert entry["training"] == {"learning_rate": 0.2}


def test_what_is_not_wanted_is_taken_away_first(write):
    own = """\
extends: ../base/config.yaml
without: {tasks: {muscle_force: {variants: [elm, cnn]}}, folds: test_share}
tasks: {muscle_force: {variants: {cnn: {hidden_units: [8]}}}}
"""
    values = load(write("own", own))
    assert values["folds"] == {}
    assert values["tasks"]["muscle_force"]["variants"]["cnn"] == {"hidden_units": [8]}
    assert "elm" not in values["tasks"]["muscle_force"]["variants"]


def test_several_are_laid_over_each_other_and_a_study_over_them(write):
    write("more", "study: {name: More}\nfolds: {stop_share: 0.2}\n")
    own = "extends: [../base/config.yaml, ../more/config.yaml]\nfolds: {stop_share: 0.1}\n"
    values = load(write("own", own))
    assert values["study"] == {"name": "More", "seed": 1}
    assert values["folds"] == {"test_share": 0.25, "stop_share": 0.1}


def test_a_study_that_is_extended_may_extend_another(write):
    middle = write("middle", "extends: ../base/config.yaml\nstudy: {seed: 2}\n")
    source = load_study(write("own", "extends: ../middle/config.yaml\nstudy: {name: Own}\n"))
    assert source.values["study"] == {"name": "Own", "seed": 2}
    assert [file.resolve() for file in source.files][1] == middle
    assert len(source.files) == 3


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("extends: ../bse/config.yaml\n", ", line 1: 'extends': there is no file '../bse/config"),
        ("study: {}\nextends: ../own/config.yaml\n", ", line 2: .* extends this study in turn"),
        ("extends: 5\n", ", line 1: 'extends' is 5; write the path of another"),
        ("without: {a: b}\n", ", line 1: 'without' takes away from what a study extends"),
        (
            "extends: ../base/config.yaml\nwithout:\n  tasks:\n"
            "    muscle_force: {variants: [elmm]}\n",
            r", line 4: 'without\.tasks\.muscle_force\.variants\.elmm': .*Did you mean 'elm'\?",
        ),
        (
            "extends: ../base/config.yaml\nwithout: {foldes: [test_share]}\n",
            ", line 2: 'without.foldes': .*Did you mean 'folds'",
        ),
    ],
)
def test_layers_that_make_no_sense_are_refused_with_their_line(write, own, said):
    path = write("own", own)
    with pytest.raises(ConfigError, match=said) as error:
        load_study(path)
    assert str(error.value).startswith(str(path))


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{like: cnm}", "pi_cnn.like is 'cnm', which is no entry of the task. Did you mean 'cnn'?"),
        ("{like: pi_cnn}", "pi_cnn.like is 'pi_cnn', which is like itself in turn; write it out."),
    ],
)
def test_an_entry_is_like_one_that_is_there(write, entry, said):
    source = load_study(write("own", BASE.replace("{like: cnn, physics_weight: 1.0}", entry)))
    with pytest.raises(ConfigError) as error:
        resolve(source.values, INSTALLED, source.places)
    assert f"line 8: tasks.muscle_force.variants.{said}" in str(error.value)


def test_a_problem_has_the_file_and_line_in_which_the_value_stands(tmp_path):
    own = tmp_path / "config.yaml"
    own.write_text(
        f"extends: {ROOT}/config.yaml\n"
        "study:\n  seed: -1\n"
        "tasks:\n  muscle_force:\n    variants:\n"
        "      cnn: {kernel_frames: 1001}\n"
        "without: {folds: [stop_share]}\n"
    )
    with pytest.raises(ConfigError) as error:
        read_study(own)
    said = str(error.value)
    assert f"{own}, line 3: study.seed is -1," in said
    # And of every entry that is like this one.
    assert f"{own}, line 7: tasks.muscle_force.variants.cnn.kernel_frames is 1001" in said
    assert f"{own}, line 7: tasks.muscle_force.variants.pi_cnn.kernel_frames is 1001" in said
    base = (ROOT / "config.yaml").read_text().splitlines()
    folds = 1 + next(n for n, line in enumerate(base) if line.startswith("folds:"))
    assert f"{ROOT}/config.yaml, line {folds}: folds: the key 'stop_share' is missing" in said


def test_anchors_and_merges_work_as_before(write):
    text = BASE.replace("cnn: {kernel", "cnn: &cnn {kernel", 1)
    text = text.replace("{like: cnn, phy", "{<<: *cnn, variant: cnn, phy")
    assert load(write("own", text)) == load(write("other", BASE))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: str(p.relative_to(ROOT)))
def test_what_a_study_comes_to_says_the_same_by_itself(path, tmp_path):
    config = read_study(path)
    write_config(config=config, resolved=tmp_path / "config.yaml")
    assert read_study(tmp_path / "config.yaml") == config
    # As jobs read it.
    assert json.loads(json.dumps(config)) == config


def test_defaults_are_filled_in_and_what_is_not_there_is_left_out():
    config = resolve(written("tiny"), INSTALLED)
    emg = config["recordings"]["virtual_wrist"]["signals"]["emg"]
    assert emg["band_hz"] == [20, 450] and "unit" not in emg
    assert config["statistics"]["seed"] == 0
    task = config["tasks"]["muscle_force"]
    assert task["variants"]["elm"]["variant"] == "elm"
    assert task["variants"]["elm"]["hidden_units"] == 500
    assert "training" not in task["variants"]["elm"]
    assert task["training"]["weight_decay"] == 1e-4
    assert config["recordings"]["virtual_elbow"]["laboratory"]["mains_hz"] == 50
    assert "tuning" not in config["tasks"]["deep_emg"]


def test_every_study_names_the_keys_to_editors():
    for path in SHIPPED:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        named = first.removeprefix("# yaml-language-server: $schema=")
        assert (path.parent / named).resolve() == ROOT / "docs/configuration.schema.json"
    assert yaml.safe_load((ROOT / "config.yaml").read_text())["study"]
