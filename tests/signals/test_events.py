import numpy as np
import pandas as pd
import pytest

from myopinn.errors import TrialError
from myopinn.signals.c3d import read_c3d
from myopinn.signals.contacts import Contact
from myopinn.signals.events import (
    COLUMNS,
    are_complete,
    detected_events,
    file_events,
    gait_events,
    turning_points,
)
from myopinn.signals.force_intervals import force_intervals, stances


def _content(gait, tmp_path, events=None):
    file = gait.write(tmp_path / "walk.c3d", gait.walker(), steps=gait.steps(), events=events)
    return read_c3d(file)


def _truth(gait):
    kinds = {"Foot Strike": "foot_strike", "Foot Off": "foot_off"}
    return sorted((t, c[0].lower(), kinds[name]) for c, name, t in gait.events())


@pytest.mark.parametrize(
    ("context", "label"),
    [
        ("Right", "Foot Strike"), ("Right", "Foot Strike1"), ("General", "RHS"), ("", "R_FS"),
        ("", "Right Heel Strike"), ("Right", "Initial Contact"), ("R", "foot strike"),
    ],
)  # fmt: skip
def test_the_usual_names_are_understood(gait, tmp_path, context, label):
    content = _content(gait, tmp_path, [(context, label, 0.2), ("Left", "Toe Off", 0.3)])
    assert file_events(content) == [
        (0.2, "r", "foot_strike", "file"),
        (0.3, "l", "foot_off", "file"),
    ]


def test_events_are_sorted_cleaned_and_inside_the_record(gait, tmp_path):
    content = _content(
        gait, tmp_path,
        [("Right", "Foot Off", 0.8), ("Right", "Foot Strike", 0.2), ("Right", "Foot Strike", 0.21),
         ("Left", "Foot Strike", 7.0), ("Left", "Clap", 0.5)],
    )  # fmt: skip
    assert [e[:3] for e in file_events(content)] == [
        (0.2, "r", "foot_strike"),
        (0.8, "r", "foot_off"),
    ]


def test_events_count_from_the_first_frame_that_is_left_of_a_cropped_trial(gait, tmp_path):
    from dataclasses import replace

    content = replace(_content(gait, tmp_path, [("Right", "Foot Strike", 1.45)]), first_frame=123)
    assert file_events(content)[0][0] == pytest.approx(0.22, abs=1e-5)


def test_events_are_found_in_markers_alone(gait, tmp_path):
    content = _content(gait, tmp_path)
    found = detected_events(content, gait.walker(), [], gait.settings()["events"])
    truth = _truth(gait)
    assert [e[1:3] for e in found] == [e[1:] for e in truth]
    # The turning point of the heel against the pelvis is within some frames of its coming to rest.
    assert max(abs(a[0] - b[0]) for a, b in zip(found, truth, strict=True)) < 0.08


def test_a_plate_is_more_exact_than_the_markers(gait, tmp_path):
    content = _content(gait, tmp_path)
    contacts = [Contact(1, 203, 797, "r", 0.0), Contact(2, 703, 1297, "l", 0.0)]
    events = gait_events(
        content, gait.walker(), contacts, gait.settings()["events"] | {"source": "detected"}
    )
    times = events[(events.side == "r") & (events.event == "foot_strike")].time_s
    assert times.iloc[0] == pytest.approx(0.203)
    assert len(events) == len(_truth(gait))


def test_a_record_that_begins_on_the_plate_has_no_strike_there(gait, tmp_path):
    content = _content(gait, tmp_path)
    settings = gait.settings()["events"] | {"source": "detected"}
    events = gait_events(content, gait.walker(), [Contact(1, 0, 797, "r", 0.0)], settings)
    assert not (events.time_s == 0.0).any()


def test_file_or_detected_falls_back_where_the_file_lacks_events(gait, tmp_path):
    settings = gait.settings()["events"] | {"source": "file_or_detected"}
    whole = gait_events(_content(gait, tmp_path, gait.events()), gait.walker(), [], settings)
    assert set(whole.source) == {"file"}
    gaps = [e for e in gait.events() if e[:2] != ("Left", "Foot Off")]
    found = gait_events(_content(gait, tmp_path, gaps), gait.walker(), [], settings)
    assert set(found.source) == {"detected"}
    with pytest.raises(TrialError, match=r"walk\.c3d: no foot strike"):
        gait_events(_content(gait, tmp_path), gait.walker(), [], settings | {"source": "file"})


def test_a_standing_person_makes_no_steps():
    rng = np.random.default_rng(0)
    assert turning_points(np.linspace(0, 0.2, 300) + 1e-4 * rng.standard_normal(300), 100.0) == []


def test_completeness():
    whole = [(0.2, "r", "foot_strike", "file"), (0.8, "r", "foot_off", "file"),
             (0.7, "l", "foot_strike", "file")]  # fmt: skip
    assert are_complete(whole)
    assert not are_complete(whole[:2])
    assert not are_complete([*whole, (1.2, "r", "foot_off", "file")])


def _events(gait):
    return pd.DataFrame([(*e, "file") for e in _truth(gait)], columns=list(COLUMNS))


def test_stances(gait):
    # Right: on the ground 0.2-0.8 s, 1.2-1.8 s; left: from before until 0.3 s and 0.7-1.3 s.
    assert stances(_events(gait), "r", 0.0, 1.79) == [(0.2, 0.8), (1.2, 1.79)]
    assert stances(_events(gait), "l", 0.0, 1.79) == [
        (0.0, pytest.approx(0.3)),
        (0.7, pytest.approx(1.3)),
        (1.7, 1.79),
    ]


def test_forces_are_known_between_the_steps_beside_the_plates(gait):
    contacts = [Contact(1, 203, 797, "r", 0.0), Contact(2, 703, 1297, "l", 0.0)]
    known = force_intervals(_events(gait), contacts, start_s=0.0, end_s=1.79, analog_rate_hz=1000.0)
    spans = {s: list(zip(g.start_s, g.end_s, strict=True)) for s, g in known.groupby("side")}
    assert spans["r"] == [(0.0, pytest.approx(1.2))]
    assert spans["l"] == [(pytest.approx(0.3), pytest.approx(1.7))]
    assert spans["both"] == [(pytest.approx(0.3), pytest.approx(1.2))]


def test_a_step_without_its_plate_is_not_known(gait):
    known = force_intervals(
        _events(gait), [Contact(1, 203, 797, "r", 0.0)], start_s=0.0, end_s=1.79,
        analog_rate_hz=1000.0,
    )  # fmt: skip
    spans = {s: list(zip(g.start_s, g.end_s, strict=True)) for s, g in known.groupby("side")}
    assert spans["l"] == [(pytest.approx(0.3), 0.7), (pytest.approx(1.3), pytest.approx(1.7))]


def test_a_missed_event_is_never_taken_for_swing(gait):
    events = _events(gait)
    events = events[~((events.side == "r") & (events.event == "foot_off"))]
    assert stances(events, "r", 0.0, 1.79) == [(0.2, 1.2), (1.2, 1.79)]
    assert stances(events[events.side == "l"], "r", 0.0, 1.79) == [(0.0, 1.79)]


def test_a_step_cut_off_by_the_end_counts_and_a_bump_inside_does_not():
    t = np.arange(300) / 100
    ahead = 0.3 * np.cos(2 * np.pi * (t - 0.06)) + 0.02 * np.exp(-(((t - 0.56) / 0.06) ** 2))
    assert turning_points(ahead, 100.0) == pytest.approx([0.06, 1.06, 2.06], abs=0.011)
