"""Errors of predicted envelopes: what counts as a prediction."""

import numpy as np
import xarray as xr

from myopinn.evaluation.envelope_errors import copied_targets


def answers(predicted, reference):
    """What a variant answered to one person: two targets."""
    return xr.Dataset(
        {
            "predicted": (("sample", "target"), predicted),
            "reference": (("sample", "target"), reference),
        },
        coords={"target": ["shown", "deep"]},
    )


def test_an_envelope_that_is_an_input_is_no_prediction():
    rng = np.random.default_rng(0)
    reference = rng.uniform(size=(50, 2))
    answer = reference + np.array([0.0, 0.1])
    # Variants answer in single precision.
    person = answers(answer.astype(np.float32).astype(float), reference)
    assert copied_targets([person]) == {"shown"}
    other = answers(reference + np.array([0.01, 0.1]), reference)
    assert copied_targets([person, other]) == frozenset()


def test_a_target_without_reference_is_not_taken_for_a_copy():
    reference = np.full((5, 2), np.nan)
    assert copied_targets([answers(np.zeros((5, 2)), reference)]) == frozenset()
