import numpy as np
import pytest
from sklearn.base import clone

from myopinn.dataset.problem import Problem
from myopinn.methods.regressors.extreme_learning import AutoencoderLayer, RandomLayer
from myopinn.methods.regressors.frame_regression import frame_windows
from myopinn.variants import load_variant

PROBLEM = Problem(("a", "b"), ("knee",), ("m",), False, (0.0, 0.0), (1.0, 1.0))


def recordings(cycles: int = 6, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Smooth inputs, and targets that are a curved function of inputs two frames earlier."""
    draw = np.random.default_rng(seed)
    phase = 2 * np.pi * np.arange(100) / 100
    shift = draw.uniform(-1, 1, (cycles, 1, 2))
    inputs = 0.5 + draw.uniform(0.2, 0.5, (cycles, 1, 2)) * np.sin(phase[:, None] + shift)
    earlier = np.roll(inputs, 2, axis=1)
    targets = np.stack([np.sin(3 * earlier[..., 0]), earlier[..., 0] * earlier[..., 1]], -1)
    return inputs, targets


def fitted(name: str, seed: int = 1, **settings):
    variant = load_variant(name, settings)
    return variant.build(PROBLEM).fit_arrays(*recordings(), seed)


def error(model) -> float:
    """Mean squared error on cycles that were not learned, as a share of their variance."""
    inputs, targets = recordings(seed=9)
    return float(np.mean((model.predict_arrays(inputs) - targets) ** 2) / targets.var())


def test_a_window_holds_the_frames_around_and_repeats_the_ends():
    inputs = np.arange(12.0).reshape(2, 6, 1)
    rows = frame_windows(inputs, 5)
    np.testing.assert_array_equal(rows[0], [0, 0, 0, 1, 2])
    np.testing.assert_array_equal(rows[3], [1, 2, 3, 4, 5])
    # A cycle never sees another one.
    np.testing.assert_array_equal(rows[6], [6, 6, 6, 7, 8])


def test_a_machine_is_the_ridge_regression_on_its_hidden_layer():
    """Against the normal equations with an intercept that is not penalised."""
    model = fitted("elm", hidden_units=40, ridge=0.3, window_frames=3)
    inputs, targets = recordings()
    rows, wanted = frame_windows(inputs, 3), targets.reshape(-1, 2)
    learned = model.arrays()
    scaled = (rows - rows.mean(0)) / rows.std(0)
    hidden = np.tanh(scaled @ learned["hidden.weight_"] + learned["hidden.bias_"])
    centred = hidden - hidden.mean(0)
    normal = centred.T @ centred + 0.3 * np.eye(40)
    output = np.linalg.solve(normal, centred.T @ (wanted - wanted.mean(0)))
    expected = wanted.mean(0) + centred @ output
    np.testing.assert_allclose(model.predict_arrays(inputs).reshape(-1, 2), expected, atol=1e-9)


def test_more_hidden_units_fit_better():
    few, many = (fitted("elm", hidden_units=units, ridge=1e-3) for units in (4, 300))
    assert error(many) < 0.1 * error(few)
    few, many = (fitted("ml_elm", hidden_units=(50, units)) for units in (4, 300))
    assert error(many) < 0.1 * error(few)


@pytest.mark.parametrize("name", ["elm", "ml_elm"])
def test_the_seed_decides_the_draw(name):
    first, second, third = (
        fitted(name, seed).predict_arrays(recordings()[0]) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, second)
    assert np.abs(first - third).max() > 1e-6


@pytest.mark.parametrize("name", ["elm", "ml_elm"])
def test_what_was_learned_can_be_stored_and_taken_back(name):
    model = fitted(name)
    variant = load_variant(name)
    other = variant.build(PROBLEM)
    other.restore({key: value.copy() for key, value in model.arrays().items()})
    inputs = recordings(seed=5)[0]
    np.testing.assert_array_equal(other.predict_arrays(inputs), model.predict_arrays(inputs))


def test_what_a_hidden_unit_gets_has_the_stated_size():
    draw = np.random.default_rng(0)
    layer = RandomLayer(units=400, weight_scale=0.5, random_state=3).fit(draw.normal(size=(1, 30)))
    inside = draw.normal(size=(2000, 30)) @ layer.weight_
    assert inside.std() == pytest.approx(0.5, rel=0.05)
    assert clone(layer).get_params() == layer.get_params()


@pytest.mark.parametrize("units", [10, 30, 90])
def test_the_random_weights_of_an_autoencoder_are_orthonormal(units):
    layer = AutoencoderLayer(units, random_state=0).fit(np.random.default_rng(1).random((200, 30)))
    weight = layer.random_weight_
    assert weight.shape == (30, units)
    product = weight.T @ weight if units <= 30 else weight @ weight.T
    np.testing.assert_allclose(product, np.eye(min(units, 30)), atol=1e-12)
    assert np.linalg.norm(layer.random_bias_) == pytest.approx(1.0)


def test_an_autoencoder_gives_its_inputs_back():
    inputs = np.random.default_rng(1).random((2000, 12))
    layer = AutoencoderLayer(60, ridge=1e-3, random_state=0).fit(inputs)
    unseen = np.random.default_rng(2).random((500, 12))
    left = layer.decode(layer.encode(unseen)) - unseen
    assert np.mean(left**2) < 1e-3 * unseen.var()


def test_an_autoencoder_as_wide_as_its_inputs_is_linear():
    inputs = np.random.default_rng(1).random((200, 12))
    wide, same = (AutoencoderLayer(n, random_state=0).fit(inputs) for n in (20, 12))
    np.testing.assert_allclose(same.transform(2 * inputs), 2 * same.transform(inputs))
    assert np.abs(wide.transform(2 * inputs) - 2 * wide.transform(inputs)).max() > 0.1


def test_layers_of_one_machine_are_draws_of_their_own():
    learned = fitted("ml_elm", hidden_units=(30, 30, 30), window_frames=15).arrays()
    one, two = learned["hidden_0.random_weight_"], learned["hidden_1.random_weight_"]
    assert one.shape == two.shape
    assert np.abs(one - two).max() > 0.1
