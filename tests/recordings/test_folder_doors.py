"""Where files lie and what they are called is the user's own; what is made of them stays inside."""

from pathlib import Path

import pytest

from myopinn.errors import ConfigError
from myopinn.files.layouts.quality import QUALITY
from myopinn.recordings import laboratory
from myopinn.steps.fetch_recordings import fetch_recordings

LAB = laboratory("c3d_folder")
HEAD = "subject,name,kind,condition,file\n"


@pytest.fixture
def lab(tmp_path):
    """A folder with two files, and one beside it."""
    root = tmp_path / "disk" / "lab"
    for name in ("P01/walk.c3d", "P01/still.c3d", "../older.c3d"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return root


def settings(lab, **keys):
    return {"name": "c3d_folder", "folder": str(lab), "model": "m.osim", **keys}


def table(lab, rows):
    path = lab.parent / "trials.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    return settings(lab, trials=str(path))


def fetch(tmp_path, wanted, subject="P01"):
    study = tmp_path / "study" / "data" / "lab" / subject
    fetch_recordings(recording="lab", subject=subject, settings=wanted, recordings=study)
    return {
        path.relative_to(study).as_posix(): path.read_text()
        for path in (tmp_path / "study").rglob("*")
        if path.suffix == ".c3d"
    }


@pytest.mark.parametrize(
    ("file", "held"),
    [
        ("P01/walk.c3d", "P01/walk.c3d"),
        ("../older.c3d", "../older.c3d"),
        ("{lab}/P01/walk.c3d", "P01/walk.c3d"),
        ("{lab}/../older.c3d", "../older.c3d"),
    ],
)
def test_a_file_may_lie_anywhere_and_its_link_stays_in_the_persons_folder(
    tmp_path, lab, file, held
):
    wanted = table(lab, f"P01,w,dynamic,slow,{file.format(lab=lab)}\n")
    assert fetch(tmp_path, wanted) == {"w.c3d": held}
    (source,) = LAB.source_files(wanted, "P01")
    assert Path(source).read_text() == held


def test_a_pattern_may_leave_the_folder_and_its_links_do_not(tmp_path, lab):
    (lab / "../P02").mkdir()
    (lab / "../P02/run.c3d").write_text("run")
    assert fetch(tmp_path, settings(lab, files=["../{subject}/{trial}.c3d"]), "P02") == {
        "run.c3d": "run"
    }


def test_a_still_trial_and_contractions_may_share_a_file_with_others(tmp_path, lab):
    """A static trial that serves two sessions, and a movement that is measured against itself."""
    rows = (
        "P01,still_1,static,,P01/still.c3d\nP01,still_2,static,,P01/still.c3d\n"
        "P01,max,mvc,,P01/walk.c3d\nP01,w,dynamic,slow,P01/walk.c3d\n"
    )
    assert set(fetch(tmp_path, table(lab, rows))) == {
        *("still_1.c3d", "still_2.c3d", "max.c3d", "w.c3d")
    }


@pytest.mark.parametrize(
    "rows",
    [
        "P01,v,dynamic,slow,P01/walk.c3d\nP01,w,dynamic,slow,P01/walk.c3d\n",
        "P01,v,dynamic,slow,P01/walk.c3d\nP01,w,dynamic,slow,{lab}/P01/../P01/walk.c3d\n",
        "P01,v,dynamic,slow,P01/walk.c3d\nP02,w,dynamic,slow,P01/walk.c3d\n",
        "P01,v,static,,P01/still.c3d\nP02,w,static,,P01/still.c3d\n",
    ],
)
def test_a_recording_that_would_count_twice_is_refused_with_both_rows(lab, rows):
    with pytest.raises(ConfigError) as error:
        LAB.list_trials(table(lab, rows.format(lab=lab)))
    said = str(error.value)
    assert "line 2 ('v' of 'P01')" in said and "line 3 ('w' of" in said
    assert "are the same file" in said and "Remedy: keep one of them." in said


def test_a_movement_counts_twice_also_where_the_file_is_a_still_trial_too(lab):
    rows = "P01,s,static,,P01/walk.c3d\nP01,v,dynamic,slow,P01/walk.c3d\n"
    rows += "P01,w,dynamic,slow,P01/walk.c3d\n"
    with pytest.raises(ConfigError, match=r"line 3 \('v' .*line 4 \('w' .*the same file"):
        LAB.list_trials(table(lab, rows))


def test_a_link_to_a_recording_is_that_recording(lab):
    (lab / "P01/again.c3d").symlink_to(lab / "P01/walk.c3d")
    with pytest.raises(ConfigError, match=r"'P01/again\.c3d' .* 'P01/walk\.c3d' .* the same file"):
        LAB.list_trials(settings(lab, files=["{subject}/{trial}.c3d"]))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("../P01,w,dynamic,slow", "line 2: the subject '../P01' becomes part of a path"),
        ("P01,../w,dynamic,slow", "line 2: the trial '../w' becomes part of a path"),
        ("P01,/tmp/w,dynamic,slow", "line 2: the trial '/tmp/w' becomes part of a path"),
        ("P01,.w,dynamic,slow", "line 2: the trial '.w' becomes part of a path"),
        ("P01,..,dynamic,slow", "line 2: the trial '..' becomes part of a path"),
        ("P01,quality.csv,dynamic,slow", "'quality.csv' is a name that the project needs itself"),
    ],
)
def test_a_name_that_would_leave_its_folder_is_refused_with_its_row(lab, row, said):
    with pytest.raises(ConfigError) as error:
        LAB.list_trials(table(lab, f"{row},P01/walk.c3d\n"))
    assert said in str(error.value)
    assert "Remedy: write another name into the table" in str(error.value)


@pytest.mark.parametrize("session", ["../day1", "a/b", ".day1", "Scaled"])
def test_a_session_names_a_model_and_is_held_to_the_same(lab, session):
    path = lab.parent / "trials.csv"
    path.write_text(f"subject,session,name,kind,file\nP01,{session},w,dynamic,P01/walk.c3d\n")
    with pytest.raises(ConfigError, match=r"line 2: the session '"):
        LAB.list_trials(settings(lab, trials=str(path)))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            "P01,w,dynamic,slow,P01/walk.c3d\nP01,W,static,,P01/still.c3d\n",
            r"line 2 and .*line 3 are both trial 'W' \('w' differs in capitals alone\)",
        ),
        (
            "P01,w,dynamic,slow,P01/walk.c3d\np01,v,static,,P01/still.c3d\n",
            "line 3: subjects 'P01' and 'p01' differ in capitals alone",
        ),
        (
            "P01,w,dynamic,slow,P01/walk.c3d\nP01,w,static,,P01/still.c3d\n",
            "line 2 and .*line 3 are both trial 'w' of subject 'P01'",
        ),
    ],
)
def test_names_that_are_one_where_capitals_do_not_count_are_refused(lab, rows, said):
    with pytest.raises(ConfigError, match=said):
        LAB.list_trials(table(lab, rows))


def test_blank_rows_do_not_shift_the_lines_of_a_table(lab):
    with pytest.raises(ConfigError, match=r"line 4: the trial '\.\./w'"):
        LAB.list_trials(
            table(lab, "P01,v,static,,P01/still.c3d\n\nP01,../w,dynamic,slow,P01/walk.c3d\n")
        )


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("mass_kg", "0", "line 2: mass_kg is 0, but people weigh 2 to 300 kg"),
        ("mass_kg", "-70", "line 2: mass_kg is -70, but people"),
        ("mass_kg", "70000", "line 2: mass_kg is 70000, but people"),
        ("mass_kg", "nan", "line 2: mass_kg is 'nan', expected a number in kg, or nothing"),
        ("mass_kg", "inf", "line 2: mass_kg is 'inf', expected a number in kg"),
        ("load_kg", "-1", "line 2: load_kg is -1, but a hand holds 0"),
        ("load_kg", "70000", "line 2: load_kg is 70000, but a hand"),
        ("load_kg", "NaN", "line 2: load_kg is 'NaN', expected a number in kg"),
        ("held_angle_deg", "inf", "line 2: held_angle_deg is 'inf', expected a number in deg"),
    ],
)
def test_a_mass_that_cannot_be_is_refused_with_its_row(lab, column, cell, said):
    path = lab.parent / "trials.csv"
    path.write_text(f"subject,name,kind,file,{column}\nP01,w,dynamic,P01/walk.c3d,{cell}\n")
    with pytest.raises(ConfigError) as error:
        LAB.list_trials(settings(lab, trials=str(path)))
    assert said in str(error.value)


def test_files_that_are_no_c3d_are_refused(lab):
    (lab / "P01/walk.trc").write_text("")
    for wanted in (
        settings(lab, files=["{subject}/{trial}.trc"]),
        table(lab, "P01,w,dynamic,slow,P01/walk.trc\n"),
    ):
        with pytest.raises(ConfigError, match=r"'P01/walk\.trc' is no C3D file"):
            LAB.list_trials(wanted)


@pytest.mark.parametrize("folder", ["Session [1]", "what?", "a*b"])
def test_a_folders_name_is_no_pattern_but_for_the_star(tmp_path, lab, folder):
    (lab / "P01" / folder).mkdir()
    (lab / "P01" / folder / "run.c3d").write_text("run")
    wanted = settings(lab, files=[f"{{subject}}/{folder}/{{trial}}.c3d"])
    assert fetch(tmp_path, wanted) == {"run.c3d": "run"}


def test_a_star_beside_a_field_is_any_text(lab):
    (trial,) = LAB.list_trials(settings(lab, files=["{subject}/*l{trial}.c3d"]))[1:]
    assert trial.name == "walk"


def test_a_pattern_starts_in_the_folder(lab):
    with pytest.raises(ConfigError, match="patterns start below 'folder'"):
        LAB.list_trials(settings(lab, files=[f"{lab}/{{subject}}/{{trial}}.c3d"]))


def test_what_a_mac_leaves_beside_a_file_is_passed_over(lab):
    (lab / "P01/._walk.c3d").write_bytes(b"\0\5\x16\7")
    (lab / "._P01").mkdir()
    trials = LAB.list_trials(settings(lab, files=["{subject}/{trial}.c3d"]))
    assert [t.name for t in trials] == ["still", "walk"]


@pytest.mark.parametrize("pattern", ["{subject}/{trial}.c3d", "{subject}/run.c3d"])
def test_a_link_to_a_drive_that_is_away_is_left_out_by_name(tmp_path, lab, pattern):
    away = tmp_path / "away" / "run.c3d"
    (lab / "P01/run.c3d").symlink_to(away)
    wanted = settings(lab, files=[pattern])
    assert "run" in [t.name for t in LAB.list_trials(wanted)]
    assert "run.c3d" not in fetch(tmp_path, wanted)
    rows = QUALITY.read(tmp_path / "study/data/lab/P01/quality.csv")
    assert list(rows.trial) == ["run"]
    assert f"the file is a link to '{away}', which is not there" in rows.reason[0]
    assert "connect the drive" in rows.reason[0]


def test_a_person_on_a_drive_that_is_away_is_not_forgotten(tmp_path, lab):
    (lab / "P02").symlink_to(tmp_path / "away")
    with pytest.raises(ConfigError, match=r"P02' is a link to '.*away', which is not there"):
        LAB.list_trials(settings(lab, files=["{subject}/{trial}.c3d"]))
