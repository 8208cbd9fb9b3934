r"""Muscle-tendon length as a polynomial of joint coordinates, moment arm as its derivative.

.. math::
    l_m(q) = \sum_k c_{mk} \prod_j x_j^{n_{kj}}, \quad x_j = (q_j - q_{j,centre}) / q_{j,half},
    \qquad r_{mj} = -\partial l_m / \partial q_j

The moment arm is positive where the muscle's pull increases the coordinate, OpenSim's convention.
Polynomials of muscle paths: Menegaldo et al. 2004, doi 10.1016/j.jbiomech.2003.12.017.

Outside the fitted range (\|x\| > 1) a polynomial soon goes astray. There the moment arms keep their
value at the edge and the length goes on linearly with them, so both stay continuous and finite.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from myopinn.physics.checks import PhysicsError, refuse


class PathPolynomials:
    """Paths of a set of muscles over a set of joint coordinates.

    Parameters
    ----------
    coefficient : Tensor, shape (muscle, term), m
    exponent : Tensor of integers, shape (term, coordinate)
    centre, half_range : Tensor, shape (coordinate,), rad (m where a coordinate slides)
    muscles, coordinates : sequence of str, optional
        Names for messages.

    Raises
    ------
    PhysicsError
        Where shapes do not fit, a coefficient is not finite or a range is empty; naming the
        muscle or coordinate.
    """

    def __init__(
        self,
        coefficient: Tensor,
        exponent: Tensor,
        centre: Tensor,
        half_range: Tensor,
        *,
        muscles: Sequence[str] = (),
        coordinates: Sequence[str] = (),
    ) -> None:
        if coefficient.dim() != 2 or exponent.shape != (coefficient.shape[1], centre.shape[0]):
            raise PhysicsError(
                f"coefficient {tuple(coefficient.shape)} (muscle, term), exponent "
                f"{tuple(exponent.shape)} (term, coordinate) and centre {tuple(centre.shape)} "
                "(coordinate,) do not fit together."
            )
        if half_range.shape != centre.shape:
            raise PhysicsError(
                f"half range {tuple(half_range.shape)} and centre {tuple(centre.shape)} differ."
            )
        self.muscles = tuple(muscles) or tuple(f"muscle {i}" for i in range(coefficient.shape[0]))
        self.coordinates = tuple(coordinates) or tuple(
            f"coordinate {i}" for i in range(centre.shape[0])
        )
        refuse(
            ~torch.isfinite(coefficient),
            coefficient,
            self.muscles,
            "coefficient of the path",
            "must be finite",
        )
        refuse(~(half_range > 0), half_range, self.coordinates, "half range", "must be positive")
        powers = [tuple(int(n) for n in row) for row in exponent.tolist()]
        self._powers, self._slopes = _closed_under_derivative(powers)
        self._degree = max((max(row, default=0) for row in self._powers), default=0)
        missing = len(self._powers) - coefficient.shape[1]
        self.coefficient = torch.nn.functional.pad(coefficient, (0, missing))
        self.centre = centre
        self.half_range = half_range
        self._table = self._derivative_table()

    def __call__(self, q: Tensor) -> tuple[Tensor, Tensor]:
        """Muscle-tendon lengths and moment arms.

        Parameters
        ----------
        q : Tensor, shape (coordinate, ...), rad

        Returns
        -------
        length : Tensor, shape (muscle, ...), m
        moment_arm : Tensor, shape (muscle, coordinate, ...), m
        """
        if q.dim() == 0 or q.shape[0] != self.centre.shape[0]:
            raise PhysicsError(
                f"q has shape {tuple(q.shape)}; its first dimension must be the "
                f"{self.centre.shape[0]} of {', '.join(self.coordinates)}."
            )
        column = (slice(None), *(None,) * (q.dim() - 1))
        x = (q - self.centre[column]) / self.half_range[column]
        inside = x.clamp(-1.0, 1.0)
        if self.centre.shape[0] == 1:
            length, slope = self._horner(inside)
        else:
            length, slope = self._dense(inside)
        length = length + (slope * (x - inside)).sum(1)
        return length, -slope / self.half_range[column]

    def length(self, q: Tensor) -> Tensor:
        """Muscle-tendon lengths, m, shape (muscle, ...)."""
        return self(q)[0]

    def moment_arm(self, q: Tensor) -> Tensor:
        """Moment arms, m, shape (muscle, coordinate, ...)."""
        return self(q)[1]

    def velocity(self, moment_arm: Tensor, q_dot: Tensor) -> Tensor:
        """Muscle-tendon lengthening velocities, m/s, shape (muscle, ...).

        Parameters
        ----------
        moment_arm : Tensor, shape (muscle, coordinate, ...), m
        q_dot : Tensor, shape (coordinate, ...), rad/s
        """
        return -(moment_arm * q_dot).sum(1)

    def to(
        self, *, dtype: torch.dtype | None = None, device: torch.device | str | None = None
    ) -> PathPolynomials:
        """Return the same paths in another precision or on another device."""

        def moved(value: Tensor) -> Tensor:
            return value.to(dtype=dtype, device=device)

        return PathPolynomials(
            moved(self.coefficient),
            torch.tensor(self._powers).reshape(-1, len(self.coordinates)),
            moved(self.centre),
            moved(self.half_range),
            muscles=self.muscles,
            coordinates=self.coordinates,
        )

    def _horner(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """One coordinate: Horner's rule, which compilers fuse into one loop."""
        row = (slice(None), *(None,) * (x.dim() - 1))
        order = sorted(range(len(self._powers)), key=lambda k: -self._powers[k][0])
        x = x[0]
        column = [self.coefficient[:, k][row] for k in order]
        length = column[0] + torch.zeros_like(x)
        slope = torch.zeros_like(length)
        for k, value in enumerate(column[1:]):
            slope = slope * x + length if k else length
            length = length * x + value
        return length, slope[:, None]

    def _dense(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Several coordinates: every monomial once, then one matrix product for all."""
        batch = x.shape[1:]
        power = [torch.ones_like(x)]
        for _ in range(self._degree):
            power.append(power[-1] * x)
        # shape (coordinate, power, batch)
        powers = torch.stack(power, 1).reshape(x.shape[0], self._degree + 1, -1)
        monomial = powers[0, [row[0] for row in self._powers]]
        for j in range(1, x.shape[0]):
            monomial = monomial * powers[j, [row[j] for row in self._powers]]
        muscles = self.coefficient.shape[0]
        value = (self._table @ monomial).reshape(muscles, 1 + x.shape[0], *batch)
        return value[:, 0], value[:, 1:]

    def _derivative_table(self) -> Tensor:
        """Coefficients of the length and of its slopes, shape (muscle * (1 + coordinate), term)."""
        terms = len(self._powers)
        rows = [self.coefficient]
        for slopes in self._slopes:
            shift = self.coefficient.new_zeros(terms, terms)
            for k, (target, factor) in slopes.items():
                shift[k, target] = factor
            rows.append(self.coefficient @ shift)
        return torch.stack(rows, 1).reshape(-1, terms)


def _closed_under_derivative(
    powers: list[tuple[int, ...]],
) -> tuple[list[tuple[int, ...]], list[dict[int, tuple[int, int]]]]:
    """Exponents with those of all derivatives added, and where each derivative's term is.

    Returns
    -------
    powers : list of tuple of int, term
        The given ones come first.
    slopes : list (coordinate) of dict of term to (term of its derivative, factor)
    """
    closed = list(dict.fromkeys(powers))
    if len(closed) != len(powers):
        raise PhysicsError("the exponents of the path polynomials name a term twice.")
    if not closed:
        closed = [()]
    for row in closed:  # grows while it is walked through
        for j, n in enumerate(row):
            lower = (*row[:j], n - 1, *row[j + 1 :])
            if n > 0 and lower not in closed:
                closed.append(lower)
    place = {row: k for k, row in enumerate(closed)}
    slopes: list[dict[int, tuple[int, int]]] = [{} for _ in closed[0]]
    for k, row in enumerate(closed):
        for j, n in enumerate(row):
            if n > 0:
                slopes[j][k] = (place[(*row[:j], n - 1, *row[j + 1 :])], n)
    return closed, slopes
