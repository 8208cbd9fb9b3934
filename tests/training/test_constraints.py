"""Further constraints on forces: what they are zero for, what they grow with, and that they act."""

import math
from dataclasses import replace

import numpy as np
import pytest
import synthetic_study as synthetic
import torch

from myopinn.dataset.problem import CYCLE_FRAMES, Cycles, Problem
from myopinn.errors import ConfigError
from myopinn.files.layouts.predictions import PREDICTIONS
from myopinn.files.netcdf import read_netcdf
from myopinn.methods.informed.constraints import (
    STRONGEST,
    ActivationConsistency,
    ForceBounds,
    Smoothness,
)
from myopinn.methods.joint.muscle_states import PARAMETERS, SCALED
from myopinn.steps.train_variant import train_variant
from myopinn.variants import load_variant

MUSCLES = ("flexor", "extensor")
RANGE_N, CENTRE_N, MAXIMAL_N = 200.0, 100.0, 500.0


def problem_of(**changed):
    return Problem(
        channels=("flexor", "extensor"),
        coordinates=("knee",),
        muscles=MUSCLES,
        time_input=False,
        target_centre=(0.0, CENTRE_N, CENTRE_N),
        target_range=(1.0, RANGE_N, RANGE_N),
        **changed,
    )


def cycles_of(count=2):
    zeros = torch.zeros(count, CYCLE_FRAMES)
    parameters = torch.ones(count, len(SCALED), len(MUSCLES))
    parameters[:, SCALED.index("max_isometric_force")] = MAXIMAL_N
    return Cycles(
        inputs=torch.zeros(count, 2, CYCLE_FRAMES),
        targets=torch.zeros(count, 3, CYCLE_FRAMES),
        joint_angle=zeros[:, None],
        joint_moment=zeros,
        time_step_s=torch.full((count,), 0.01),
        load_kg=torch.zeros(count),
        person=torch.zeros(count, dtype=torch.long),
        derived={PARAMETERS: parameters},
    )


def outputs_of(force_n):
    """Scaled outputs whose angle is zero and whose muscles all have this force."""
    force = torch.as_tensor(force_n, dtype=torch.float32).expand(2, 2, CYCLE_FRAMES)
    return torch.cat([torch.zeros(2, 1, CYCLE_FRAMES), (force - CENTRE_N) / RANGE_N], 1)


@pytest.mark.parametrize(
    ("force_n", "beyond_n"),
    [(0.0, 0.0), (STRONGEST * MAXIMAL_N, 0.0), (-30.0, 30.0), (STRONGEST * MAXIMAL_N + 40, 40.0)],
)
def test_forces_that_muscles_can_have_cost_nothing_and_others_their_square(force_n, beyond_n):
    term = ForceBounds(problem_of())(cycles_of(), outputs_of(force_n))
    # Single precision of forces of some hundred newtons.
    assert float(term) == pytest.approx((beyond_n / RANGE_N) ** 2, rel=1e-3, abs=1e-9)


def test_a_smooth_force_pays_nothing_for_smoothness_and_a_trembling_one_its_mean_square():
    """Harmonics that a low-passed movement has are free; noise from frame to frame is not."""
    time = torch.arange(CYCLE_FRAMES) / CYCLE_FRAMES
    term = Smoothness(problem_of())
    smooth = sum(torch.sin(2 * math.pi * k * time + k) for k in range(1, 6))
    assert float(term(cycles_of(), outputs_of(CENTRE_N + 50 * smooth))) < 1e-4 * (50 / RANGE_N) ** 2
    alternating = 10.0 * (-1.0) ** torch.arange(CYCLE_FRAMES)
    trembling = float(term(cycles_of(), outputs_of(CENTRE_N + 50 * smooth + alternating)))
    # A polynomial follows alternating values with the other sign, by a tenth of them: (1.1)^2.
    assert trembling == pytest.approx(1.21 * (10 / RANGE_N) ** 2, rel=0.1)


def test_muscles_without_a_channel_of_their_own_are_refused_by_name():
    blind = replace(problem_of(), channels=("a", "b"))
    with pytest.raises(ConfigError, match=r"none of the muscles \['flexor', 'extensor'\]"):
        ActivationConsistency(blind)


@pytest.mark.parametrize("name", ["force_bounds", "smoothness", "activation"])
def test_a_constraint_changes_the_fit_and_its_term_is_in_the_curve(study, name):
    """Stiff muscles of the synthetic people: the fit is another one, and no number breaks."""
    answers = []
    for weight in (0.0, 10.0):
        entry = {"variant": "cnn", f"{name}_weight": weight}
        train_variant(**study.arguments("held", f"{name}{weight}", variant_settings=entry))
        folder = study.folder / f"{name}{weight}" / synthetic.SPLIT
        answers.append(read_netcdf(folder / "ada" / "predictions.nc", PREDICTIONS)["predicted"])
        curve = (folder / "losses.csv").read_text().splitlines()[0]
        assert (f"train/{name}" in curve) == (weight > 0)
        assert np.isfinite(answers[-1]).all()
    assert not np.allclose(*answers)


def test_a_negative_weight_is_refused():
    with pytest.raises(ConfigError, match="smoothness_weight: at least 0"):
        load_variant("cnn", {"smoothness_weight": -1.0})


def test_consistent_forces_of_a_fit_without_training_are_those_of_the_muscles(study):
    """Where the outputs are the muscles' own forces, nothing is left to pay."""
    problem = problem_of()
    term = ActivationConsistency(problem)
    cycles = cycles_of()
    cycles.derived["muscle_length"] = torch.full((2, 2, CYCLE_FRAMES), 2.0)
    cycles.derived["muscle_velocity"] = torch.zeros(2, 2, CYCLE_FRAMES)
    expected = torch.nan_to_num(term.muscles(cycles))
    assert float(term(cycles, expected).detach()) == 0.0
    assert float(term(cycles, expected + 0.1).detach()) == pytest.approx(0.01, rel=1e-4)
