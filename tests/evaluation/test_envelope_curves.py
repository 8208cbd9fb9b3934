"""Mean cycles of envelopes, over trials first and people then."""

import numpy as np
import pytest
from hand_made import NAN, PHASE, Cycle, filled, write_about, write_answers

from myopinn.files.layouts.dataset import DATASET
from myopinn.files.layouts.envelope_curves import ENVELOPE_CURVES
from myopinn.files.netcdf import write_netcdf
from myopinn.steps.average_envelopes import average_envelopes

SHAPE = 2 + np.sin(PHASE)


def cycle(trial, gain, reference, **more):
    """Of two muscles, one measured and one deep, of which the recording knows nothing."""
    return Cycle(
        trial,
        {"shown": gain * SHAPE, "deep": 10 * gain * SHAPE, "silent": NAN},
        {"shown": reference * SHAPE, "deep": NAN, "silent": NAN},
        **more,
    )


UNITS = {"shown": "1", "deep": "1", "silent": "1"}


@pytest.fixture
def curves(tmp_path):
    """P1: a trial of two cycles, 1 and 3, and one of one cycle, 6, so 4. P2: 8, a fast one 5."""
    method, copies = (tmp_path / "fits" / name / "lab" / "split" for name in ("method", "copies"))
    first = [
        cycle("t1", 1, 1, cycle=0),
        cycle("t1", 3, 3, cycle=1),
        cycle("t2", 5, 6, cycle=2, seed=0),
        cycle("t2", 7, 6, cycle=2, seed=1),
    ]
    second = [cycle("t1", 8, 8), cycle("t9", 5, 7, condition="fast", cycle=1)]
    write_answers(method, "P1", UNITS, first)
    write_answers(method, "P2", UNITS, second)
    write_answers(copies, "P1", UNITS, [cycle("t1", 2, 99)])
    empty = tmp_path / "fits" / "nobody" / "lab" / "split"
    write_about(empty)

    def average(revealed=()):
        average_envelopes(
            predictions=[tmp_path / "fits" / name for name in ("nobody", "method", "copies")],
            revealed=revealed,
            curves=tmp_path / "curves.csv",
        )
        table = ENVELOPE_CURVES.read(tmp_path / "curves.csv")
        assert list(table.columns) == list(ENVELOPE_CURVES.columns)
        return table.set_index(["variant", "target", "condition"]).sort_index()

    return average


def test_a_person_s_cycle_is_the_mean_of_trials_and_people_count_alike(curves):
    own = curves().loc[("method", "shown", "slow")]
    assert list(own["cycle_percent"]) == list(range(100))
    np.testing.assert_allclose(own["mean"], (4 + 8) / 2 * SHAPE)
    # Of two people, one more and one less than their mean by 2.
    np.testing.assert_allclose(own["sd"], 2 * np.sqrt(2) * SHAPE)
    assert set(own["n_subjects"]) == {2} and set(own["unit"]) == {"1"}
    assert set(own["recording"]) == {"lab"} and set(own["split"]) == {"split"}


def test_a_condition_has_its_own_cycle(curves):
    own = curves().loc[("method", "shown", "fast")]
    np.testing.assert_allclose(own["mean"], 5 * SHAPE)
    assert own["sd"].isna().all() and set(own["n_subjects"]) == {1}


def test_the_recording_stands_there_once_as_the_first_variant_has_it(curves):
    table = curves()
    assert set(table.index.get_level_values("variant")) == {"reference", "method", "copies"}
    own = table.loc[("reference", "shown", "slow")]
    np.testing.assert_allclose(own["mean"], 6 * SHAPE)
    assert len(own) == 100


def test_a_deep_muscle_of_living_people_has_a_prediction_alone(curves):
    table = curves()
    np.testing.assert_allclose(table.loc[("method", "deep", "slow"), "mean"], 60 * SHAPE)
    assert table.loc[("reference", "deep", "slow"), "mean"].isna().all()
    # Of what nobody predicted and nobody recorded there is nothing to draw.
    assert "silent" not in table.index.get_level_values("target")


def test_a_deep_muscle_of_virtual_people_has_what_an_electrode_would_have_seen(curves, tmp_path):
    labels = {
        **{k: ["x"] * 3 for k in ("trial", "trial_session", "condition")},
        **{"load_kg": np.zeros(3), "channel": ["deep"], "coordinate": ["q"]},
        **{"muscle": ["deep"], "session": ["s"]},
    }
    # Shares of 0.2, 0.4 and 0.5 of a largest of 0.5.
    envelope = np.array([0.1, 0.2, 0.25])[:, None, None] * SHAPE[:, None]
    data = filled(
        DATASET,
        labels,
        attributes={"recording": "lab", "subject": "P1"},
        sizes={"frame": 100},
        envelope=envelope,
        mvc_envelope=np.array([[0.5]]),
    )
    path = tmp_path / "lab" / "revealed" / "P1.nc"
    write_netcdf(data, path, DATASET)
    own = curves([path]).loc[("reference", "deep", "slow")]
    # Mean of the cycles of the first trial, 0.3, and that of the second; P2 is not known.
    np.testing.assert_allclose(own["mean"], 0.4 * SHAPE)
    assert set(own["n_subjects"]) == {1}


def test_without_an_answer_the_table_is_empty_and_has_its_columns(tmp_path):
    average_envelopes(predictions=[], revealed=[], curves=tmp_path / "curves.csv")
    table = ENVELOPE_CURVES.read(tmp_path / "curves.csv")
    assert table.empty and list(table.columns) == list(ENVELOPE_CURVES.columns)
