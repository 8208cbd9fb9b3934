"""Every variant on the smallest problem of each of its tasks: what training asks, it has."""

from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest
import torch
from joint_of_known_muscles import known_joint

from myopinn.config.training import TrainingSettings
from myopinn.dataset.tasks import DEEP_EMG, MUSCLE_FORCE, TASKS
from myopinn.records.told import EMG, LOAD, MOMENT, MOTION, POSITION, WORDS
from myopinn.training.estimators import make_estimator
from myopinn.variants import FORMS, Definition, find_variant, load_variant, variant_names

TRAINING = TrainingSettings(max_epochs=2, patience=2, accelerator="cpu")
SETTINGS = {
    "emg_driven": {"driven_by": {"deep flexor": ["flexor"], "deep extensor": ["extensor"]}},
    **{name: {"iterations": 2} for name in ("emg_assisted", "mse_nmf", "mse_pca")},
}
# Frames that are seen before; who counts by the last cycle has to have seen two.
LEAD, LEADS = 30, {"last_cycle": 330}
# Of a cycle, what has a value at each frame that is answered, and at each that is seen.
ANSWERED = ("targets", "activation", "joint_angle", "joint_moment", "joint_velocity")
SEEN = ("inputs", "envelope", "past_angle", "past_velocity")
# The one looks at nothing, the other at where a joint has turned, which no single frame tells.
COUNTS_TIME = {"mean": (), "last_cycle": (37,)}
EVERY = [(name, task) for name in variant_names() for task in find_variant(name).tasks]


def smallest(task):
    """Some cycles of a joint with four muscles, asked for envelopes or for forces."""
    known = known_joint(count=4)
    if task is DEEP_EMG:
        return known.problem, known.cycles
    targets = torch.cat([known.cycles.joint_angle, known.excitation], 1)
    return (
        replace(known.problem, task=MUSCLE_FORCE, measured_by=()),
        replace(known.cycles, inputs=known.cycles.envelope, targets=targets),
    )


def in_continuous_time(name, task):
    """The same with a lead before each piece, and a problem in which nothing may look ahead."""
    problem, cycles = smallest(task)
    shown = task is DEEP_EMG or "past_motion" in find_variant(name).always_sees
    lead = LEADS.get(name, LEAD)
    problem = replace(problem, past_only=True, lead_frames=lead, past_motion=shown)
    moved = {"past_angle": cycles.joint_angle, "past_velocity": cycles.joint_velocity}
    cycles = replace(cycles, **moved)
    longer = {}
    for key in SEEN:
        values = getattr(cycles, key)
        longer[key] = torch.cat([values] * 5, -1)[..., -lead - 100 :]
    return problem, replace(cycles, **longer)


@pytest.mark.parametrize("name", variant_names())
def test_a_variant_says_what_it_is(name):
    found = find_variant(name)
    assert isinstance(found, Definition)
    assert set(found.tasks) <= set(TASKS) and found.tasks
    assert set(found.always_sees) <= {"measured_emg", "moment_input", "past_motion"}
    assert set(found.forms) <= set(FORMS) and found.forms
    assert is_dataclass(found.settings) and found.settings.__dataclass_params__.frozen
    assert all({"unit", "meaning"} <= set(field.metadata) for field in fields(found.settings))
    assert load_variant(name).prior


@pytest.mark.parametrize(("name", "task"), EVERY)
def test_a_variant_is_fitted_asked_stored_and_adapted(name, task):
    made = smallest(TASKS[task])
    if "cycles" not in find_variant(name).forms:
        made = in_continuous_time(name, TASKS[task])
    problem, cycles = made
    variant = load_variant(name, SETTINGS.get(name), task)
    cycles = replace(cycles, derived=variant.derived(problem, cycles))
    torch.manual_seed(1)
    estimator = make_estimator(variant.build(problem), TRAINING)
    estimator.fit(cycles, cycles, 1)
    asked = cycles.to_answer(problem)
    answer = estimator.predict(asked)
    assert answer.shape == (4, cycles.frames, len(problem.targets))
    answered = np.isfinite(answer).all((0, 1))
    assert answered.any() and np.isnan(answer[..., ~answered]).all()
    assert isinstance(estimator.uses_seed, bool)

    again = make_estimator(variant.build(problem), TRAINING)
    again.restore({key: value.copy() for key, value in estimator.arrays().items()})
    # Copied arrays lie otherwise in memory, so sums round otherwise.
    np.testing.assert_allclose(again.predict(asked), answer, atol=1e-9)

    weights = estimator.attention(asked)
    if weights is not None:
        np.testing.assert_allclose(weights.sum(-1), 1.0, atol=1e-5)
    assert all(0 <= found.low < found.high for found in estimator.identified())
    before = {key: value.copy() for key, value in estimator.arrays().items()}
    if not estimator.adapt(cycles, cycles, 1):
        for key, value in estimator.arrays().items():
            np.testing.assert_array_equal(value, before[key])


def spoilt_from(cycles, frame):
    """All that is of a cycle, other than it was from an answered frame on."""
    changed, seen = {}, cycles.inputs.shape[-1] - cycles.frames + frame
    for key, first in (*((k, frame) for k in ANSWERED), *((k, seen) for k in SEEN)):
        values = getattr(cycles, key).clone()
        values[..., first:] = 1.5 - 0.3 * values[..., first:]
        changed[key] = values
    return replace(cycles, **changed)


@pytest.mark.parametrize(
    ("name", "task"), [(n, t) for n, t in EVERY if "clock" in find_variant(n).forms]
)
def test_in_continuous_time_an_answer_follows_from_its_past_alone(name, task):
    """Whatever a tested piece is from a frame on, answers before it are the same to the last bit.

    And whatever its targets and the motion that was filtered both ways are, all answers are.
    """
    problem, cycles = in_continuous_time(name, TASKS[task])
    variant = load_variant(name, SETTINGS.get(name), task)

    def derived(own):
        return replace(own, derived=variant.derived(problem, own.to_derive(problem)))

    torch.manual_seed(1)
    estimator = make_estimator(variant.build(problem), TRAINING)
    estimator.fit(derived(cycles), derived(cycles), 1)

    def answer(own):
        return estimator.predict(derived(own).to_answer(problem))

    before = answer(cycles)
    assert before.shape == (4, 100, len(problem.targets))
    answered = np.isfinite(before).all((0, 1))
    assert answered.any() and np.isnan(before[..., ~answered]).all()
    for frame in (37, 99):
        after = answer(spoilt_from(cycles, frame))
        np.testing.assert_array_equal(after[:, :frame], before[:, :frame])
        if frame in COUNTS_TIME.get(name, (37, 99)):
            assert (after[:, frame:, answered] != before[:, frame:, answered]).any()
    hidden = {key: 1.0 + getattr(cycles, key) for key in ("targets", "joint_angle")}
    np.testing.assert_array_equal(answer(replace(cycles, **hidden)), before)
    asked = cycles.to_answer(problem)
    for key in ("targets", "joint_angle", "joint_velocity", "joint_acceleration"):
        assert torch.isnan(getattr(asked, key)).all()
    assert torch.isnan(asked.past_angle).all() == (not problem.past_motion)
    weights = estimator.attention(derived(cycles).to_answer(problem))
    if weights is not None:
        looked = np.triu(np.ones(weights.shape[-2:], dtype=bool), LEAD + 1)
        assert not weights[..., looked].any()


def corrupted(problem, cycles, things):
    """Put other values in the place of some of what a variant may be shown."""
    torch.manual_seed(7)

    def noise(tensor):
        return tensor + torch.rand_like(tensor) * 0.1 + 0.05

    names = list(problem.inputs)
    kinds = ("angle", "velocity", "acceleration")
    motion = [name for name in names if name.endswith(tuple(f"_{kind}" for kind in kinds))]
    of = {
        EMG: (["envelope"], list(problem.channels)),
        # A solver's activations are made of motion and moment.
        MOTION: (
            [*(f"joint_{kind}" for kind in kinds), "activation", "past_angle", "past_velocity"],
            motion,
        ),
        LOAD: (["load_kg"], ["load_kg"]),
        MOMENT: (["joint_moment", "activation"], ["joint_moment"]),
        POSITION: ([], ["time"]),
    }
    inputs, changed = cycles.inputs.clone(), {}
    for thing in things:
        fields_of, rows = of[thing]
        changed |= {name: noise(getattr(cycles, name)) for name in fields_of}
        for row in (names.index(name) for name in rows if name in names):
            inputs[:, row] = noise(inputs[:, row])
    return replace(cycles, inputs=inputs, **changed)


@pytest.mark.parametrize(
    ("name", "task", "form"),
    [(name, task, form) for name, task in EVERY for form in find_variant(name).forms],
)
def test_an_answer_rests_on_all_that_its_rows_are_told_and_on_nothing_else(name, task, form):
    kind = TASKS[task]
    problem, cycles = smallest(kind) if form == "cycles" else in_continuous_time(name, kind)
    variant = load_variant(name, SETTINGS.get(name), task)
    shown = {*problem.task.sees(problem), *[POSITION] * problem.time_input}
    shown |= {MOTION} if problem.past_motion else set()
    told = variant.rests_on(shown)
    assert told <= set(WORDS)

    def ask(asked):
        asked = asked.to_answer(problem)
        return estimator.predict(
            replace(asked, derived=variant.derived_inputs(problem, asked) or {})
        )

    torch.manual_seed(1)
    estimator = make_estimator(variant.build(problem), TRAINING)
    given = replace(cycles, derived=variant.derived(problem, cycles))
    estimator.fit(given, given, 1)
    answer = ask(cycles)
    other = ask(corrupted(problem, cycles, set(WORDS) - told))
    np.testing.assert_array_equal(other, answer)
    for thing in told - {POSITION}:
        changed = ask(corrupted(problem, cycles, {thing}))
        assert not np.array_equal(changed, answer, equal_nan=True), thing
