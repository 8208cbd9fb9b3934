import numpy as np
import pytest
import synthetic_study as synthetic

from myopinn.dataset.normalisation import Normalisation, normalised_envelopes, with_time
from myopinn.dataset.recorded import RecordedCycles
from myopinn.dataset.selection import Selection
from myopinn.errors import TrialError
from myopinn.training.inputs import FitInputs
from myopinn.training.recorded_cycles import read_recorded_cycles


def read(study, **changed) -> RecordedCycles:
    selection = Selection.read(synthetic.selection(**changed))
    recorded, _ = read_recorded_cycles(
        FitInputs(study.datasets, study.geometries), selection, "synthetic"
    )
    return recorded


def test_constants_depend_on_the_training_trials_only(study):
    recorded = read(study)
    rows = recorded.rows(["ada/walk0", "ben/walk1"])
    before = Normalisation.fit(recorded, rows)
    others = np.setdiff1d(np.arange(len(recorded.key)), rows)
    for name in ("envelope", "joint_angle", "muscle_force", "joint_moment"):
        getattr(recorded, name)[others] *= 17.0
    assert Normalisation.fit(recorded, rows) == before
    recorded.envelope[rows[0]] *= 17.0
    assert Normalisation.fit(recorded, rows) != before


def test_training_inputs_reach_one_and_targets_span_one(study):
    recorded = read(study)
    rows = recorded.rows([f"ada/walk{k}" for k in range(4)])
    cycles = Normalisation.fit(recorded, rows).cycles(recorded).take(rows)
    np.testing.assert_allclose(cycles.inputs[:, :2].amax((0, 2)), 1.0, rtol=1e-6)
    extent = cycles.targets.amax((0, 2)) - cycles.targets.amin((0, 2))
    np.testing.assert_allclose(extent, 1.0, rtol=1e-5)
    np.testing.assert_allclose(cycles.targets.mean((0, 2)), 0.0, atol=1e-5)
    # Frame k lies at k % of the cycle.
    np.testing.assert_allclose(cycles.inputs[0, 2], np.arange(100) / 100, atol=1e-7)


def test_maximal_contractions_normalise_each_session_by_its_own(study):
    recorded = read(study, emg_normalisation="mvc", time_input=False)
    normalisation = Normalisation.fit(recorded, np.arange(4))
    assert normalisation.channel_maximum_v is None
    cycles = normalisation.cycles(recorded)
    assert cycles.inputs.shape[1] == 2
    expected = recorded.envelope / recorded.mvc_envelope[:, None]
    np.testing.assert_allclose(cycles.inputs.numpy(), expected.swapaxes(1, 2), rtol=1e-6)


def test_the_moment_to_balance_is_with_or_without_the_reserve(study):
    physics = {"coordinate": "knee", "kind": "moment_balance"}
    whole = read(study)
    less = read(study, physics={**physics, "moment": "inverse_dynamics_less_reserve"})
    # The synthetic reserve is 2 N.m throughout.
    np.testing.assert_allclose(whole.joint_moment - less.joint_moment, 2.0)


def test_all_muscles_of_the_joint_are_targets_and_no_other(study):
    recorded = read(study, muscles=["extensor"])
    assert recorded.muscles == ("flexor", "extensor", "biarticular")
    without = read(study, muscles=["extensor"], physics=None)
    assert without.muscles == ("extensor",)


def test_a_silent_channel_is_named(study):
    recorded = read(study)
    recorded.envelope[..., 1] = 0.0
    with pytest.raises(TrialError, match="extensor"):
        Normalisation.fit(recorded, np.arange(4))


def test_a_constant_target_is_not_divided_by_its_range(study):
    recorded = read(study, muscles=["gluteus"])
    constants = Normalisation.fit(recorded, np.arange(8))
    assert recorded.muscles[-1] == "gluteus"
    assert constants.target_range[-1] == 1.0


def test_people_of_zero_cycles_are_no_trouble(study):
    synthetic.write_dataset(study.folder / "ben.nc", 1, trials=0)
    recorded = read(study)
    assert set(recorded.person) == {0, 2}


def test_position_in_the_cycle_is_the_last_input():
    envelopes = normalised_envelopes(np.ones((2, 100, 3)), np.full(3, 2.0))
    inputs = with_time(envelopes, time_input=True)
    assert inputs.shape == (2, 100, 4)
    np.testing.assert_array_equal(inputs[..., :3], 0.5)
