import re
import subprocess
import sys
from dataclasses import fields

import pytest
from pydantic import ValidationError

from myopinn.config.messages import write_lines
from myopinn.config.settings import hold_settings
from myopinn.errors import ConfigError
from myopinn.variants import find_variant, load_variant, variant_names


def test_variants_are_found_by_file_name():
    assert set(variant_names()) >= {
        "cnn",
        "elm",
        "emg_driven",
        "gru",
        "mean_cycle",
        "ml_elm",
        "svr",
    }


def test_settings_come_from_the_entry_and_the_rest_from_the_variant():
    variant = load_variant("cnn", {"physics_weight": 2, "hidden_units": [8, 4]})
    assert variant.settings.physics_weight == 2.0
    assert variant.settings.hidden_units == (8, 4)
    assert variant.settings.kernel_frames == 9
    assert variant.described()["hidden_units"] == [8, 4]


def test_a_mapping_of_names_to_names_is_read_and_described():
    variant = load_variant("emg_driven", {"driven_by": {"bfsh_r": ["semiten"], "gas_r": ["gas"]}})
    assert variant.settings.driven_by == {"bfsh_r": ("semiten",), "gas_r": ("gas",)}
    described = variant.described()
    assert described["driven_by"] == {"bfsh_r": ["semiten"], "gas_r": ["gas"]}
    assert described["strength"] == [0.3, 3.0]
    assert load_variant("emg_driven", described).settings == variant.settings


@pytest.mark.parametrize(
    ("name", "entry", "said"),
    [
        ("emg_drivn", {}, "Did you mean 'emg_driven'"),
        ("cnn", {"kernel_frame": 9}, "Did you mean 'kernel_frames'"),
        ("elm", {"physics_weight": 1.0}, "unknown key 'physics_weight'"),
        ("cnn", {"kernel_frames": 8}, "odd number"),
        ("cnn", {"kernel_frames": "9"}, "expected a whole number"),
        ("cnn", {"kernel_frames": True}, "expected a whole number"),
        ("cnn", {"hidden_units": 64}, "expected a list"),
        ("cnn", {"hidden_units": [0]}, "at least 1"),
        ("cnn", {"convolution_channels": []}, "at least one width"),
        # What YAML makes of 1e-1, which has no dot.
        ("cnn", {"physics_weight": "1e-1"}, "expected a number"),
        ("cnn", {"physics_weight": -1.0}, "at least 0"),
        ("cnn", {"physics_weight": float("nan")}, "not a finite number"),
        ("mean_cycle", {"kernel_frames": 9}, "unknown key 'kernel_frames'"),
        ("gru", {"recurrent_units": 0}, "at least 1"),
        ("elm", {"window_frames": 4}, "odd number"),
        ("elm", {"hidden_units": 0}, "at least 1"),
        ("elm", {"ridge": 0.0}, "more than 0"),
        ("ml_elm", {"hidden_units": []}, "at least one width"),
        ("ml_elm", {"encoder_ridge": -1.0}, "more than 0"),
        ("svr", {"gamma": 0.0}, "more than 0"),
        ("svr", {"epsilon": -0.1}, "at least 0"),
        ("svr", {"max_frames": 1}, "at least 2"),
        ("emg_driven", {"driven_by": ["FCR"]}, "expected keys with values"),
        ("emg_driven", {"driven_by": {"FCR": "FCR"}}, "driven_by.FCR is .FCR., text, exp"),
        ("emg_driven", {"driven_by": {"FCR": [1]}}, "expected text"),
        ("emg_driven", {"driven_by": {"FCR": []}}, "'FCR' needs at least one channel"),
        ("emg_driven", {"strength": [0.5]}, "a lower and an upper bound"),
        ("emg_driven", {"strength": [1.2, 2.0]}, "with 1 between them"),
        ("emg_driven", {"shape_factor": [0.0, -3.0]}, "a lower and an upper bound"),
        ("emg_driven", {"delay_s": [-0.01, 0.1]}, "at least 0"),
        ("emg_driven", {"activation_time_s": 0.0}, "more than 0"),
    ],
)
def test_a_wrong_entry_is_named_with_what_was_meant(name, entry, said):
    with pytest.raises((ConfigError, ValidationError)) as error:
        hold_settings(entry, find_variant(name).settings)
    told = str(error.value)
    if isinstance(error.value, ValidationError):
        found = error.value.errors(include_url=False)
        told = " ".join(line for _, line in write_lines(found, (name,)))
    assert re.search(said, told) and name in told


@pytest.mark.parametrize("name", variant_names())
def test_checking_settings_imports_nothing_heavy(name):
    """The configuration is checked whenever the workflow is read."""
    code = (
        f"import sys; from myopinn.variants import load_variant; load_variant('{name}');"
        "print(sorted({'torch', 'mlflow', 'pytorch_lightning', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", variant_names())
def test_every_setting_has_a_unit_and_a_meaning(name):
    for field in fields(load_variant(name).settings):
        known = {"unit", "meaning", "search", "choices", "each", "ge", "gt", "le", "lt"}
        assert {"unit", "meaning"} <= set(field.metadata) <= known


TUNED = [(name, field) for name in variant_names() for field in fields(load_variant(name).settings)]


@pytest.mark.parametrize(("name", "field"), TUNED, ids=[f"{n}.{f.name}" for n, f in TUNED])
def test_what_may_be_tuned_is_accepted_and_holds_the_default(name, field):
    default = getattr(load_variant(name).settings, field.name)
    if "choices" in field.metadata:
        choices = field.metadata["choices"]
        assert default in choices
    elif "search" in field.metadata:
        low, high, scale = field.metadata["search"]
        assert low <= default <= high
        assert scale == "linear" or (scale == "log" and low > 0)
        choices = (low, high)
    else:
        return
    for choice in choices:
        load_variant(name, {field.name: choice})
