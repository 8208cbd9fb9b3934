"""Laboratories whose recordings enter the flow after inverse dynamics."""

import os
from pathlib import Path

import numpy as np
import pytest

from myopinn.errors import ConfigError
from myopinn.files.layouts.quality import QUALITY
from myopinn.files.processed import MODEL_FILE, PROCESSED_FILES
from myopinn.formats.opensim_files import read_span, read_storage, write_storage
from myopinn.recordings import is_processed, laboratory
from myopinn.recordings.reading.download import MIRROR
from myopinn.recordings.reading.pieces import cut_pieces
from myopinn.records.trials import Trial
from myopinn.steps.fetch_recordings import fetch_recordings

TREADMILL, FOLDER = laboratory("ceinms_rt_treadmill"), laboratory("sto_folder")
HAS_MIRROR = (Path(os.environ.get(MIRROR, "/nowhere")) / "recordings/ceinms_rt_treadmill").is_dir()
needs_mirror = pytest.mark.skipif(not HAS_MIRROR, reason=f"{MIRROR} does not name the recordings")
WALK = {"name": "ceinms_rt_treadmill"}


def test_pieces_have_gaps_and_stay_inside():
    whole = Trial("P", "s", "walk", "dynamic", "slow", "walk")
    pieces = cut_pieces(whole, 1.0, 30.0, {"length_s": 6.0, "gap_s": 2.0})
    assert [t.name for t in pieces] == ["walk_1", "walk_2", "walk_3"]
    assert [(t.start_s, t.end_s) for t in pieces] == [(1, 7), (9, 15), (17, 23)]
    assert {t.file for t in pieces} == {"walk"}
    (one,) = cut_pieces(whole, 1.0, 30.0, None)
    assert (one.name, one.start_s, one.end_s) == ("walk", 1.0, 30.0)
    # Exactly as many as fit, whatever the last digits of the times.
    assert len(cut_pieces(whole, 0.0, 29.999999, {"length_s": 6.0, "gap_s": 2.0})) == 4


@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        ({"length_s": 6.0}, "needs length_s and gap_s"),
        ({"length_s": 0.0, "gap_s": 1.0}, "cannot be cut"),
        ({"length_s": 100.0, "gap_s": 1.0}, "not one piece of 100 s fits"),
    ],
)
def test_pieces_that_make_no_sense_are_refused(pieces, said):
    with pytest.raises(ConfigError, match=said):
        TREADMILL.list_trials(WALK | {"pieces": pieces})


def test_the_treadmill_has_two_walks_that_end_where_they_are_told_to():
    assert is_processed("ceinms_rt_treadmill") and not is_processed("schreiber2019")
    whole = TREADMILL.list_trials(WALK)
    assert [(t.name, t.condition) for t in whole] == [
        ("walk36", "3.6_km_h"),
        ("walk45", "4.5_km_h"),
    ]
    cut = TREADMILL.list_trials(
        WALK | {"pieces": {"length_s": 10.0, "gap_s": 5.0}, "until_s": {"walk36": 30.0}}
    )
    assert [t.name for t in cut if t.file == "walk36"] == ["walk36_1", "walk36_2"]
    with pytest.raises(ConfigError, match=r"no walk 'walk63'.*Did you mean 'walk36'"):
        TREADMILL.list_trials(WALK | {"walks": ["walk63"]})


def test_the_list_says_where_the_files_come_from_and_under_which_terms():
    for name, files in TREADMILL._lists().items():
        assert len(files.revision) == 40 and files.licence and files.citation
        assert len(files.files) == (1 if name == "model" else 4)
        for file in files.files:
            assert len(file.sha256) == 64 and files.revision in file.url


@needs_mirror
def test_the_listed_hashes_are_those_of_the_recordings(tmp_path):
    fetch_recordings(recording="walks", subject="S06", settings=WALK, recordings=tmp_path / "S06")
    assert QUALITY.read(tmp_path / "S06" / "quality.csv").empty
    assert (tmp_path / "S06" / MODEL_FILE).is_file()
    for trial in TREADMILL.list_trials(WALK):
        here = tmp_path / "S06" / trial.file
        assert {p.name for p in here.iterdir()} == set(PROCESSED_FILES)
        for file in PROCESSED_FILES:
            assert read_span(here / file) == pytest.approx((trial.start_s, trial.end_s))
    # Published signs: this model flexes the knee to -70 deg, and walking weighs the person.
    angles, in_degrees = read_storage(tmp_path / "S06/walk36/angles.sto")
    assert in_degrees and -75 < angles["knee_angle_r"].min() < -60
    assert angles["knee_angle_r"].max() < 0
    forces, _ = read_storage(tmp_path / "S06/walk36/ground_forces.mot")
    vertical = forces["ground_force_vy"] + forces["l_ground_force_vy"]
    assert vertical.mean() / 9.80665 == pytest.approx(58.0, abs=0.1)
    envelopes, _ = read_storage(tmp_path / "S06/walk36/envelopes.sto")
    assert 0.0 < envelopes.max().max() < 1.0


@pytest.fixture
def folder(tmp_path):
    """Two recordings of one person, with their model."""
    root = tmp_path / "mine"
    time = np.arange(0, 5, 0.01)
    for name in ("w1_slow", "w2_fast"):
        for file in ("ik.sto", "id.sto", "emg.sto"):
            place = root / "P01" / name / file
            write_storage(place, time, {"x": time}, in_degrees=True, title=file)
    (root / "P01" / "scaled.osim").write_text("<OpenSimDocument />")
    return {
        "name": "sto_folder",
        "folder": str(root),
        "angles": "{subject}/{trial}_{condition}/ik.sto",
        "moments": "{subject}/{trial}_{condition}/id.sto",
        "envelopes": "{subject}/{trial}_{condition}/emg.sto",
        "model": "{subject}/scaled.osim",
    }


def fetch(settings, place):
    fetch_recordings(recording="r", subject="P01", settings=settings, recordings=place)
    return QUALITY.read(place / "quality.csv")


def test_a_folder_of_processed_recordings_is_listed_and_linked(folder, tmp_path):
    settings = folder | {"pieces": {"length_s": 2.0, "gap_s": 0.5}, "loads_kg": {"fast": 2.0}}
    trials = FOLDER.list_trials(settings)
    assert [(t.name, t.condition, t.load_kg) for t in trials] == [
        *[(f"w1_slow_{k}", "slow", 0.0) for k in (1, 2)],
        *[(f"w2_fast_{k}", "fast", 2.0) for k in (1, 2)],
    ]
    assert len(FOLDER.source_files(settings, "P01")) == 7
    assert fetch(settings, tmp_path / "data").empty
    here = tmp_path / "data"
    assert {p.name for p in (here / "w1_slow").iterdir()} == set(PROCESSED_FILES[:3])
    assert (here / MODEL_FILE).read_text() == "<OpenSimDocument />"


def test_a_recording_that_lacks_a_file_spoils_itself_alone(folder, tmp_path):
    (Path(folder["folder"]) / "P01/w2_fast/emg.sto").unlink()
    quality = fetch(folder, tmp_path / "data")
    assert list(quality["trial"]) == ["w2_fast"]
    assert "envelopes is not there" in quality["reason"].iloc[0]
    assert "Remedy" in quality["reason"].iloc[0]
    assert not (tmp_path / "data" / "w2_fast").exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"angles": "{subject}/ik.sto"}, "field {trial} is missing"),
        ({"moments": "{subject}/{session}/id.sto"}, "'moments' is .*fields can only be those"),
        (
            {"angles": "{subject}/{trial}_{condition}.mot"},
            "no file below .* fits .*P01/w1_slow/emg.sto",
        ),
        ({"loads_kg": {"fasst": 1.0}}, "no trial has 'fasst'.*Did you mean 'fast'"),
        ({"folder": "/nowhere"}, "there is no folder"),
    ],
)
def test_what_does_not_fit_is_told_with_what_is_there(folder, changed, said):
    with pytest.raises(ConfigError, match=said):
        FOLDER.list_trials(folder | changed)
