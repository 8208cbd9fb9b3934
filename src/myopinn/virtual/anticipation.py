"""Planning a repeated movement's excitations ahead of time, as practice teaches it.

A muscle takes several times as long to relax as to act. Sharing the moment of each instant alone
leaves muscles pulling when their antagonists are already asked to; a practised movement calls and
releases every muscle in time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Practice:
    """What practice knows and strives for.

    Attributes
    ----------
    activation_s, deactivation_s : float
        Time constants that are believed in: those of an average muscle, and the tendon's recoil.
    tolerance_n_m : float
        Error of a moment that costs as much as full excitation of an average muscle.
    iterations : int
        Most steps of the search.
    """

    activation_s: float = 0.012
    deactivation_s: float = 0.060
    tolerance_n_m: float = 3.0
    iterations: int = 150


def anticipate(
    capacity: np.ndarray,
    moment: np.ndarray,
    price: np.ndarray,
    floor: float,
    step_s: float,
    practice: Practice,
    *,
    power: float = 2.0,
    modules: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Find the excitations of a cycle whose activations make its moments at the least cost.

    Parameters
    ----------
    capacity : array, shape (phase, joint, muscle), N.m per unit of activation
    moment : array, shape (phase, joint), N.m
        That active forces have to make.
    price : array, shape (muscle,) or (phase, muscle)
    floor : float
        Least excitation.
    step_s : float
        From phase to phase.
    power : float
        Of the excitations, times whose price are the cost; 2 for effort.
    modules : array, shape (module, muscle)
        Where they are given, excitations above the floor are sums of these, none negative.

    Returns
    -------
    excitation, activation : array, shape (phase, muscle)
        The activation of a phase follows from the excitations up to the phase before.
    """
    import numpy as np

    shape = (len(capacity), capacity.shape[2])
    weight = 1.0 / practice.tolerance_n_m**2

    def cost(excitation: np.ndarray) -> tuple[float, np.ndarray]:
        activation, keep = _activate(excitation, step_s, practice)
        missing = np.einsum("kjm,km->kj", capacity, activation) - moment
        pull = 2 * weight * np.einsum("kjm,kj->km", capacity, missing)
        effort = price * excitation ** (power - 1.0)
        slope = power * effort + _adjoint(pull, keep)
        return float(weight * (missing**2).sum() + (effort * excitation).sum()), slope

    excitation = _search(cost, shape, floor, practice.iterations, modules)
    return excitation, _activate(excitation, step_s, practice)[0]


def _search(
    cost: Callable[[np.ndarray], tuple[float, np.ndarray]],
    shape: tuple[int, int],
    floor: float,
    iterations: int,
    modules: np.ndarray | None,
) -> np.ndarray:
    """Find the excitations (phase, muscle) of least cost, above the floor and up to 1."""
    import numpy as np
    from scipy.optimize import minimize

    drives = shape if modules is None else (shape[0], len(modules))
    least = floor if modules is None else 0.0

    def excited(drive: np.ndarray) -> np.ndarray:
        return drive if modules is None else np.minimum(floor + drive @ modules, 1.0)

    def of_drives(flat: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = cost(excited(flat.reshape(drives)))
        return value, (slope if modules is None else slope @ modules.T).ravel()

    found = minimize(
        of_drives,
        np.full(drives, max(0.05, floor)).ravel(),
        jac=True,
        method="L-BFGS-B",
        bounds=[(least, 1.0)] * (drives[0] * drives[1]),
        options={"maxiter": iterations},
    )
    return excited(found.x.reshape(drives))


def _activate(
    excitation: np.ndarray, step_s: float, practice: Practice
) -> tuple[np.ndarray, np.ndarray]:
    """Follow first-order activation dynamics through a cycle that repeats.

    As in OpenSim's muscles (Thelen 2003, doi:10.1115/1.1531112) the rate depends on the activation.

    Returns
    -------
    activation, keep : array, shape (phase, muscle)
        ``keep`` is the share of a phase's activation that is left in the next one.
    """
    import numpy as np

    activation, keep = np.empty_like(excitation), np.empty_like(excitation)
    now = excitation.mean(axis=0)
    # The second time round starts as the first ended.
    for _ in (0, 1):
        for phase, wanted in enumerate(excitation):
            activation[phase] = now
            speed = 0.5 + 1.5 * now
            time = np.where(
                wanted > now, practice.activation_s * speed, practice.deactivation_s / speed
            )
            keep[phase] = np.exp(-step_s / time)
            now = wanted + (now - wanted) * keep[phase]
    return activation, keep


def _adjoint(pull: np.ndarray, keep: np.ndarray) -> np.ndarray:
    """Carry slopes by activation back to slopes by excitation, the rates taken as given."""
    import numpy as np

    slope = np.empty_like(pull)
    behind = np.zeros(pull.shape[1])
    for _ in (0, 1):
        for phase in range(len(pull) - 1, -1, -1):
            slope[phase] = behind * (1.0 - keep[phase])
            behind = pull[phase] + behind * keep[phase]
    return slope
