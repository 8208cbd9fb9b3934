"""Reaches under a load and a gravity that differ between trials: the analysis gets them right."""

import numpy as np
import pytest
import torch

from myopinn.files.layouts.dataset import DATASET
from myopinn.files.layouts.recovered import RECOVERED
from myopinn.files.layouts.truth import read_truth
from myopinn.files.netcdf import read_netcdf
from myopinn.opensim.joint_inertia import read_chain
from myopinn.physics.motion import Chain, last_hinge
from myopinn.steps.compare_with_truth import compare_with_truth

# What all of these rest on costs seconds and is made once, in one process.
pytestmark = pytest.mark.xdist_group("reaches_recovered")

USUAL, TURNED = CONDITIONS = ("usual", "turned")


@pytest.fixture(scope="module")
def recovered(reaching, tmp_path_factory):
    folder = tmp_path_factory.mktemp("recovered")
    compare_with_truth(
        **{
            name: [reaching.paths[name]]
            for name in ("truth", "signals", "inverse_dynamics", "muscle_forces")
        },
        datasets=[reaching.paths["dataset"]],
        trials=reaching.trials,
        table=folder / "recovered.csv",
        curves=folder / "curves.csv",
    )
    return RECOVERED.read(folder / "recovered.csv")


@pytest.mark.parametrize("condition", CONDITIONS)
def test_angle_and_moment_are_recovered(reaching, recovered, condition):
    """Within what markers on skin and a scaled hand allow, as at the metronome."""
    name = f"session_1_{condition}_1"
    trial = recovered[recovered["trial"] == name].set_index("quantity")
    largest = float(np.abs(read_truth(reaching.paths["truth"], name)["joint_moment"]).max())
    assert trial.loc["joint_angle", "rmse"] < 3.0
    assert trial.loc["joint_moment", "rmse"] < 0.06 * largest
    # Under the raised forearm the weight hardly changes with the angle: all is on one side.
    assert largest > {USUAL: 0.4, TURNED: 2.0}[condition]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_the_forearm_is_where_it_was_strapped(reaching, condition):
    data = read_netcdf(reaching.paths["dataset"], DATASET)
    held = np.degrees(data["held_angle"].values[data["condition"].values == condition, 0])
    assert len(held)
    assert held == pytest.approx({USUAL: 0.0, TURNED: 70.0}[condition], abs=2.0)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_the_equation_of_motion_has_the_trials_load_and_gravity(reaching, condition):
    """The joint's own inertia and gravity need the moment that inverse dynamics finds."""
    data = read_netcdf(reaching.paths["dataset"], DATASET)
    data = data.isel(cycle=np.flatnonzero(data["condition"].values == condition))
    plain = read_chain(
        file=str(reaching.paths["model"] / "scaled.osim"),
        coordinates=["forearm_flexion", "wrist_flexion"],
    )
    angle, acceleration, moment = (
        data[key].values[..., 0] for key in ("joint_angle", "joint_acceleration", "joint_moment")
    )
    held, load = (torch.as_tensor(data[key].values) for key in ("held_angle", "load_kg"))

    def error(resting, carried):
        inertia, cosine, sine = (
            value[:, None].numpy() for value in last_hinge(Chain.from_dict(plain), resting, carried)
        )
        needed = inertia * acceleration + cosine * np.cos(angle) + sine * np.sin(angle)
        return np.sqrt(np.mean((needed - moment) ** 2)) / np.abs(moment).max()

    # The forearm's markers shake a little, which inverse dynamics takes for its motion.
    assert error(held.T, load) < 0.04
    if condition == TURNED:
        assert error(0 * held.T, load) > 0.1
        assert error(held.T, load / 2) > 0.1
