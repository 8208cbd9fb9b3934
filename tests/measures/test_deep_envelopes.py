"""Envelopes of deep muscles of excitations that no filter changes, without any file."""

import numpy as np
import pytest
import xarray as xr

from myopinn.formats.whole import ArtifactError
from myopinn.measures.deep_envelopes import (
    DeepEnvelopes,
    deep_muscles,
    with_channels,
    with_revealed,
)

TIME = np.arange(0.0, 2.0, 0.01)
# Constant, which a low-pass leaves as it is, of each trial and muscle.
LEVELS = {"walk": (0.1, 0.2), "max1": (0.5, 0.9), "max2": (0.8, 0.4)}


def truth(trial):
    return xr.Dataset(
        {"excitation": (("time_s", "muscle"), np.tile(LEVELS[trial], (len(TIME), 1)))},
        {"time_s": TIME, "muscle": ["soleus", "deep"]},
    )


def test_the_muscles_are_given_in_the_order_that_is_asked_for():
    _, envelope = DeepEnvelopes(truth, ["deep", "soleus"], 6.0).of_trial("walk")
    np.testing.assert_allclose(envelope[[0, -1]], [[0.2, 0.1]] * 2)


def test_each_cycle_has_its_trial_s_envelope_at_its_times():
    own = DeepEnvelopes(truth, ["deep"], 6.0)
    found = own.at(np.array(["max1", "walk", "max1"]), np.tile([0.2, 0.7], (3, 1)))
    np.testing.assert_allclose(found[..., 0], [[0.9, 0.9], [0.2, 0.2], [0.9, 0.9]])


def test_the_largest_is_over_all_contractions_and_unknown_without_one():
    own = DeepEnvelopes(truth, ["soleus", "deep"], 6.0)
    np.testing.assert_allclose(own.largest(["max1", "max2"]), [0.8, 0.9])
    assert np.isnan(own.largest([])).all()


def test_a_muscle_that_the_truth_lacks_is_named_with_what_there_is():
    with pytest.raises(ArtifactError, match=r"walk: no muscle \['tibant'\].*'soleus', 'deep'"):
        DeepEnvelopes(truth, ["tibant", "deep"], 6.0).of_trial("walk")


def recorded():
    """One cycle of two frames, with a channel over the soleus."""
    return xr.Dataset(
        {
            "envelope": (("cycle", "frame", "channel"), [[[1.0], [2.0]]], {"units": "V"}),
            "mvc_envelope": (("session", "channel"), [[4.0]], {"units": "V"}),
            "joint_angle": (("cycle", "frame"), [[5.0, 6.0]]),
        },
        {"channel": ["soleus"], "muscle": ["soleus", "deep"], "session": ["a"]},
    )


def shown():
    added = {"envelope": np.array([[[0.3], [0.4]]]), "mvc_envelope": np.array([[0.8]])}
    return with_channels(recorded(), added, ["deep"])


def test_channels_are_added_beside_what_was_measured():
    data = shown()
    assert deep_muscles(recorded()) == ["deep"] and deep_muscles(data) == []
    assert data["envelope"].values.tolist() == [[[1.0, 0.3], [2.0, 0.4]]]
    assert data["envelope"].attrs == {"units": "V"}
    xr.testing.assert_identical(data.sel(channel=["soleus"]), recorded())


def predictions(*reference):
    return xr.Dataset(
        {"reference": (("sample", "target"), np.array(reference, dtype=float))},
        {
            "target": ["soleus", "deep", "other"],
            **{"cycle": ("sample", [0, 0]), "frame": ("sample", [1, 0])},
            "session": ("sample", ["a", "a"]),
        },
    )


def test_only_what_nobody_recorded_is_filled_with_a_share_of_the_largest():
    nan = np.nan
    filled = with_revealed(predictions([0.7, nan, nan], [nan, nan, nan]), shown())["reference"]
    # Frame 1 first; of the soleus a frame is missing, which is no reason to take its volts.
    np.testing.assert_allclose(filled, [[0.7, 0.5, nan], [nan, 0.375, nan]])


def test_of_living_people_nothing_is_filled():
    dataset = predictions([1, 2, 3], [4, 5, 6])
    assert with_revealed(dataset, None) is dataset
