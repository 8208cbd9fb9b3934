"""Muscles driven by EMG: against the physics called trial by trial, and known parameters."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import synthetic_study as synthetic
import torch
import yaml

from myopinn.config.training import TrainingSettings
from myopinn.dataset.problem import Cycles, Physics, Problem
from myopinn.errors import ConfigError
from myopinn.methods.muscles.calibrated_muscles import UNIT
from myopinn.physics.excitation import excitation
from myopinn.physics.muscle import muscle_force
from myopinn.physics.parameters import MuscleParameters
from myopinn.physics.trial import integrate_activation
from myopinn.training.estimators import GradientEstimator
from myopinn.variants import load_variant
from myopinn.variants.emg_driven import drivers

ROOT = Path(__file__).parents[2]
MUSCLES = ("flexor", "extensor", "biarticular")


def problem_of(**changed) -> Problem:
    problem = Problem(
        channels=synthetic.CHANNELS,
        coordinates=("knee",),
        muscles=MUSCLES,
        time_input=True,
        target_centre=(0.7, 400.0, 700.0, 80.0),
        target_range=(1.3, 800.0, 1300.0, 250.0),
        moment_range_n_m=90.0,
        physics=Physics("knee"),
        dataset_coordinates=synthetic.COORDINATES,
        geometries=tuple(synthetic.geometry_arrays(k) for k in range(2)),
    )
    return replace(problem, **changed)


def variant_of(**settings):
    return load_variant("emg_driven", {**synthetic.VARIANT_SETTINGS["emg_driven"], **settings})


def cycles_of(problem: Problem, variant, count: int = 6, seed: int = 0) -> Cycles:
    """Cycles of both people in turn, 0.9 to 1.2 s long, without targets."""
    rng = np.random.default_rng(seed)
    person = np.arange(count) % 2
    values = [synthetic.cycle_values(p, rng, 1) for p in person]
    envelope = np.concatenate([v["envelope"] for v in values]) / 1e-4
    angle = np.concatenate([v["joint_angle"] for v in values])
    time = np.broadcast_to(np.arange(100) / 100, (count, 1, 100))
    zeros = torch.zeros(count)
    cycles = Cycles(
        inputs=torch.as_tensor(np.concatenate([envelope.swapaxes(1, 2), time], 1)),
        targets=torch.zeros(count, 4, 100, dtype=torch.double),
        joint_angle=torch.as_tensor(angle.swapaxes(1, 2)),
        joint_moment=torch.zeros(count, 100, dtype=torch.double),
        time_step_s=torch.as_tensor(rng.uniform(0.009, 0.012, count)),
        load_kg=zeros,
        person=torch.as_tensor(person),
    )
    return replace(cycles, derived=variant.derived(problem, cycles))


def model_of(variant, problem: Problem, **values: list[float]):
    """The variant's model in double precision, with some learned parameters moved to a value."""
    model = variant.build(problem).double()
    for name, wanted in values.items():
        bounded = model.network.learned[name]
        value = torch.tensor(wanted).double()
        value = value.log() if bounded.geometric else value
        share = (value - bounded.low) / bounded.width
        with torch.no_grad():
            bounded.shift.copy_((torch.logit(share) - bounded.origin) / UNIT)
        torch.testing.assert_close(bounded(), torch.tensor(wanted).double())
    return model


TRUE = {
    "strength": [1.6, 0.8, 1.2],
    "fiber_length": [0.95, 1.05, 1.0],
    "tendon_slack": [1.02, 0.99, 1.0],
    "emg_gain": [0.7, 1.3, 0.9],
    "shape_factor": [-2.0, -0.5, -1.0],
}


def test_forces_are_those_of_the_physics_called_trial_by_trial():
    problem, variant = problem_of(), variant_of(delay_s=[0.03, 0.03])
    cycles = cycles_of(problem, variant)
    force = model_of(variant, problem, **TRUE).network.force(cycles)
    factor = {name: torch.tensor(values).double() for name, values in TRUE.items()}
    for row in range(len(cycles)):
        geometry = problem.geometries[int(cycles.person[row])]
        scaled = {
            name: torch.as_tensor(geometry[name][:3])
            for name in MuscleParameters._fields
            if name in geometry
        }
        scaled["max_isometric_force"] = scaled["max_isometric_force"] * factor["strength"]
        scaled["optimal_fiber_length"] = scaled["optimal_fiber_length"] * factor["fiber_length"]
        scaled["tendon_slack_length"] = scaled["tendon_slack_length"] * factor["tendon_slack"]
        parameters = MuscleParameters.of(**scaled)
        paths = synthetic.paths(int(cycles.person[row]))
        length = paths.length(cycles.joint_angle[row])[:3]
        step = float(cycles.time_step_s[row])
        velocity = torch.gradient(length, spacing=step, dim=-1, edge_order=2)[0]
        two = cycles.inputs[row, :2]
        envelope = torch.cat([two, two.mean(0, keepdim=True)])
        envelope = (envelope * factor["emg_gain"][:, None]).clamp(0, 1)
        delay = torch.full((3,), 0.03).double()
        driven = excitation(envelope, delay, factor["shape_factor"], step)
        activation = integrate_activation(driven, parameters, step)
        expected = muscle_force(MUSCLES, length, velocity, activation, parameters)
        # The rule of second order leaves 3e-4 of the activation at time steps of 10 ms.
        tolerance = 1e-3 * parameters.max_isometric_force.max()
        assert (force[row] - expected).abs().max() < tolerance
        assert expected.max() > 100


def test_forces_of_known_parameters_are_recovered_on_unseen_cycles():
    """The force must be recovered; of the parameters some trade places and are not asked for."""
    problem, variant = problem_of(), variant_of(physics_weight=0.0)
    truth = model_of(variant, problem, **TRUE)

    def recorded(seed: int) -> Cycles:
        cycles = cycles_of(problem, variant, count=16, seed=seed)
        with torch.no_grad():
            targets = truth(cycles)
        targets[:, 0] = 0.3
        single = {k: v.float() for k, v in cycles.derived.items()}
        cycles = replace(cycles, targets=targets.float(), inputs=cycles.inputs.float())
        return replace(cycles, time_step_s=cycles.time_step_s.float(), derived=single)

    train, stop, test = (recorded(seed) for seed in (1, 2, 3))
    settings = TrainingSettings(
        max_epochs=40, patience=40, batch_cycles=4, learning_rate=0.01, accelerator="cpu"
    )
    torch.manual_seed(0)
    estimator = GradientEstimator(variant.build(problem), settings)
    before = estimator.predict(test)
    estimator.fit(train, stop, 1)
    after = estimator.predict(test)
    wanted = test.targets.transpose(1, 2).numpy()
    rms = [np.sqrt(np.mean((p - wanted)[..., 1:] ** 2, (0, 1))) for p in (before, after)]
    # Shares of each force's range.
    assert (rms[1] < 0.03).all()
    assert (rms[1] < 0.4 * rms[0]).all()
    assert np.isnan(after[..., 0]).all()
    assert np.isfinite(estimator.facts["stop_loss"])


def test_without_emg_there_is_only_the_passive_force():
    problem, variant = problem_of(), variant_of()
    cycles = cycles_of(problem, variant)
    model = model_of(variant, problem)
    silent = replace(cycles, inputs=torch.zeros_like(cycles.inputs))
    force = model.network.force(silent)
    parameters = MuscleParameters.of(*cycles.derived["muscle_parameters"][0])
    length, velocity = (cycles.derived[f"muscle_{n}"][0] for n in ("length", "velocity"))
    none = torch.zeros_like(length)
    torch.testing.assert_close(force[0], muscle_force(MUSCLES, length, velocity, none, parameters))
    assert (force < model.network.force(cycles)).any()


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_learned_forces_are_positive_and_parameters_in_bounds(seed):
    problem, variant = problem_of(), variant_of()
    cycles = cycles_of(problem, variant, seed=seed)
    # Envelopes above the maximal contraction, and below zero as a filter may leave them.
    cycles = replace(cycles, inputs=4 * cycles.inputs - 1)
    model = variant.build(problem).double()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for bounded in model.network.learned.values():
            bounded.shift.copy_(torch.randn(bounded.shift.shape, generator=generator))
    assert (model.network.force(cycles) >= 0).all()
    activation = model.network.activation(cycles)
    assert (activation.min() >= 0) and (activation.max() <= 1)
    for name, bounded in model.network.learned.items():
        low, high = getattr(variant.settings, name)
        # The logarithm and back rounds.
        assert ((low - 1e-6 <= bounded()) & (bounded() <= high + 1e-6)).all()


def test_calibration_starts_at_the_persons_own_scaled_model():
    problem, variant = problem_of(), variant_of(strength=[0.5, 4.0], fiber_length=[1.0, 1.0])
    learned = variant.build(problem).network.learned
    for name in ("strength", "fiber_length", "tendon_slack", "emg_gain"):
        torch.testing.assert_close(learned[name](), torch.ones(3))


def test_a_gradient_reaches_every_parameter_of_every_muscle():
    problem, variant = problem_of(), variant_of()
    cycles = cycles_of(problem, variant)
    model = variant.build(problem).double()
    outputs = model(cycles)
    terms = model.loss_terms(cycles, outputs)
    assert set(terms) == {"force", "physics"}
    model.loss(terms).backward()
    for name, bounded in model.network.learned.items():
        assert bounded.shift.grad.isfinite().all(), name
        assert (bounded.shift.grad != 0).all(), name


def test_the_physics_is_that_of_the_measured_angle():
    """Forces in balance at the measured angle leave nothing, whatever stands for the angle."""
    problem, variant = problem_of(), variant_of()
    cycles = cycles_of(problem, variant)
    model = variant.build(problem).double()
    force = torch.rand(len(cycles), 3, 100).double() * 500
    arms = [
        synthetic.paths(int(p)).moment_arm(q)[:3, 1]
        for p, q in zip(cycles.person, cycles.joint_angle, strict=True)
    ]
    centre, extent = (
        torch.tensor(v).double()[:, None] for v in (problem.target_centre, problem.target_range)
    )
    knee = (cycles.joint_angle[:, 1:] - centre[0]) / extent[0]
    scaled = (force - centre[1:]) / extent[1:]
    balanced = replace(
        cycles,
        joint_moment=(torch.stack(arms) * force).sum(1),
        targets=torch.cat([knee, torch.zeros_like(scaled)], 1),
    )
    outputs = torch.cat([torch.full_like(knee, torch.nan), scaled], 1)
    assert model.loss_terms(balanced, outputs)["physics"] < 1e-10
    outputs[:, 1] += 0.1
    assert model.loss_terms(balanced, outputs)["physics"] > 1e-6


def test_a_muscle_that_no_channel_drives_is_named():
    variant = load_variant("emg_driven")
    with pytest.raises(ConfigError, match=r"no channel drives \['biarticular'\]; name some of"):
        variant.build(problem_of())
    variant = load_variant("emg_driven", {"driven_by": {"biarticular": ["brain"]}})
    with pytest.raises(ConfigError, match=r"no channel \['brain'\] in the task; there are"):
        variant.build(problem_of())


def test_the_channels_that_the_documentation_proposes_drive_every_muscle():
    text = (ROOT / "docs" / "variants.md").read_text(encoding="utf-8")
    entry = yaml.safe_load(re.search(r"```yaml\n(.*?)```", text, re.DOTALL)[1])["emg_driven"]
    study = ROOT / "studies" / "real_gait" / "config.yaml"
    config = yaml.safe_load(study.read_text(encoding="utf-8"))
    (recording,) = config["recordings"].values()
    (selection,) = config["tasks"]["muscle_force"]["recordings"].values()
    muscles = tuple(recording["dataset"]["muscles"])
    variant = load_variant("emg_driven", entry)
    problem = Problem(tuple(selection["channels"]), (), muscles, True, (), ())
    assert len(drivers(variant.settings, problem)) == len(muscles)


def test_a_muscle_without_geometry_is_named():
    variant = load_variant("emg_driven", {"driven_by": {"soleus": ["flexor"]}})
    problem = problem_of(
        muscles=("flexor", "soleus"), target_centre=(0.0,) * 3, target_range=(1.0,) * 3
    )
    with pytest.raises(ConfigError, match=r"geometry has no \['soleus'\]"):
        cycles_of(problem, variant)
    with pytest.raises(ConfigError, match="with muscles needs their geometry"):
        cycles_of(problem_of(geometries=()), variant)
