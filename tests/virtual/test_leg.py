"""The leg against published figures."""

import numpy as np
import opensim as osim
import pytest

from myopinn.virtual.leg import ANKLE, BODY_MASS_KG, HIP, JOINTS, KNEE, MUSCLES, leg_anatomy
from myopinn.virtual.models import DeGrooteFreglyRigid, MillardElastic, build_model, moment_arms
from myopinn.virtual.people import body_mass_kg, draw_person
from myopinn.virtual.sagittal import SagittalChain

# Moment arms in mm, flexion and dorsiflexion positive, of the model of Rajagopal et al. 2016
# (doi:10.1109/TBME.2016.2586891), the other joints at zero; heads averaged by their strength.
PUBLISHED_MM = {
    HIP: (
        (-30, -20, -10, 0, 10, 20, 30),
        {
            "glmax_r": (-52.8, -59.2, -62.0, -62.1, -60.5, -58.2, -56.3),
            "iliopsoas_r": (29.6, 28.3, 28.1, 28.5, 29.3, 30.5, 31.8),
            "recfem_r": (13.6, 21.0, 28.0, 34.3, 39.9, 44.5, 48.1),
            "bflh_r": (-17.0, -28.0, -37.6, -45.7, -52.0, -56.3, -58.7),
        },
    ),
    KNEE: (
        (0, 10, 20, 40, 60, 80),
        {
            "recfem_r": (-47.3, -47.7, -47.0, -43.6, -39.2, -29.2),
            "vasti_r": (-42.4, -44.6, -43.8, -38.7, -33.5, -23.8),
            "bflh_r": (31.8, 34.7, 37.6, 43.1, 44.4, 40.8),
            "bfsh_r": (21.3, 23.4, 26.1, 32.6, 38.9, 40.5),
            "gas_r": (19.4, 19.8, 20.6, 24.8, 28.3, 29.4),
        },
    ),
    ANKLE: (
        (-30, -20, -10, 0, 10, 20),
        {
            "gas_r": (-41.5, -43.4, -43.9, -43.1, -41.1, -38.0),
            "soleus_r": (-43.6, -44.2, -43.4, -41.4, -38.3, -34.2),
            "tibant_r": (35.0, 38.0, 40.6, 42.6, 43.8, 44.0),
        },
    ),
}
WALKING_DEG = {HIP: (-35, 40), KNEE: (-5, 80), ANKLE: (-30, 25)}


class Leg:
    """A leg that is put into one posture after the other."""

    def __init__(self, anatomy):
        self.model = build_model(anatomy, MillardElastic())
        self.state = self.model.initSystem()
        self.joints = {name: self.model.getCoordinateSet().get(name) for name in JOINTS}
        self.muscles = {
            n: osim.Millard2012EquilibriumMuscle.safeDownCast(self.model.getMuscles().get(n))
            for n in MUSCLES
        }

    def sweep(self, joint, angles_deg):
        """Give lengths and moment arms of all muscles, m, each (angle, muscle)."""
        lengths, arms = [], []
        for angle in angles_deg:
            for name, coordinate in self.joints.items():
                value = float(np.radians(angle)) if name == joint else 0.0
                coordinate.setValue(self.state, value, False)
            self.model.realizeVelocity(self.state)
            lengths.append([m.getLength(self.state) for m in self.muscles.values()])
            arms.append(
                [m.computeMomentArm(self.state, self.joints[joint]) for m in self.muscles.values()]
            )
        return np.array(lengths), np.array(arms)


@pytest.fixture(scope="module")
def leg():
    return Leg(leg_anatomy())


@pytest.mark.parametrize("joint", JOINTS)
def test_moment_arms_are_the_published_ones_over_the_range_of_walking(leg, joint):
    angles, published = PUBLISHED_MM[joint]
    arms = 1000 * leg.sweep(joint, angles)[1]
    for muscle, expected in published.items():
        # 5 mm: heads that were made one muscle differ by as much.
        np.testing.assert_allclose(arms[:, MUSCLES.index(muscle)], expected, atol=5.0)


@pytest.mark.parametrize("joint", JOINTS)
def test_moment_arms_are_minus_the_slopes_of_the_lengths_and_never_jump(leg, joint):
    low, high = WALKING_DEG[joint]
    angles = np.linspace(low, high, 301)
    lengths, arms = leg.sweep(joint, angles)
    slopes = np.gradient(lengths, np.radians(angles), axis=0)
    # The groove makes the slope's slope jump, which costs the central difference a little.
    np.testing.assert_allclose(arms[1:-1], -slopes[1:-1], atol=1e-4)
    assert np.abs(np.diff(arms, axis=0)).max() < 1.5e-3


def test_nobodys_muscle_changes_sides_in_walking():
    signs = {
        HIP: {"glmax_r": -1, "iliopsoas_r": 1, "recfem_r": 1},
        KNEE: {"recfem_r": -1, "vasti_r": -1, "bflh_r": 1, "bfsh_r": 1, "gas_r": 1},
        ANKLE: {"gas_r": -1, "soleus_r": -1, "tibant_r": 1},
    }
    generic = leg_anatomy()
    for number in range(8):
        rng = np.random.default_rng(number)
        drawn = Leg(draw_person("P", generic, body_mass_kg(number), 0.004, rng).anatomy)
        for joint, expected in signs.items():
            arms = drawn.sweep(joint, np.linspace(*WALKING_DEG[joint], 18))[1]
            for muscle, sign in expected.items():
                assert (sign * arms[:, MUSCLES.index(muscle)] > 0.003).all(), (number, muscle)


def test_the_model_weighs_what_a_body_weighs_for_everyone():
    generic = leg_anatomy()
    model = build_model(generic, DeGrooteFreglyRigid())
    assert model.getTotalMass(model.initSystem()) == pytest.approx(BODY_MASS_KG)
    # de Leva 1996: the leg of a man is 19.86 % of his mass.
    thigh, shank, foot = (b.mass_kg for b in generic.bodies[1:])
    assert (thigh + shank + foot) / BODY_MASS_KG == pytest.approx(0.1986)


def test_people_keep_the_lengths_of_their_fibres_near_the_average():
    """Fibres and tendons follow the whole path, also where it has one point on each bone."""
    generic = leg_anatomy()
    for number in range(6):
        rng = np.random.default_rng(number)
        person = draw_person("P", generic, body_mass_kg(number), 0.004, rng)
        for before, muscle in zip(generic.muscles, person.anatomy.muscles, strict=True):

            def stretch(anatomy, which):
                room = anatomy.neutral_length_m(which) - which.tendon_slack_length_m
                return room / which.optimal_fiber_length_m

            # Tendons differ by 1 %, up to 4.5 mm of 40 mm fibres for one standard deviation.
            assert abs(stretch(person.anatomy, muscle) - stretch(generic, before)) < 0.45


def test_the_chain_is_where_opensim_says_and_its_jacobian_is_the_slope(leg):
    anatomy = leg_anatomy()
    chain = SagittalChain(anatomy, "calcn_r")
    point = np.array([0.10, -0.05])
    rng = np.random.default_rng(3)
    for angle in rng.uniform(-0.6, 0.6, (5, 6)):
        for name, value in zip(anatomy.coordinates, angle, strict=True):
            leg.model.getCoordinateSet().get(name).setValue(leg.state, float(value), False)
        leg.model.realizePosition(leg.state)
        foot = leg.model.getBodySet().get("calcn_r")
        place = foot.findStationLocationInGround(leg.state, osim.Vec3(*point, 0.0)).to_numpy()
        found, jacobian = chain.locate(angle, point)
        np.testing.assert_allclose(found, place[:2], atol=1e-12)
        for index in range(6):
            step = np.zeros(6)
            step[index] = 1e-6
            slope = chain.locate(angle + step, point)[0] - chain.locate(angle - step, point)[0]
            np.testing.assert_allclose(jacobian[:, index], slope / 2e-6, atol=1e-8)


def test_moment_arms_are_those_that_opensim_computes(leg):
    muscles = list(leg.muscles.values())
    coordinates = [leg.model.getCoordinateSet().get(name) for name in leg_anatomy().coordinates]
    for angles_deg in ((0.0, 0.0, 0.0), (30.0, 60.0, -15.0)):
        for name, angle in zip(JOINTS, angles_deg, strict=True):
            leg.joints[name].setValue(leg.state, float(np.radians(angle)), False)
            leg.joints[name].setSpeedValue(leg.state, 3.0)
        arms = moment_arms(leg.model, leg.state, coordinates, muscles, leg_anatomy().crossings)
        computed = [[m.computeMomentArm(leg.state, c) for m in muscles] for c in coordinates]
        np.testing.assert_allclose(arms, computed, atol=1e-12)
        assert np.abs(arms).max() > 0.01
