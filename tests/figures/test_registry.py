"""Figures are found by their modules: what a study wants where, and a figure that is one file."""

import sys

import pytest

import myopinn.figures
from myopinn.figures.kinds import HIDDEN_CHANNELS, Place
from myopinn.figures.registry import figure_kinds, list_figures

CELL = {"recording": "walk", "task": "t", "split": "x"}


def names(**place) -> list[str]:
    return [figure["name"] for figure in list_figures(Place(**place))]


def test_a_study_wants_what_its_recordings_and_tasks_allow():
    assert names(recording="walk") == ["quality", "motion"]
    assert names(recording="walk", virtual=True) == ["stick_figure", "quality", "motion", "truth"]
    own = names(**CELL)
    assert "predictions" in own and "true_errors" not in own and "envelopes" not in own
    assert "true_errors" in names(**CELL, virtual=True)
    # By a clock a mean over pieces would show nothing.
    assert "traces" not in own
    by_clock = names(**CELL, continuous=True)
    assert "traces" in by_clock and "predictions" not in by_clock
    deep = names(**CELL, envelopes=True, rivals=["copy", "prior"])
    assert {"envelopes", "attention", "skill_over_copy", "skill_over_prior"} <= set(deep)
    assert not {"predictions", "true_errors", "parameters"} & set(deep)
    assert "parameters" in names(**CELL, envelopes=True, virtual=True)


def test_figures_of_a_question_are_called_by_their_split():
    assert names(**CELL, question="weights") == ["x"]
    known = names(**CELL, question="weights", envelopes=True, virtual=True)
    assert known == ["x", "x_parameters"]
    hidden = list_figures(Place(**CELL, question=HIDDEN_CHANNELS, envelopes=True, virtual=True))
    assert {f["kind"]: f["name"] for f in hidden} == {
        "hidden_channels": "x",
        "hidden_envelopes": "x_envelopes",
    }


def test_a_task_as_a_whole_has_a_figure_only_of_its_protocols():
    assert names(task="t") == []
    assert names(task="t", protocols=True) == ["protocols"]


def test_every_kind_has_a_caption_and_sentences_of_one_source():
    for name, kind in figure_kinds().items():
        assert kind.caption.endswith((".", "{levels}")), name
        assert not (kind.tell and kind.describe), name


@pytest.fixture
def added(tmp_path, monkeypatch):
    """Put a module beside those of the project's figures."""
    (tmp_path / "spectrum.py").write_text(
        "from myopinn.figures.kinds import FigureKind, drawn_table, of_recordings\n"
        "DRAWN = drawn_table('spectrum', 'value')\n"
        "FIGURES = {'spectrum': FigureKind(1, of_recordings, 'Power.', DRAWN)}\n"
    )
    monkeypatch.setattr(myopinn.figures, "__path__", [*myopinn.figures.__path__, str(tmp_path)])
    figure_kinds.cache_clear()
    yield
    sys.modules.pop("myopinn.figures.spectrum", None)
    figure_kinds.cache_clear()


@pytest.mark.usefixtures("added")
def test_a_figure_is_added_by_one_file():
    assert "spectrum" in names(recording="walk")
    assert "spectrum" not in names(**CELL)
