from dataclasses import replace

import numpy as np
import pytest

from myopinn.errors import ConfigError, TrialError
from myopinn.signals.c3d import read_c3d
from myopinn.signals.contacts import Contact
from myopinn.signals.events import (
    Event,
    are_complete,
    detected_events,
    file_events,
    gait_events,
    plate_events,
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
    times = [e.time_s for e in events if (e.side, e.event) == ("r", "foot_strike")]
    assert times[0] == pytest.approx(0.203)
    assert len(events) == len(_truth(gait))


def test_a_record_that_begins_on_the_plate_has_no_strike_there(gait, tmp_path):
    content = _content(gait, tmp_path)
    settings = gait.settings()["events"] | {"source": "detected"}
    events = gait_events(content, gait.walker(), [Contact(1, 0, 797, "r", 0.0)], settings)
    assert events and all(event.time_s > 0.0 for event in events)


def test_file_or_detected_falls_back_where_the_file_lacks_events(gait, tmp_path):
    settings = gait.settings()["events"] | {"source": "file_or_detected"}
    whole = gait_events(_content(gait, tmp_path, gait.events()), gait.walker(), [], settings)
    assert {event.source for event in whole} == {"file"}
    gaps = [e for e in gait.events() if e[:2] != ("Left", "Foot Off")]
    found = gait_events(_content(gait, tmp_path, gaps), gait.walker(), [], settings)
    assert {event.source for event in found} == {"detected"}
    with pytest.raises(TrialError, match=r"walk\.c3d: no foot strike"):
        gait_events(_content(gait, tmp_path), gait.walker(), [], settings | {"source": "file"})


def test_a_standing_person_makes_no_steps():
    rng = np.random.default_rng(0)
    assert turning_points(np.linspace(0, 0.2, 300) + 1e-4 * rng.standard_normal(300), 100.0) == []


def test_completeness():
    whole = [
        Event(0.2, "r", "foot_strike", "file"),
        Event(0.8, "r", "foot_off", "file"),
        Event(0.7, "l", "foot_strike", "file"),
    ]
    assert are_complete(whole)
    assert not are_complete(whole[:2])
    assert not are_complete([*whole, Event(1.2, "r", "foot_off", "file")])


def _events(gait):
    return [Event(*e, "file") for e in _truth(gait)]


def _spans(known):
    spans = {}
    for interval in known:
        spans.setdefault(interval.side, []).append((interval.start_s, interval.end_s))
    return spans


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
    spans = _spans(known)
    assert spans["r"] == [(0.0, pytest.approx(1.2))]
    assert spans["l"] == [(pytest.approx(0.3), pytest.approx(1.7))]
    assert spans["both"] == [(pytest.approx(0.3), pytest.approx(1.2))]


def test_a_step_without_its_plate_is_not_known(gait):
    known = force_intervals(
        _events(gait), [Contact(1, 203, 797, "r", 0.0)], start_s=0.0, end_s=1.79,
        analog_rate_hz=1000.0,
    )  # fmt: skip
    spans = _spans(known)
    assert spans["l"] == [(pytest.approx(0.3), 0.7), (pytest.approx(1.3), pytest.approx(1.7))]


def test_a_missed_event_is_never_taken_for_swing(gait):
    events = [e for e in _events(gait) if (e.side, e.event) != ("r", "foot_off")]
    assert stances(events, "r", 0.0, 1.79) == [(0.2, 1.2), (1.2, 1.79)]
    assert stances([e for e in events if e.side == "l"], "r", 0.0, 1.79) == [(0.0, 1.79)]


def test_a_step_cut_off_by_the_end_counts_and_a_bump_inside_does_not():
    t = np.arange(300) / 100
    ahead = 0.3 * np.cos(2 * np.pi * (t - 0.06)) + 0.02 * np.exp(-(((t - 0.56) / 0.06) ** 2))
    assert turning_points(ahead, 100.0) == pytest.approx([0.06, 1.06, 2.06], abs=0.011)


@pytest.mark.parametrize(
    ("context", "label", "side", "event"),
    [
        ("Left", "Foot Off2", "l", "foot_off"), ("", "L_TO", "l", "foot_off"),
        ("", "lfo", "l", "foot_off"), ("", "R.IC", "r", "foot_strike"),
        ("", "Left Toe Off", "l", "foot_off"), ("General", "right lift off", "r", "foot_off"),
        ("", "Right Touch Down", "r", "foot_strike"), ("Right", "Heel_Contact", "r", "foot_strike"),
        # The context is the format's own field for the side; a label may have been copied.
        ("Right", "Left Foot Strike", "r", "foot_strike"),
        ("", "Foot Strike", "", ""), ("Right", "Turn", "", ""), ("", "Rest", "", ""),
    ],
)  # fmt: skip
def test_side_and_kind_come_from_context_and_label(gait, tmp_path, context, label, side, event):
    found = file_events(_content(gait, tmp_path, [(context, label, 0.5)]))
    assert [e[1:3] for e in found] == ([(side, event)] if side else [])


def test_an_event_marked_twice_within_a_tenth_of_a_second_is_one(gait, tmp_path):
    marks = [("Right", "Foot Strike", t) for t in (0.2, 0.29, 0.9, 1.01)]
    marks += [("Left", "Foot Strike", 0.21), ("Right", "Foot Off", 0.25)]
    assert [e[:3] for e in file_events(_content(gait, tmp_path, marks))] == [
        (0.2, "r", "foot_strike"), (0.21, "l", "foot_strike"), (0.25, "r", "foot_off"),
        (0.9, "r", "foot_strike"), (1.01, "r", "foot_strike"),
    ]  # fmt: skip


def test_events_on_the_first_and_last_frame_are_inside_in_spite_of_single_precision(gait, tmp_path):
    """180 frames at 100 Hz end at 1.79 s; a millisecond is less than a frame."""
    marks = [("Right", "Foot Strike", t) for t in (-0.002, -0.0005, 1.7905, 1.792)]
    found = file_events(_content(gait, tmp_path, marks))
    assert [e[0] for e in found] == [0.0, pytest.approx(1.7905)]


def _at(content, times, first_frame=0):
    """Return the recording with its events at other times, as the file would hold them."""
    events = {**content.parameters["EVENT"], "TIMES": np.array(times)}
    return replace(
        content, first_frame=first_frame, parameters={**content.parameters, "EVENT": events}
    )


def test_the_format_keeps_events_in_minutes_and_seconds(gait, tmp_path):
    """A trial that was cropped to begin after a minute: 60.2 s is 0.2 s into it."""
    content = _content(gait, tmp_path, [("Right", "Foot Strike", 0.5)])
    minutes = file_events(_at(content, [[1.0], [0.2]], first_frame=6000))
    assert minutes == [(0.2, "r", "foot_strike", "file")]
    assert file_events(_at(content, [[1.0], [0.2]])) == []
    assert file_events(_at(content, [[0.3]])) == [(0.3, "r", "foot_strike", "file")]


def test_an_event_of_a_plate_takes_the_place_of_that_of_the_markers_within_015_s(gait, tmp_path):
    content, settings = _content(gait, tmp_path), gait.settings()["events"]
    alone = [e for e in detected_events(content, gait.walker(), [], settings) if e[1] == "r"]
    strike = next(e[0] for e in alone if e[2] == "foot_strike" and e[0] > 1.0)
    for away, kept in ((0.14, False), (-0.14, False), (0.16, True), (-0.16, True)):
        start = round((strike + away) * 1000)
        found = detected_events(
            content, gait.walker(), [Contact(1, start, 1800, "r", 0.0)], settings
        )
        times = [e[0] for e in found if e[1:3] == ("r", "foot_strike")]
        assert start / 1000 in times
        assert (strike in times) == kept
        assert [e for e in found if e[1:3] == ("r", "foot_off")] == [
            e for e in alone if e[2] == "foot_off"
        ]


def test_a_foot_that_goes_from_plate_to_plate_strikes_once_and_leaves_once(gait, tmp_path):
    content = _content(gait, tmp_path)
    contacts = [Contact(1, 200, 600, "r", 0.0), Contact(2, 500, 800, "r", 0.0),
                Contact(3, 550, 900, "l", 0.0), Contact(4, 300, 400, "", 0.0)]  # fmt: skip
    assert sorted(e[:3] for e in plate_events(content, contacts)) == [
        (0.2, "r", "foot_strike"), (0.55, "l", "foot_strike"),
        (0.8, "r", "foot_off"), (0.9, "l", "foot_off"),
    ]  # fmt: skip
    # A record that ends while the foot is on the plate does not show it leave.
    ends = plate_events(content, [Contact(1, 1400, 1800, "r", 0.0)])
    assert [e[:3] for e in ends] == [(1.4, "r", "foot_strike")]


def _steps(period_s, second=1.0, seconds=6.0):
    """Give the way ahead of a foot that turns every ``period_s``, every second time less far."""
    time = np.arange(int(seconds * 100)) / 100.0
    turn = np.floor(time / period_s).astype(int)
    height = np.where(turn % 2 == 0, 1.0, second)
    return time, 0.3 * height * np.sin(np.pi * time / period_s % np.pi) ** 2


def test_turning_points_are_a_step_apart_and_reach_a_third_of_the_longest():
    """A foot turns at most every 0.4 s; what reaches less than a third of the way is no step."""
    time, ahead = _steps(1.0)
    assert turning_points(ahead, 100.0) == pytest.approx(np.arange(0.5, 6.0, 1.0), abs=0.011)
    # Of turns every 0.3 s not every one can be a step, of turns every 0.5 s each one.
    assert np.diff(turning_points(_steps(0.3)[1], 100.0)).min() >= 0.4
    assert len(turning_points(_steps(0.5)[1], 100.0)) == 12
    assert len(turning_points(_steps(1.0, 0.45)[1], 100.0)) == 6
    assert len(turning_points(_steps(1.0, 0.25)[1], 100.0)) == 3
    # Shaking above 7 Hz, whose own peaks are 0.02 s beside those of the steps, moves none of them.
    shaken = ahead + 0.06 * np.sin(2 * np.pi * 12 * (time - 0.5))
    assert turning_points(shaken, 100.0) == pytest.approx(np.arange(0.5, 6.0, 1.0), abs=0.011)


def test_fewer_than_ten_frames_show_no_turn():
    bump = np.sin(np.pi * np.arange(10) / 9.0)
    assert turning_points(bump[:9], 100.0) == []
    assert len(turning_points(bump, 100.0)) == 1


def test_gaps_of_a_marker_are_bridged_but_give_no_events_themselves():
    _, ahead = _steps(1.0)
    gap = ahead.copy()
    gap[130:140] = np.nan  # beside the turn at 1.5 s
    assert turning_points(gap, 100.0) == pytest.approx(np.arange(0.5, 6.0, 1.0), abs=0.03)
    gap[140:160] = np.nan  # and over it
    assert 1.5 not in [round(t, 1) for t in turning_points(gap, 100.0)]
    assert len(turning_points(gap, 100.0)) == 5
    gap[9:] = np.nan
    assert turning_points(gap, 100.0) == []


def test_what_detection_needs_is_named(gait, tmp_path):
    content, settings = _content(gait, tmp_path), gait.settings()["events"]
    markers = gait.walker()
    del markers["LPSI"]
    with pytest.raises(TrialError, match=r"walk\.c3d: marker 'LPSI'.*is missing"):
        detected_events(content, markers, [], settings)
    with pytest.raises(ConfigError, match=r"events\.source is 'plates'"):
        gait_events(content, gait.walker(), [], settings | {"source": "plates"})


@pytest.mark.parametrize(("covered_s", "known"), [(0.55, True), (0.53, False)])
def test_a_stance_is_measured_where_a_plate_covers_nine_tenths_of_it(gait, covered_s, known):
    """Of 0.6 s these are 92 and 88 %; two plates in turn cover it as one does."""
    start, stop = 230, round(1000 * (0.23 + covered_s))
    for contacts in ([(start, stop)], [(start, 500), (500, stop)]):
        found = force_intervals(
            _events(gait), [Contact(1, *span, "r", 0.0) for span in contacts], sides=("r",),
            start_s=0.0, end_s=1.2, analog_rate_hz=1000.0,
        )  # fmt: skip
        whole, around = [(0.0, 1.2)], [(0.0, 0.2), (pytest.approx(0.8), 1.2)]
        assert _spans(found) == {"r": whole if known else around}
