"""People differ, within what people are."""

import dataclasses
import math

import numpy as np
import pytest

from myopinn.errors import ConfigError
from myopinn.virtual.anatomy import Body, scaled_skeleton
from myopinn.virtual.people import body_mass_kg, draw_person


def drawn(generic, seed, mass=70.0):
    rng = np.random.default_rng(seed)
    return draw_person("P", generic, mass, 0.04, rng, rigid_share=("load",))


def test_the_same_seed_is_the_same_person(generic):
    assert drawn(generic, 3) == drawn(generic, 3)
    assert drawn(generic, 3) != drawn(generic, 4)


def test_people_differ_as_much_as_said(generic):
    strengths = np.array(
        [
            [m.max_isometric_force_n for m in drawn(generic, seed, generic.mass_kg).anatomy.muscles]
            for seed in range(60)
        ]
    )
    spread = np.log(strengths).std(axis=0)
    # Two independent factors of 0.12 each; 60 people give the spread within a quarter.
    np.testing.assert_allclose(spread, 0.12 * math.sqrt(2), rtol=0.3)


def test_segments_weigh_their_share_of_the_body(generic):
    hands = [
        next(b.mass_kg for b in drawn(generic, seed, 90.0).anatomy.bodies if b.name == "hand")
        for seed in range(60)
    ]
    # de Leva 1996: 0.61 %; 60 people with a spread of 8 % give the mean within 3 %.
    assert np.mean(hands) == pytest.approx(0.0061 * 90.0, rel=0.03)


def test_masses_are_spread_over_the_population():
    masses = [body_mass_kg(number) for number in range(20)]
    assert len(set(masses)) == len(masses)
    assert 55 < min(masses) < 65 and 80 < max(masses) < 95


def test_the_load_is_an_exact_share_of_the_body_and_keeps_its_size(generic):
    heavy = drawn(generic, 1, 90.0).anatomy
    load = next(body for body in heavy.bodies if body.name == "load")
    assert load.mass_kg == pytest.approx(0.02 * 90.0)


def test_inertia_follows_mass_and_squared_size(generic):
    hand = next(body for body in generic.bodies if body.name == "hand")
    doubled = scaled_skeleton(generic, {"hand": (2.0, 2.0, 2.0)}, {"hand": 8 * hand.mass_kg})
    scaled = next(body for body in doubled.bodies if body.name == "hand")
    np.testing.assert_allclose(scaled.inertia_kg_m2, 32 * np.array(hand.inertia_kg_m2))
    np.testing.assert_allclose(scaled.mass_center_m, 2 * np.array(hand.mass_center_m))


def test_fibres_and_tendons_follow_the_length_of_the_path(generic):
    """A tall person's fibres must not be stretched by the size alone."""
    ratios = []
    for seed in range(40):
        person = drawn(generic, seed, 90.0)
        for before, after in zip(generic.muscles, person.anatomy.muscles, strict=True):
            ratios.append(after.tendon_slack_length_m / before.tendon_slack_length_m)
    assert np.mean(ratios) == pytest.approx((90.0 / generic.mass_kg) ** (1 / 3), rel=0.02)


def test_a_wrong_anatomy_is_refused_by_name(generic):
    with pytest.raises(ConfigError, match="exactly one joint"):
        dataclasses.replace(generic, bodies=(*generic.bodies, Body("stray", 1.0)))
    with pytest.raises(ConfigError, match="hand weighs -1"):
        dataclasses.replace(
            generic,
            bodies=tuple(
                dataclasses.replace(b, mass_kg=-1.0) if b.name == "hand" else b
                for b in generic.bodies
            ),
        )
