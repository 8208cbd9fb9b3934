"""Path polynomials: moment arms are the exact derivative, inside the range and across its edge."""

import math

import pytest
import torch

from myopinn.physics.checks import PhysicsError
from myopinn.physics.geometry import PathPolynomials

EXPONENT = torch.tensor([[0, 0], [1, 0], [0, 1], [2, 1], [1, 3], [0, 2]])


def paths(muscles=3, seed=0):
    coefficient = torch.randn(muscles, 6, generator=torch.Generator().manual_seed(seed))
    return PathPolynomials(
        coefficient,
        EXPONENT,
        torch.tensor([0.2, -0.4]),
        torch.tensor([1.3, 0.8]),
        muscles=[f"m{i}" for i in range(muscles)],
        coordinates=["knee", "ankle"],
    )


def test_length_is_the_written_polynomial():
    p, q = paths(), torch.tensor([0.9, -0.1])
    x, y = (0.9 - 0.2) / 1.3, (-0.1 + 0.4) / 0.8
    terms = torch.tensor([1.0, x, y, x * x * y, x * y**3, y * y])
    assert torch.allclose(p.length(q), p.coefficient[:, :6] @ terms, rtol=1e-14)


def test_moment_arm_is_minus_the_slope_of_the_length():
    p = paths()
    inside = torch.tensor([[0.2], [-0.4]]) + torch.tensor([[1.3], [0.8]]) * (
        2 * torch.rand(2, 50, generator=torch.Generator().manual_seed(1)) - 1
    )
    q = inside.requires_grad_(True)
    length, arm = p(q)
    for m in range(3):
        (slope,) = torch.autograd.grad(length[m].sum(), q, retain_graph=True)
        assert torch.allclose(arm[m], -slope, rtol=1e-12, atol=1e-14)
    q_dot = torch.ones(2, 50)
    assert torch.allclose(p.velocity(arm, q_dot), -arm.sum(1), rtol=1e-14)


def test_one_coordinate_and_several_agree():
    """A muscle that ignores the second coordinate is the same by Horner's rule."""
    coefficient = torch.randn(2, 6, generator=torch.Generator().manual_seed(4))
    powers = torch.tensor([3, 0, 5, 1, 2, 4])[:, None]
    one = PathPolynomials(coefficient, powers, torch.tensor([0.3]), torch.tensor([1.1]))
    two = PathPolynomials(
        coefficient,
        torch.cat([powers, torch.zeros_like(powers)], 1),
        torch.tensor([0.3, 0.0]),
        torch.tensor([1.1, 1.0]),
    )
    q = torch.linspace(-2.0, 2.5, 60)
    lengths, arms = one(q[None]), two(torch.stack([q, 0 * q]))
    assert torch.allclose(lengths[0], arms[0], rtol=1e-12)
    assert torch.allclose(lengths[1][:, 0], arms[1][:, 0], rtol=1e-11, atol=1e-13)


def test_outside_its_range_a_path_goes_on_straight():
    p = PathPolynomials(
        torch.tensor([[0.3, -0.05, 0.02, 0.1]]),
        torch.arange(4)[:, None],
        torch.tensor([0.5]),
        torch.tensor([1.0]),
    )
    edge = torch.tensor([[1.5]])
    length, arm = p(edge)
    further, same = p(edge + 0.7)
    assert torch.allclose(same, arm)
    assert torch.allclose(further, length - 0.7 * arm[:, 0])
    near, _ = p(edge - 1e-9)
    assert torch.allclose(near, length, atol=1e-9)
    assert torch.isfinite(p(torch.tensor([[1e6]]))[0]).all()


def test_shapes_of_batches():
    p = paths()
    length, arm = p(torch.zeros(2, 4, 5))
    assert length.shape == (3, 4, 5)
    assert arm.shape == (3, 2, 4, 5)
    single = p.to(dtype=torch.float32)
    assert single.length(torch.zeros(2, dtype=torch.float32)).dtype == torch.float32


def test_bad_paths_are_refused_by_name():
    p = paths()
    bad = p.coefficient[:, :6].clone()
    bad[1, 2] = math.nan
    names = {"muscles": ["soleus", "gastroc", "tibant"], "coordinates": ["knee", "ankle"]}
    with pytest.raises(PhysicsError, match=r"gastroc: coefficient of the path at \(2,\) is nan"):
        PathPolynomials(bad, EXPONENT, p.centre, p.half_range, **names)
    with pytest.raises(PhysicsError, match="ankle: half range is 0"):
        PathPolynomials(p.coefficient[:, :6], EXPONENT, p.centre, torch.tensor([1.0, 0.0]), **names)
    with pytest.raises(PhysicsError, match="do not fit together"):
        PathPolynomials(p.coefficient[:, :5], EXPONENT, p.centre, p.half_range, **names)
    with pytest.raises(PhysicsError, match="twice"):
        PathPolynomials(
            p.coefficient[:, :2], torch.tensor([[1, 0], [1, 0]]), p.centre, p.half_range
        )
    with pytest.raises(PhysicsError, match="the 2 of knee, ankle"):
        p(torch.zeros(3, 10))
