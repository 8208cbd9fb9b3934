"""The mass that a person's files state, wherever the program that wrote them puts it."""

from pathlib import Path

import numpy as np
import pytest

from myopinn.errors import TrialError
from myopinn.records.quality import QualityLog
from myopinn.records.trials import Trial
from myopinn.signals.c3d import Recording
from myopinn.signals.person import mass_in_file, person_mass


def recording(parameters):
    return Recording(
        file=Path("walk.c3d"),
        rate_hz=100.0,
        first_frame=0,
        markers={},
        frames=1,
        length_unit_m=1e-3,
        analog_rate_hz=1000.0,
        analog_labels=(),
        analog_units=(),
        analogs=np.zeros((0, 0)),
        parameters=parameters,
    )


@pytest.mark.parametrize(
    "parameters",
    [
        {"PROCESSING": {"BODYMASS": [71.4]}},
        {"SUBJECT": {"WEIGHT": ["71.4"]}},
        {"SUBJECT": {"LABELS": ["height", "Weight"], "VALUES": ["1800", "71.4"]}},
        {"SUBJECTS": {"LABELS": ["mass"], "VALUES": [71.4]}},
        # What cannot be a person's mass is passed over.
        {"PROCESSING": {"BODYMASS": [0.0]}, "SUBJECTS": {"MASS": [71.4]}},
    ],
)
def test_a_mass_is_found_where_common_programs_put_it(parameters):
    assert mass_in_file(recording(parameters)) == 71.4


@pytest.mark.parametrize(
    "parameters",
    [{}, {"PROCESSING": {"BODYMASS": [71400.0]}}, {"SUBJECT": {"WEIGHT": ["unknown"]}}],
)
def test_what_is_no_mass_is_none(parameters):
    assert np.isnan(mass_in_file(recording(parameters)))


def trial(name, mass_kg=float("nan")):
    return Trial("ann", "1", name, "dynamic", "", f"{name}.c3d", mass_kg)


def test_the_list_of_trials_goes_before_the_files_and_the_median_before_an_outlier():
    log = QualityLog("lab", "ann", "convert_signals")
    in_files = {"a": 70.0, "b": 70.5, "c": 90.0, "d": float("nan")}
    trials = [trial(name) for name in in_files]
    assert person_mass(trials, in_files, log, Path("raw")) == 70.5
    (noted,) = log.rows
    assert "70.0 to 90.0 kg" in noted["reason"] and noted["accepted"]
    assert person_mass([*trials, trial("e", 65.0)], in_files, log, Path("raw")) == 65.0


def test_weighings_that_agree_are_not_worth_a_word():
    log = QualityLog("lab", "ann", "convert_signals")
    assert person_mass([], {"a": 70.0, "b": 71.0}, log, Path("raw")) == 70.5
    assert log.rows == []


def test_nobody_without_a_mass():
    log = QualityLog("lab", "ann", "convert_signals")
    with pytest.raises(TrialError, match=r"raw.*Remedy: give mass_kg"):
        person_mass([trial("a")], {"a": float("nan")}, log, Path("raw"))
