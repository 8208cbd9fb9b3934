from dataclasses import replace

import pytest
import torch
from joint_of_known_muscles import DEEP, joint_problem, known_joint

from myopinn.config.training import TrainingSettings
from myopinn.errors import ConfigError
from myopinn.methods.muscles.shared_drive import saturated
from myopinn.methods.networks.attention import TransformerSettings, cycle_transformer
from myopinn.training.estimators import GradientEstimator
from myopinn.variants import load_variant

TRAINING = TrainingSettings(
    max_epochs=100, patience=100, batch_cycles=6, learning_rate=3e-3, accelerator="cpu"
)


def build(name, problem, **settings):
    torch.manual_seed(0)
    variant = load_variant(name, settings)
    return variant.build(problem)


def trained(name, known, **settings):
    model = build(name, known.problem, **settings)
    estimator = GradientEstimator(model, TRAINING)
    estimator.fit(known.cycles, known.cycles, 0)
    return estimator


def test_the_first_guess_is_right_where_muscles_share_a_drive_and_nothing_is_personal():
    """Zero is the answer of a network that has nothing to correct."""
    known = known_joint()
    model = build("nmm", known.problem)
    answer = torch.zeros(len(known.cycles), model.drive.outputs, 100)
    gain = model.gains()[known.cycles.person][:, :, None]
    excitation, deviation = model.drive(known.cycles, answer, model.muscles.at(known.cycles), gain)
    error = (excitation - known.excitation).detach()
    assert error.square().mean().sqrt() < 0.05 * known.excitation.std()
    assert deviation.abs().max() < 0.2


@pytest.mark.parametrize("drive", ["shared", "free"])
def test_unknown_targets_leave_the_loss_and_its_gradient_finite(drive):
    known = known_joint()
    model = build("nmm", known.problem, drive=drive)
    model.loss(model.loss_terms(known.cycles, model(known.cycles))).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and bool(torch.isfinite(parameter.grad).all()), name


def test_what_is_said_of_a_deep_muscle_can_only_come_from_moment_and_priors():
    """Without both, no gradient reaches a deep muscle's share of the work."""
    known = known_joint()
    model = build("transformer", known.problem, parameter_weight=0.0, deviation_weight=0.0)
    model.loss(model.loss_terms(known.cycles, model(known.cycles))).backward()
    grad = model.drive.load.shift.grad
    assert bool((grad[DEEP] == 0).all())


def test_a_deep_muscle_that_takes_more_of_the_work_is_found_by_the_moment():
    """Copying its agonist would be wrong by the factor that the moment tells."""
    load = (1.0, 1.8, 1.0, 0.6)
    known = known_joint(load_factor=load, count=24)
    estimator = trained("nmm_generic", known, load_factor=[0.2, 5.0, 1.0])
    answer = torch.as_tensor(estimator.predict(known.cycles)).transpose(1, 2)
    for row, agonist in zip(DEEP, (0, 2), strict=True):
        true = known.excitation[:, row]
        left = (answer[:, row] - true).square().mean()
        copied = (known.excitation[:, agonist] - true).square().mean()
        assert left < 0.1 * copied


def test_measured_muscles_answer_their_envelope_and_deep_ones_their_excitation():
    known = known_joint(gain=0.6)
    estimator = trained("nmm", known)
    answer = torch.as_tensor(estimator.predict(known.cycles)).transpose(1, 2)
    seen = known.cycles.targets[:, 0]
    assert (answer[:, 0] - seen).square().mean().sqrt() < 0.1 * seen.std()
    gains = {p.muscle: p.value for p in estimator.model.identified() if p.parameter == "emg_gain"}
    assert set(gains) == {"flexor", "extensor"}


def test_the_paper_s_inputs_alone_are_enough_to_run():
    problem = joint_problem(measured_emg=False, moment_input=False)
    known = known_joint(problem)
    cycles = known.cycles.to_answer(problem)
    answer = build("nmm", problem)(cycles)
    assert answer.shape == (len(cycles), 5, 100)
    assert bool(torch.isfinite(answer).all())


def test_nothing_that_a_row_does_not_see_reaches_its_answer():
    problem = joint_problem(measured_emg=False, moment_input=False)
    known = known_joint(problem)
    model = build("nmm", problem)
    other = replace(known.cycles, joint_moment=known.cycles.joint_moment + 5.0)
    assert torch.equal(model(known.cycles), model(other))


def test_personal_parameters_are_all_but_the_network():
    model = build("nmm", joint_problem())
    personal = {id(p) for p in model.personal_parameters()}
    others = {name for name, p in model.named_parameters() if id(p) not in personal}
    assert others and all(name.startswith("network.") for name in others)
    generic = build("nmm_generic", joint_problem())
    assert not any(p.requires_grad for p in generic.muscles.parameters())


def test_saturation_is_smooth_keeps_weak_excitations_and_never_passes_one():
    excitation = torch.linspace(0, 3, 3001, dtype=torch.float64)
    bent = saturated(excitation)
    assert torch.equal(bent[excitation < 0.8], excitation[excitation < 0.8])
    steps = bent.diff()
    assert bool((bent <= 1.0).all()) and bool((steps >= 0).all())
    assert steps.diff().abs().max() < 1e-5


def test_attention_sees_the_whole_cycle():
    torch.manual_seed(0)
    network = cycle_transformer(TransformerSettings(), 1, 1).double().eval()
    values = torch.randn(1, 1, 100).double()
    moved = values.clone()
    moved[..., 0] += 1.0
    assert (network(moved) - network(values)).abs()[0, 0, -1] > 0


def test_the_order_of_frames_matters_to_attention():
    torch.manual_seed(0)
    network = cycle_transformer(TransformerSettings(), 1, 1).double().eval()
    values = torch.randn(1, 1, 100).double()
    assert not torch.allclose(network(values.flip(2)).flip(2), network(values))


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"strength": [1.1, 2.0, 0.1]}, "strength: .*exclude the generic"),
        ({"tendon_slack": [0.9, 0.95, 0.1]}, "tendon_slack"),
        ({"delay_s": [0.05, 0.02, 0.1, 0.3]}, "delay_s"),
        ({"moment_weight": -1.0}, "moment_weight"),
        ({"drive": "shred"}, "drive"),
        ({"width": 30}, "width"),
        ({"deviation_spread": 0.0}, "deviation_spread"),
    ],
)
def test_settings_that_make_no_sense_are_refused_by_name(settings, named):
    with pytest.raises(ConfigError, match=named):
        load_variant("nmm", settings)


def test_calibration_teaches_a_row_that_sees_no_emg_without_teaching_its_network():
    """Motion tells nothing of an effort in which nothing moves; EMG and moment do."""
    problem = joint_problem(measured_emg=False, moment_input=False)
    known = known_joint(problem)
    still = replace(known.cycles, calibration=torch.ones(len(known.cycles), dtype=torch.bool))
    model = build("nmm", problem)
    outputs = model(still)
    error = (outputs[:, DEEP] - known.excitation[:, DEEP]).detach()
    assert error.square().mean().sqrt() < 0.1 * known.excitation.std()
    model.loss(model.loss_terms(still, outputs)).backward()
    assert all((p.grad == 0).all() for p in model.network.parameters())
    assert bool((model.muscles.learned["strength"].shift.grad != 0).any())


def test_driven_by_strength_the_stronger_of_two_muscles_is_excited_more():
    known = known_joint()
    forces = known.problem.geometries[0]["max_isometric_force"]
    excitations = {}
    for driven in ("by_advantage", "by_strength"):
        model = build("nmm", known.problem, driven=driven)
        answer = torch.zeros(len(known.cycles), model.drive.outputs, 100)
        gain = model.gains()[known.cycles.person][:, :, None]
        excitations[driven] = model.drive(
            known.cycles, answer, model.muscles.at(known.cycles), gain
        )[0].detach()
    weak = 0.05
    working = (excitations["by_advantage"][:, 1] > weak) & (excitations["by_strength"][:, 1] < 0.8)
    ratio = (excitations["by_strength"] - 0.02)[:, 1][working] / (
        excitations["by_advantage"] - 0.02
    )[:, 1][working]
    assert ratio.median() == pytest.approx(forces[1] / forces[0], rel=0.1)
