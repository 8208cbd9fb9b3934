"""Reaches against published kinematics, and what is done to them in a trial."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import welch

from myopinn.recordings.simulating.reaches import Reach
from myopinn.recordings.virtual_wrist import EXTENSORS, FLEXORS
from myopinn.virtual.control import Gains
from myopinn.virtual.electrodes import ElectrodeSettings, place_electrodes, record_emg
from myopinn.virtual.internal_model import InternalModel
from myopinn.virtual.motion import GRID_S, reach, swing
from myopinn.virtual.postures import heavier, raised, stronger
from myopinn.virtual.pushes import PULSE_S, Pushes, draw_pushes
from myopinn.virtual.simulation import simulate
from myopinn.virtual.tiredness import come_off, on_tired_muscles, strength_left
from myopinn.virtual.wrist import HAND_LENGTH_M, LOAD

ENDS = (math.radians(-45.0), math.radians(45.0))
RESTING = Reach(duration_s=(0.4, 1.0), dwell_s=(0.3, 0.5))
DURATION_S = 9.0


def perform(person, condition, duration_s, seed=0):
    rng = np.random.default_rng(seed)
    controller = condition.controller(person, ENDS, (-1.0, duration_s), Gains(), rng)
    return simulate(person, controller, duration_s, 1.0, "reach_1")


def movements(speed, step_s, floor):
    """First and last row of each whole stretch that is faster than the floor."""
    fast = np.concatenate([[False], np.abs(speed) > floor, [False]])
    edges = np.flatnonzero(np.diff(fast.astype(int)))
    return [
        (a, b)
        for a, b in edges.reshape(-1, 2)
        if 0 < a < b < len(speed) and (b - a) * step_s > 0.15
    ]


def facts(angle, speed, step_s, floor):
    """Way, duration, peak by mean speed and share of the time before the peak of each movement."""
    rows = []
    for a, b in movements(speed, step_s, floor):
        way, lasts, peak = abs(angle[b - 1] - angle[a]), (b - a) * step_s, np.abs(speed[a:b]).max()
        rows.append((way, lasts, peak * lasts / way, np.abs(speed[a:b]).argmax() / (b - a), peak))
    return np.array(rows).T


@pytest.fixture(scope="module")
def intended():
    rng = np.random.default_rng(1)
    return reach([ENDS], RESTING.duration_s, RESTING.dwell_s, 0.0, 300.0, rng)


@pytest.fixture(scope="module")
def performed(person):
    return perform(person, RESTING, DURATION_S)


def test_intended_reaches_have_the_least_jerk(intended):
    """Peak speed is 15/8 of the mean one, in the middle (Flash, Hogan 1985)."""
    angle, speed = intended.angle[:, 0], intended.velocity[:, 0]
    way, lasts, ratio, before, peak = facts(angle, speed, GRID_S, 1e-9)
    assert len(way) > 150
    assert ratio == pytest.approx(15 / 8, rel=0.01)
    assert before == pytest.approx(0.5, abs=0.01)
    # Any targets, and no faster because they are far (Hoffman, Strick 1986).
    assert abs(np.corrcoef(way, lasts)[0, 1]) < 0.2
    assert np.corrcoef(way / lasts, peak)[0, 1] > 0.999
    assert 0.4 <= lasts.min() < 0.45 and 0.95 < lasts.max() <= 1.01


def test_velocity_and_acceleration_are_those_of_the_angle(intended):
    angle, speed, acceleration = (
        curve[:, 0] for curve in (intended.angle, intended.velocity, intended.acceleration)
    )
    assert np.abs(np.gradient(angle, GRID_S) - speed).max() < 5e-3
    assert np.abs(np.gradient(speed, GRID_S) - acceleration).max() < 1.0 < acceleration.max() / 20
    assert ENDS[0] <= angle.min() < 0.9 * ENDS[0] and 0.9 * ENDS[1] < angle.max() <= ENDS[1]


def test_nobody_can_foresee_a_reach(intended):
    """What was there a period before tells a swing, and nothing of a reach."""

    def told(angle):
        values = angle[::20] - angle[::20].mean()
        lags = [np.corrcoef(values[:-k], values[k:])[0, 1] for k in range(50, 300)]
        return max(lags)

    swung = swing(0.6, ENDS[1], 0.0, 300.0, np.random.default_rng(1))
    assert told(swung.angle[:, 0]) > 0.8
    assert told(intended.angle[:, 0]) < 0.3


def test_performed_reaches_are_bell_shaped_as_measured(performed):
    """Near symmetric bells whatever the speed and load, of which single ones vary.

    Novak, Miller, Houk 2000 (doi:10.1007/s002210000366): near symmetric, as of the least jerk.
    Nagasaki 1989 (doi:10.1007/BF00248865): the peak at half the time at intermediate speed.
    """
    degrees = np.degrees(performed.joint_angle[:, 0])
    speed = np.degrees(performed.joint_velocity[:, 0])
    way, lasts, ratio, before, peak = facts(degrees, speed, 0.005, 10.0)
    large = way > 15.0
    assert large.sum() >= 4
    assert 1.5 < np.median(ratio[large]) < 2.1
    assert 0.35 < np.median(before[large]) < 0.6
    # Slower than the fastest steps of a wrist, which go beyond 1000 degrees a second.
    assert peak[large].max() < 500.0
    assert np.corrcoef(way[large] / lasts[large], peak[large])[0, 1] > 0.9


def test_a_person_gets_where_the_target_is(performed):
    error = np.degrees(performed.joint_angle - performed.target_angle)
    assert np.sqrt(np.mean(error**2)) < 5.0


def test_a_load_twice_as_heavy_and_a_raised_forearm_need_what_mechanics_says(person):
    """At rest: weight times its arm, by the same hand and load."""
    still = np.zeros(1)

    def needed(anatomy, angle):
        return float(InternalModel(anatomy).moment(np.array([angle]), still, still)[0])

    anatomy, angle = person.anatomy, math.radians(20.0)
    load = next(b for b in anatomy.bodies if b.name == LOAD)
    grip = next(j for j in anatomy.joints if j.child == LOAD).location_in_parent_m
    x, y = grip[0], grip[1]
    horizontal = x * math.cos(angle) - y * math.sin(angle)
    more = needed(heavier(anatomy, LOAD, 2.0), angle) - needed(anatomy, angle)
    assert more == pytest.approx(load.mass_kg * 9.80665 * horizontal, rel=1e-6)
    assert abs(y) < 2 * HAND_LENGTH_M
    # A hand bent by an angle on a forearm that is raised by it hangs as one bent by both.
    turned = needed(raised(anatomy, math.radians(50.0)), angle)
    assert turned == pytest.approx(needed(anatomy, angle + math.radians(50.0)), rel=1e-6)


def test_nothing_is_felt_of_a_push_before_it_comes_and_little_later(person):
    moving = replace(RESTING, pushes_per_minute=20.0)
    rngs = [np.random.default_rng(3) for _ in range(2)]
    plain, pushed = (
        condition.controller(person, ENDS, (-1.0, 2.5), Gains(), rng)
        for condition, rng in zip((RESTING, moving), rngs, strict=True)
    )
    push = Pushes(person.anatomy, np.array([1.0]), np.array([-0.5]))
    without = simulate(person, plain, 2.5, 1.0, "reach_1")
    felt = simulate(person, pushed, 2.5, 1.0, "reach_1", surroundings=push)
    for name in ("joint_angle", "excitation", "tendon_force"):
        assert (getattr(without, name)[:201] == getattr(felt, name)[:201]).all()
    deflected = np.degrees((felt.joint_angle - without.joint_angle)[:, 0])
    assert -20.0 < deflected[200:240].min() < -4.0
    assert np.abs(deflected[-1]) < 3.0
    # Stretched extensors answer, but not before the nerves' delay is over.
    columns = [person.anatomy.muscle_names.index(name) for name in FLEXORS + EXTENSORS]
    more = (felt.excitation - without.excitation)[:, columns]
    assert np.abs(more[201:204]).max() < 1e-12 < 0.01 < np.abs(more[204:240]).max()


def test_pushes_come_once_in_each_part_of_a_trial_either_way(person):
    drawn = draw_pushes(person.anatomy, 30.0, 0.5, 60.0, np.random.default_rng(0))
    assert ((drawn.start_s // 2.0) == np.arange(30)).all()
    assert set(drawn.moment_n_m) == {-0.5, 0.5}
    assert np.diff(drawn.start_s).min() >= PULSE_S


def test_a_push_lasts_as_long_as_it_should(person):
    pushes = Pushes(person.anatomy, np.array([1.0]), np.array([-2.0]))
    moments = [pushes.moment_at(k * 0.005) for k in range(400)]
    assert set(moments) == {0.0, -2.0}
    assert moments.count(-2.0) * 0.005 == pytest.approx(PULSE_S)


def test_co_contraction_on_demand_tenses_both_sides_of_the_same_movement(person, performed):
    tense = perform(person, replace(RESTING, co_contraction=4.0), DURATION_S)
    names = person.anatomy.muscle_names
    for side in (FLEXORS, EXTENSORS):
        columns = [names.index(name) for name in side]
        # Of the quiet half of the time, in which the others work.
        usual, more = (
            np.sort(t.excitation[:, columns].mean(axis=1))[: len(t.time_s) // 2].mean()
            for t in (performed, tense)
        )
        assert more > 1.8 * usual
    error = np.degrees(tense.joint_angle - performed.joint_angle)
    assert np.sqrt(np.mean(error**2)) < 6.0


def test_tired_muscles_are_driven_harder_for_the_same_movement(person, performed):
    strength = strength_left(0.3, 1)
    assert strength == pytest.approx(0.7)
    tired = replace(person, anatomy=stronger(person.anatomy, strength))
    found = perform(tired, RESTING, DURATION_S)
    assert found.excitation.mean() > 1.1 * performed.excitation.mean()


def _record(electrodes, seed=2):
    drive = np.full((801, 5), 0.3)
    settings = ElectrodeSettings()
    rng = np.random.default_rng(seed)
    time = np.arange(801) * 0.005
    return record_emg(time, drive, np.zeros(801), 8000, electrodes, settings, rng)


@pytest.fixture(scope="module")
def electrodes():
    rngs = (np.random.default_rng(k) for k in (0, 1))
    return place_electrodes(5, range(5), ElectrodeSettings(), *rngs)


def test_the_emg_of_tired_muscles_is_slower_and_larger(electrodes):
    """Median frequency falls by a quarter to a half where strength fails (De Luca 1984)."""
    rested, tired = (_record(e) for e in (electrodes, on_tired_muscles(electrodes, 0.6)))

    def median_hz(signal):
        frequency, power = welch(signal, 2000.0, nperseg=1024, axis=0)
        total = power.cumsum(axis=0)
        return frequency[(total < total[-1] / 2).sum(axis=0)]

    fall = median_hz(tired) / median_hz(rested)
    assert ((fall > 0.5) & (fall < 0.8)).all()
    assert (tired.std(axis=0) > 1.1 * rested.std(axis=0)).all()


def test_electrodes_that_came_off_show_noise_and_the_others_what_they_did(electrodes):
    off = come_off(electrodes, 2, np.random.default_rng(4))
    lost = np.flatnonzero(off.gain_v == 0.0)
    assert len(lost) == 2
    before, after = _record(electrodes), _record(off)
    kept = np.setdiff1d(np.arange(5), lost)
    assert (before[:, kept] == after[:, kept]).all()
    assert (after[:, lost].std(axis=0) < 2e-5).all() and (before.std(axis=0) > 3e-5).all()
