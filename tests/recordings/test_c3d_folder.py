import math
from itertools import product

import pytest

from myopinn.errors import ConfigError
from myopinn.files.layouts.quality import QUALITY
from myopinn.recordings import laboratory
from myopinn.steps.fetch_recordings import fetch_recordings
from myopinn.steps.provide_model import provide_model

LAB = laboratory("c3d_folder")


@pytest.fixture
def folder(tmp_path):
    """Two people, two sessions, a static trial, an MVC and two lifts each."""
    root = tmp_path / "lab"
    names = ["static.c3d", "mvc.c3d", "01_light.c3d", "02_heavy.c3d"]
    for person, day, name in product(("P01", "P02"), ("day1", "day2"), names):
        path = root / person / day / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{person} {day} {name}")
    return root


@pytest.fixture
def settings(folder):
    return {
        "name": "c3d_folder",
        "folder": str(folder),
        "model": "arm.osim",
        "files": [
            "{subject}/{session}/{trial}_{condition}.c3d",
            "{subject}/{session}/{trial}.c3d",
        ],
        "static": ["*_static"],
        "mvc": ["*_mvc"],
    }


def without(settings, *keys):
    return {key: value for key, value in settings.items() if key not in keys}


def test_names_of_files_say_what_each_trial_is(settings):
    trials = {
        (t.subject, t.name): t
        for t in LAB.list_trials(
            {**settings, "masses_kg": {"P02": 71.5}, "loads_kg": {"heavy": 4.0}}
        )
    }
    assert len(trials) == 16
    lift = trials["P02", "day1_02_heavy"]
    assert (lift.kind, lift.session, lift.condition) == ("dynamic", "day1", "heavy")
    assert (lift.mass_kg, lift.load_kg) == (71.5, 4.0)
    assert lift.file == "day1_02_heavy.c3d"
    assert trials["P01", "day2_static"].kind == "static"
    assert trials["P01", "day2_mvc"].kind == "mvc"
    assert math.isnan(trials["P01", "day1_01_light"].mass_kg)
    assert trials["P01", "day1_01_light"].load_kg == 0.0


def test_choosing_conditions_keeps_static_trials_and_contractions(settings):
    trials = LAB.list_trials({**settings, "subjects": ["P01"], "conditions": ["light"]})
    assert [t.name for t in trials] == [
        "day1_01_light",
        "day1_mvc",
        "day1_static",
        "day2_01_light",
        "day2_mvc",
        "day2_static",
    ]


def test_a_field_named_twice_is_the_same_text(tmp_path, settings):
    for name in ("P01/P01_walk.c3d", "P02/P01_walk.c3d"):
        (tmp_path / "odd" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "odd" / name).write_text("x")
    trials = LAB.list_trials(
        {
            **without(settings, "static", "mvc"),
            "folder": str(tmp_path / "odd"),
            "files": ["{subject}/{subject}_{trial}.c3d"],
        }
    )
    assert [(t.subject, t.name) for t in trials] == [("P01", "P01_walk")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"files": ["{subject}/{session}/{trial}.C3D"]}, r"Did you mean '.*\{trial\}\.c3d'"),
        ({"files": ["{subject}/{trial}.c3d"]}, r"such as 'P01/day1/.*lie in 2 folders"),
        ({"files": ["{person}/*/{trial}.c3d"]}, r"'\{person\}' is not a field"),
        ({"files": ["*/{session}/{trial}.c3d"]}, r"the field \{subject\} is missing"),
        ({"static": ["*_statik"]}, r"static: no trial is named '\*_statik'\. Did you mean"),
        ({"subjects": ["P1"]}, r"subjects: no trial has 'P1'\. Did you mean 'P01'"),
        ({"conditions": ["heavi"]}, r"Did you mean 'heavy'"),
        ({"masses_kg": {"P03": 70.0}}, r"masses_kg: no trial has 'P03'"),
        ({"loads_kg": {"heavvy": 4.0}}, r"loads_kg: .* Did you mean 'heavy'"),
        ({"files": []}, r"either 'files' .* or 'trials'"),
        ({"files": ["{subject}/*/{trial}.c3d"]}, r"are both trial '01_light' of subject 'P01'"),
    ],
)
def test_what_is_misspelt_is_answered_with_what_is_there(settings, change, said):
    if "files" in change:
        settings = without(settings, "static", "mvc")
    with pytest.raises(ConfigError, match=said):
        LAB.list_trials({**settings, **change})


def test_a_misspelt_folder_is_answered_with_its_neighbour(settings):
    with pytest.raises(ConfigError, match="Did you mean 'lab'"):
        LAB.list_trials({**settings, "folder": settings["folder"] + "o"})


def test_names_that_would_break_a_path_are_refused(folder, settings):
    (folder / "P01/day1/lift to face_light.c3d").write_text("x")
    with pytest.raises(ConfigError, match=r"'P01/day1/lift to face_light\.c3d'.*rename"):
        LAB.list_trials(settings)


def test_files_are_linked_and_a_missing_one_spoils_its_trial_only(folder, settings, tmp_path):
    table = tmp_path / "trials.csv"
    table.write_text(
        "\ufeffsubject,session,name,kind,condition,file,mass_kg,load_kg\n"
        "P01,day1,still,static,,P01/day1/static.c3d,60,\n"
        "P01,day1,lift,dynamic,light,P01/day1/01_light.c3d,60,2\n"
        "P01,day1,lost,dynamic,light,P01/day1/03_light.c3d,60,2\n",
        encoding="utf-8",
    )
    settings = {**without(settings, "files", "static", "mvc"), "trials": str(table)}
    assert [(t.name, t.mass_kg, t.load_kg) for t in LAB.list_trials(settings)] == [
        ("still", 60.0, 0.0),
        ("lift", 60.0, 2.0),
        ("lost", 60.0, 2.0),
    ]
    sources = LAB.source_files(settings, "P01")
    assert sources == [str(folder / "P01/day1/static.c3d"), str(folder / "P01/day1/01_light.c3d")]
    fetch_recordings(
        recording="lifts",
        subject="P01",
        settings=settings,
        sources=sources,
        recordings=tmp_path / "data/P01",
    )
    assert (tmp_path / "data/P01/lift.c3d").read_text() == "P01 day1 01_light.c3d"
    rows = QUALITY.read(tmp_path / "data/P01/quality.csv")
    assert list(rows.trial) == ["lost"]
    assert "P01/day1/03_light.c3d: the file is not there" in rows.reason[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("subject,name,kind,fil\nP01,a,static,a.c3d\n", "'fil' is not known. Did you mean 'file'"),
        ("subject,name,file\nP01,a,a.c3d\n", "column 'kind' is missing"),
        ("subject,name,kind,file\nP01,a,statik,a.c3d\n", "line 2: kind is 'statik'"),
        ("subject,name,kind,file\nP01,a,static,\n", "line 2: 'file' is empty"),
        ("subject,name,kind,file\nP01,a,static\n", "line 2: has not as many cells"),
        ("subject,name,kind,file,load_kg\nP01,a,dynamic,a.c3d,two\n", "load_kg is 'two'"),
        ("subject,name,kind,file\n", "holds no trial"),
    ],
)
def test_a_table_that_is_wrong_is_named_with_its_line(settings, tmp_path, text, said):
    (tmp_path / "trials.csv").write_text(text)
    settings = without(settings, "files", "static", "mvc")
    with pytest.raises(ConfigError, match=said) as error:
        LAB.list_trials({**settings, "trials": str(tmp_path / "trials.csv")})
    assert "trials.csv" in str(error.value)


def test_the_users_model_gets_the_users_markers(settings, write_model, tmp_path):
    model = write_model("arm.osim", {"old": "/bodyset/humerus"})
    markers = write_model("markers.osim", {"epicondyle": "/bodyset/humerus"})
    provide_model(
        settings={**settings, "model": str(model), "marker_set": str(markers)},
        model=tmp_path / "generic.osim",
    )
    text = (tmp_path / "generic.osim").read_text()
    assert 'name="epicondyle"' in text and 'name="old"' not in text
