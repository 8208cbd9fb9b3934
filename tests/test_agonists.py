"""Agonists turn a joint the same way on average over its range, whatever other joints do."""

import numpy as np
import pytest

from myopinn.dataset.agonists import agonists_of

TERMS = np.array([[0, 0], [1, 0], [2, 0], [3, 0], [0, 1], [1, 1]])
# Of each muscle what the scaled angle x of the elbow and y of the shoulder do to its length, by
# the powers above, and whether it crosses each of them.
MUSCLES = {
    "flexor": ([0.30, -0.03, 0.0, 0.0, 0.0, 0.0], (1, 0)),
    # At the middle of the range it lengthens with the angle, over the whole of it shortens.
    "turning": ([0.30, 0.01, 0.0, -0.03, 0.0, 0.0], (1, 0)),
    # A length that is even in x is the same at both ends: the odd part decides.
    "bent": ([0.30, -0.01, -0.05, 0.0, 0.0, 0.0], (1, 0)),
    # What the shoulder does to it matters to nobody at the elbow, nor does their product at y = 0.
    "two_joints": ([0.30, -0.02, 0.0, 0.0, 0.08, 0.09], (1, 1)),
    "extensor": ([0.30, 0.02, 0.0, 0.0, 0.0, 0.0], (1, 0)),
    "shoulder": ([0.30, 0.0, 0.0, 0.0, -0.05, 0.0], (0, 1)),
}
GEOMETRY = {
    "coordinate": np.array(["elbow", "shoulder"]),
    "muscle": np.array(list(MUSCLES)),
    "crosses": np.array([crosses for _, crosses in MUSCLES.values()]),
    "exponent": TERMS,
    "coefficient": np.array([coefficient for coefficient, _ in MUSCLES.values()]),
}


def test_agonists_of_the_elbow():
    found = agonists_of(GEOMETRY, "elbow")
    flexors = ["flexor", "turning", "bent", "two_joints"]
    assert found == {f: tuple(o for o in flexors if o != f) for f in flexors} | {"extensor": ()}


def test_another_joint_has_other_agonists():
    # The one lengthens with the shoulder's angle and the other shortens.
    assert agonists_of(GEOMETRY, "shoulder") == {"two_joints": (), "shoulder": ()}


def test_the_mean_moment_arm_is_what_decides():
    """Against the moment arm, minus the slope of the length, averaged over the range."""
    x = np.linspace(-1, 1, 2001)
    mean = {}
    for name, (coefficient, (crosses, _)) in MUSCLES.items():
        if crosses:
            slope = sum(
                c * p * x ** max(p - 1, 0)
                for c, (p, q) in zip(coefficient, TERMS, strict=True)
                if not q
            )
            mean[name] = -np.mean(slope)
    for name, others in agonists_of(GEOMETRY, "elbow").items():
        same = {o for o in mean if o != name and np.sign(mean[o]) == np.sign(mean[name])}
        assert set(others) == same


def test_a_joint_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="knee"):
        agonists_of(GEOMETRY, "knee")
