import math
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from myopinn.errors import ConfigError
from myopinn.files.layouts.quality import QUALITY
from myopinn.recordings import laboratories, laboratory
from myopinn.recordings.reading.download import MIRROR
from myopinn.steps.fetch_recordings import fetch_recordings
from myopinn.steps.provide_model import provide_model

LAB = laboratory("schreiber2019")
HAS_MIRROR = (Path(os.environ.get(MIRROR, "/nowhere")) / "recordings/schreiber2019").is_dir()
needs_mirror = pytest.mark.skipif(not HAS_MIRROR, reason=f"{MIRROR} does not name the recordings")


def test_every_adult_has_a_static_trial_and_two_walks():
    trials = LAB.list_trials({"name": "schreiber2019"})
    kinds = Counter((trial.subject, trial.kind, trial.condition) for trial in trials)
    assert len(kinds) == 30 and set(kinds.values()) == {1}
    assert {(kind, condition) for _, kind, condition in kinds} == {
        ("static", ""),
        ("dynamic", "preferred"),
        ("dynamic", "fast"),
    }
    assert all(math.isnan(trial.mass_kg) for trial in trials)


def test_people_and_walks_can_be_chosen_and_the_static_trial_stays():
    trials = LAB.list_trials(
        {"name": "schreiber2019", "subjects": ["2014004"], "conditions": ["fast"]}
    )
    assert [trial.file for trial in trials] == ["2014004_C5_01.c3d", "2014004_ST.c3d"]


@pytest.mark.parametrize(
    ("settings", "meant"),
    [
        ({"subjects": ["20150007"]}, "Did you mean '2015007'"),
        ({"conditions": ["prefered"]}, "Did you mean 'preferred'"),
    ],
)
def test_a_name_that_is_not_listed_is_answered_with_what_was_meant(settings, meant):
    with pytest.raises(ConfigError, match=meant):
        LAB.list_trials({"name": "schreiber2019", **settings})


def test_a_laboratory_is_found_by_its_file_name():
    assert {"schreiber2019", "c3d_folder"} <= set(laboratories())
    assert "download" not in laboratories()
    with pytest.raises(ConfigError, match="Did you mean 'schreiber2019'"):
        laboratory("schreiber2018")


def test_each_list_says_where_its_files_come_from_and_under_which_terms():
    lists = LAB._lists()
    assert {name: len(files.files) for name, files in lists.items()} == {
        "recordings": 30,
        "model": 1,
        "marker_set": 1,
    }
    for files in lists.values():
        assert len(files.revision) == 40
        assert files.licence and files.citation
        for file in files.files:
            assert len(file.sha256) == 64 and file.size > 0
            assert file.url.startswith("https://raw.githubusercontent.com/")
            assert files.revision in file.url and file.url.endswith(file.name)
    assert len({file.sha256 for file in lists["recordings"].files}) == 30


def test_one_file_with_a_wrong_hash_spoils_its_trial_only(tmp_path, monkeypatch, listed):
    # The listed files stand in for the laboratory's own, so that no recording is needed.
    names = ["2014001_C4_05.c3d", "2014001_C5_01.c3d", "2014001_ST.c3d"]
    mirror = tmp_path / "mirror/recordings"
    mirror.mkdir(parents=True)
    files = []
    for name in names:
        file = listed(name.encode())
        files.append(type(file)(name, f"recordings/{name}", file.url, file.sha256, file.size))
        (mirror / name).write_text(name)
    (mirror / names[1]).write_text("not what was listed")
    monkeypatch.setenv(MIRROR, str(tmp_path / "mirror"))
    known = LAB._lists()["recordings"]
    monkeypatch.setattr(
        LAB,
        "_lists",
        lambda: {
            "recordings": type(known)(
                known.title,
                known.origin,
                known.revision,
                known.licence,
                known.citation,
                tuple(files),
            )
        },
    )
    fetch_recordings(
        recording="walks",
        subject="2014001",
        settings={"name": "schreiber2019"},
        recordings=tmp_path / "data/2014001",
    )
    there = {path.name for path in (tmp_path / "data/2014001").iterdir()}
    assert there == {names[0], names[2], "quality.csv"}
    rows = QUALITY.read(tmp_path / "data/2014001/quality.csv")
    assert list(rows.trial) == ["C5_01"] and not rows.accepted.any()
    reason = rows.reason[0]
    assert "C5_01: 2014001_C5_01.c3d" in reason and "expected sha256" in reason
    assert "Remedy" in reason


@needs_mirror
def test_the_listed_hashes_are_those_of_the_recordings(tmp_path):
    fetch_recordings(
        recording="walks",
        subject="2015007",
        settings={"name": "schreiber2019"},
        recordings=tmp_path / "2015007",
    )
    assert len(list((tmp_path / "2015007").glob("*.c3d"))) == 3
    assert QUALITY.read(tmp_path / "2015007/quality.csv").empty


@needs_mirror
def test_the_generic_model_has_its_muscles_and_the_recordings_markers(tmp_path):
    import opensim

    provide_model(settings={"name": "schreiber2019"}, model=tmp_path / "generic.osim")
    opensim.Logger.setLevelString("error")
    opensim.Logger.removeFileSink()
    model = opensim.Model(str(tmp_path / "generic.osim"))
    model.initSystem()
    # 40 muscles a leg (Rajagopal et al. 2016, table I), the 48 markers of the marker set.
    assert model.getMuscles().getSize() == 80
    assert model.getMarkerSet().getSize() == 48
    assert model.getMarkerSet().get("R_FCC").getParentFrame().getName() == "calcn_r"


@needs_mirror
def test_a_changed_model_file_is_refused(tmp_path, monkeypatch):
    from myopinn.errors import ChecksumError

    source = Path(os.environ[MIRROR]) / "models"
    (tmp_path / "models").mkdir()
    for file in LAB._lists()["model"].files + LAB._lists()["marker_set"].files:
        shutil.copyfile(source / file.name, tmp_path / "models" / file.name)
    changed = tmp_path / "models/Rajagopal2016.osim"
    changed.write_bytes(changed.read_bytes().replace(b"546", b"547", 1))
    monkeypatch.setenv(MIRROR, str(tmp_path))
    with pytest.raises(ChecksumError, match=r"Rajagopal2016\.osim is not the listed file"):
        provide_model(settings={"name": "schreiber2019"}, model=tmp_path / "generic.osim")
    assert not (tmp_path / "generic.osim").exists()
