import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler
from test_extreme_learning import PROBLEM, recordings

from myopinn.methods.regressors.frame_regression import frame_windows
from myopinn.methods.regressors.support_vectors import SupportVectorMachines
from myopinn.variants import load_variant


def fitted(seed: int = 1, **settings):
    variant = load_variant("svr", settings)
    return variant.build(PROBLEM).fit_arrays(*recordings(), seed)


def test_the_answer_is_that_of_scikit_learn():
    inputs, targets = recordings()
    rows, wanted = frame_windows(inputs, 3), targets.reshape(-1, 2)
    machines = SupportVectorMachines(10.0, 0.01, 0.5).fit(rows, wanted)
    answer = machines.predict(rows)
    assert len(machines.vectors_) < len(rows)
    for k in range(2):
        expected = machines.machine().fit(rows, wanted[:, k]).predict(rows)
        np.testing.assert_allclose(answer[:, k], expected, atol=1e-10)


def test_the_kernel_is_as_wide_as_the_settings_say():
    """Against one machine on scaled windows: gamma is shared among the inputs of the window."""
    inputs, targets = recordings()
    model = fitted(gamma=0.6, window_frames=5)
    rows = StandardScaler().fit_transform(frame_windows(inputs, 5))
    alone = SupportVectorMachines(1.0, 0.02, 0.6 / 10).fit(rows, targets.reshape(-1, 2))
    np.testing.assert_allclose(
        model.predict_arrays(inputs).reshape(-1, 2), alone.predict(rows), atol=1e-10
    )


def test_errors_inside_the_tube_cost_nothing():
    inputs, targets = recordings()
    model = fitted(penalty=1000.0, epsilon=0.05)
    # The solver stops within 1e-3.
    assert np.abs(model.predict_arrays(inputs) - targets).max() < 0.05 + 2e-3


@pytest.mark.parametrize(("max_frames", "drawn"), [(600, False), (300, True)])
def test_the_seed_matters_only_where_frames_are_drawn(max_frames, drawn):
    inputs, _ = recordings()
    one, two = (fitted(seed, max_frames=max_frames) for seed in (1, 2))
    assert one.uses_seed == drawn
    assert (np.abs(one.predict_arrays(inputs) - two.predict_arrays(inputs)).max() > 0) == drawn
    assert len(one.arrays()["machines.vectors_"]) <= max_frames


def test_what_was_learned_can_be_stored_and_taken_back():
    model = fitted()
    variant = load_variant("svr")
    other = variant.build(PROBLEM)
    other.restore({key: value.copy() for key, value in model.arrays().items()})
    inputs = recordings(seed=5)[0]
    np.testing.assert_array_equal(other.predict_arrays(inputs), model.predict_arrays(inputs))
