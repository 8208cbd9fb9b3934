"""Bad input is an error by name or a documented limit; never a silent NaN in a gradient."""

import ast
import math
import sys
from pathlib import Path

import pytest
import torch
from opensim_muscles import MUSCLES

import myopinn.physics
from myopinn.physics import degroote_fregly, elastic_tendon, meyer_fregly, rigid_tendon
from myopinn.physics.checks import PhysicsError
from myopinn.physics.muscle import muscle_force

NAMES = list(MUSCLES)


@pytest.mark.parametrize(
    ("index", "value", "message"),
    [
        (0, math.nan, r"long_tendon: muscle tendon length at \(17,\) is nan, must be finite"),
        (0, -0.1, r"long_tendon: muscle-tendon length at \(17,\) is -0.1, must be positive"),
        (1, math.inf, r"long_tendon: muscle tendon velocity at \(17,\) is inf"),
        (2, 1.2, r"long_tendon: activation at \(17,\) is 1.2, must lie in \[0, 1\]"),
        (2, math.nan, r"long_tendon: activation at \(17,\) is nan"),
    ],
)
def test_impossible_states_are_refused_by_name(index, value, message, parameters, states):
    bad = [s.clone() for s in states]
    bad[index][2, 17] = value
    with pytest.raises(PhysicsError, match=message):
        muscle_force(NAMES, *bad, parameters)


def test_mismatched_shapes_are_refused(parameters, states):
    length, velocity, activation = states
    with pytest.raises(PhysicsError, match="first dimension must be the 4 of parallel, pennate"):
        muscle_force(NAMES, length[:3], velocity[:3], activation[:3], parameters)
    with pytest.raises(PhysicsError, match="do not fit together"):
        muscle_force(NAMES, length, velocity[:, :7], activation, parameters)
    with pytest.raises(PhysicsError, match="does not fit 4 muscles"):
        rigid_tendon.tendon_force(length[:3], velocity[:3], activation[:3], parameters)
    with pytest.raises(PhysicsError, match="no tendon 'bungee'"):
        muscle_force(NAMES, *states, parameters, tendon="bungee")
    with pytest.raises(PhysicsError, match="no curves 'hill'"):
        muscle_force(NAMES, *states, parameters, curves="hill")


EXTREME = [-1e9, -5.0, -1.0, -0.1495, 0.0, 0.1495, 0.2, 1.0, 1.8, 5.0, 1e3, 1e9]


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("curves", [degroote_fregly, meyer_fregly])
def test_curves_are_finite_everywhere(curves, dtype):
    for name in curves.__all__:
        x = torch.tensor(EXTREME, dtype=dtype, requires_grad=True)
        y = getattr(curves, name)(x)
        (slope,) = torch.autograd.grad(y.sum(), x)
        assert torch.isfinite(y).all(), name
        assert torch.isfinite(slope).all(), name


@pytest.mark.parametrize("tendon", [rigid_tendon, elastic_tendon])
def test_a_fiber_of_length_zero_has_a_gradient(tendon, parameters):
    """A path as long as its slack tendon: the pennation of a fibre without length is 0/0."""
    length = parameters.tendon_slack_length.clone().requires_grad_(True)
    hill = [v.clone().requires_grad_(True) for v in parameters[:9]]
    still = torch.zeros(len(NAMES))
    p = type(parameters)(*hill, *parameters[9:])
    force = tendon.tendon_force(length, still, still + 1.0, p)
    gradients = torch.autograd.grad(force.sum(), [length, *hill], allow_unused=True)
    assert all(g is None or torch.isfinite(g).all() for g in gradients)
    # The shortest fibre still gives what the curve has there, at any length below it.
    assert torch.all(force < 0.02 * parameters.max_isometric_force)


@pytest.mark.parametrize("curves", [degroote_fregly, meyer_fregly])
@pytest.mark.parametrize("tendon", [rigid_tendon, elastic_tendon])
def test_muscles_are_finite_everywhere(tendon, curves, parameters):
    grid = torch.cartesian_prod(
        torch.tensor([1e-6, 0.05, 0.25, 0.31, 0.5, 2.0, 100.0]),
        torch.tensor([-1e6, -10.0, -1.0, 0.0, 1.0, 10.0, 1e6]),
        torch.tensor([0.0, 0.5, 1.0]),
    ).T
    states = [g.expand(4, -1).clone().requires_grad_(True) for g in grid]
    hill = [v.clone().requires_grad_(True) for v in parameters[:9]]
    p = type(parameters)(*hill, *parameters[9:])
    force = tendon.tendon_force(*states, p, curves)
    assert torch.isfinite(force).all()
    # Meyer's passive curve has no strain parameter, a rigid tendon none either.
    gradients = torch.autograd.grad(force.sum(), [*states, *hill], allow_unused=True)
    assert all(g is None or torch.isfinite(g).all() for g in gradients)
    assert all(g is not None for g in gradients[:8])


def test_the_room_knows_torch_and_nothing_else():
    """It can be taken as it is into any project that has torch."""
    allowed = {"torch", "myopinn", *sys.stdlib_module_names}
    for file in Path(myopinn.physics.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [a.name for a in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                assert name.split(".")[0] in allowed, f"{file.name}: {name}"
                own = name.startswith("myopinn")
                assert not own or name.startswith("myopinn.physics"), f"{file.name}: {name}"
