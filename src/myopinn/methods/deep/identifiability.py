r"""Which parameters of a person's muscles a set of recordings can tell, before anything is fitted.

About given parameters, with :math:`x` their logarithms in spreads of the prior and :math:`J` the
slope of the joint's moment by them in expected errors of the moment, the posterior has the
covariance

.. math:: \Sigma = (I + n\, J^T J)^{-1}

for errors that are Gaussian and moments that are nearly straight in :math:`x` (Laplace's
approximation; Raue et al. 2009, doi 10.1093/bioinformatics/btp358, on what it leaves out);
:math:`n` is the share of frames that tell something new. A parameter whose posterior is as wide as
its prior is not identified. What counts for deep muscles is how far the size of their excitation
remains open, :math:`\sqrt{g^T \Sigma g}` with :math:`g` its slope by :math:`x`: that may be small
where no single parameter is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.func import functional_call, jacfwd

from myopinn.dataset.problem import Cycles
from myopinn.errors import ConfigError
from myopinn.methods.deep.musculoskeletal_objective import MusculoskeletalObjective
from myopinn.methods.muscles.calibrated_muscles import Bounded

# An envelope of 6 Hz has some 12 independent values a second.
_INDEPENDENT_HZ = 12.0


@dataclass(frozen=True)
class Identifiability:
    """What a set of recordings of a person tells.

    Attributes
    ----------
    parameters : tuple of (parameter, muscle)
        The muscle is empty where all share the parameter.
    posterior_share : tuple of float
        Of each parameter, standard deviation of the posterior over that of the prior, 0 to 1.
    singular_values : tuple of float
        Of the moment's slope; each above 1 is a combination of parameters that is identified.
    prior_spread, posterior_spread : mapping of str to float
        Of each deep muscle, standard deviation of the logarithm of its mean excitation.
    """

    parameters: tuple[tuple[str, str], ...]
    posterior_share: tuple[float, ...]
    singular_values: tuple[float, ...]
    prior_spread: Mapping[str, float]
    posterior_spread: Mapping[str, float]


def compare_protocols(
    model: MusculoskeletalObjective,
    cycles: Cycles,
    protocols: Mapping[str, Tensor],
    asked: Cycles,
    person: int = 0,
) -> dict[str, Identifiability]:
    """Tell what each of several sets of recordings of one person identifies.

    Parameters
    ----------
    model : MusculoskeletalObjective
        With a shared drive that sees EMG and moment; about its parameters, as built or as fitted.
    cycles : Cycles
        With what ``derive_inputs`` returned: movements and calibration.
    protocols : mapping of str to tensor, shape (cycle,)
        Which of the cycles belong to each set: a mask or indices.
    asked : Cycles
        Movements in which deep muscles are asked for, the same for all protocols.
    person : int

    Returns
    -------
    dict
        In the order of the protocols.

    Raises
    ------
    ConfigError
        Where the model does not guess excitations from EMG, or cycles are of somebody else.
    """
    if not model.guesses:
        raise ConfigError(
            "identifiability: needs a model that sees 'measured_emg' and 'moment_input' and whose "
            "drive is shared."
        )
    if bool((cycles.person != person).any() or (asked.person != person).any()):
        raise ConfigError(f"identifiability: all cycles must be those of person {person}.")
    names, places, units = _free(model, person)
    frames = (_INDEPENDENT_HZ * cycles.time_step_s.double()).clamp(max=1.0)
    slope = _moment_slope(model, cycles, places) * units * frames.sqrt()[:, None, None]
    size = _size_slope(model, asked, places) * units
    return {
        name: _told(names, model.problem.deep, slope[rows].flatten(0, 1), size)
        for name, rows in protocols.items()
    }


def _told(
    names: Sequence[tuple[str, str]], deep: Sequence[str], slope: Tensor, size: Tensor
) -> Identifiability:
    """Sum up the slopes of moment (frame, parameter) and size (deep muscle, parameter)."""
    identity = torch.eye(len(names), dtype=torch.float64)
    covariance = torch.linalg.inv(identity + slope.T @ slope)
    left = torch.einsum("dp,pq,dq->d", size, covariance, size).sqrt()
    return Identifiability(
        tuple(names),
        tuple(covariance.diagonal().sqrt().tolist()),
        tuple(torch.linalg.svdvals(slope).tolist()),
        dict(zip(deep, size.norm(dim=1).tolist(), strict=True)),
        dict(zip(deep, left.tolist(), strict=True)),
    )


Place = dict[str, Tensor]


def _free(
    model: MusculoskeletalObjective, person: int
) -> tuple[list[tuple[str, str]], dict[str, tuple[Tensor, Tensor]], Tensor]:
    """Give names of a person's parameters, their places in the model, and spreads in its units.

    Returns
    -------
    names : list of (parameter, muscle)
    places : dict of the model's parameter to (its value, rows of the person)
    units : tensor, shape (parameter,)
        How far the model's value moves for a spread.
    """
    names: list[tuple[str, str]] = []
    places: dict[str, tuple[Tensor, Tensor]] = {}
    units = []
    for label, key, module, spread in _bounded(model):
        count = len(module.shift) // model.people
        rows = torch.arange(person * count, (person + 1) * count)
        muscles = model.problem.muscles if count > 1 else ("",)
        if label == "emg_gain":
            rows = rows[model.measured.cpu()]
            muscles = tuple(m for m in muscles if m not in model.problem.deep)
        names += [(label, muscle) for muscle in muscles]
        places[f"{key}.shift"] = (module.shift.detach(), rows)
        moved = jacfwd(lambda shift, m=module: _logarithm(m, shift))(module.shift.detach())
        units.append(spread / moved.diagonal()[rows].double())
    return names, places, torch.cat(units)


def _bounded(model: MusculoskeletalObjective) -> Iterator[tuple[str, str, Bounded, float]]:
    for name, module in model.muscles.learned.items():
        assert isinstance(module, Bounded)
        yield name, f"muscles.learned.{name}", module, model.muscles.ranges[name].spread
    yield "emg_gain", "gain", model.gain, model.gain_range.spread
    yield "load_factor", "drive.load", model.drive.load, model.drive.range.spread


def _logarithm(module: Bounded, shift: Tensor) -> Tensor:
    value: Tensor = functional_call(module, {"shift": shift}, ())
    return value.log()


def _at(places: Mapping[str, tuple[Tensor, Tensor]], free: Tensor) -> Place:
    """Put free values, shape (parameter,), into the places of a person."""
    filled, first = {}, 0
    for key, (value, rows) in places.items():
        own = free[first : first + len(rows)]
        filled[key] = value.index_copy(0, rows, own)
        first += len(rows)
    return filled


def _start(places: Mapping[str, tuple[Tensor, Tensor]]) -> Tensor:
    return torch.cat([value[rows] for value, rows in places.values()])


class _FirstGuess(torch.nn.Module):
    """The model's excitations and moments as the EMG alone has them."""

    def __init__(self, model: MusculoskeletalObjective) -> None:
        super().__init__()
        self.model = model

    def forward(self, cycles: Cycles) -> tuple[Tensor, Tensor]:
        model = self.model
        gain = model.gains()[cycles.person][:, :, None]
        shape = len(cycles), model.drive.outputs, cycles.inputs.shape[-1]
        muscles = model.muscles.at(cycles)
        excitation, _ = model.drive(cycles, cycles.inputs.new_zeros(shape), muscles, gain)
        moments = muscles.moments(muscles.activation(excitation))
        # What was seen before is no measurement of its own.
        return cycles.answered(excitation), cycles.answered(moments)


def _guess(model: MusculoskeletalObjective, cycles: Cycles, place: Place) -> tuple[Tensor, Tensor]:
    guess = _FirstGuess(model)
    named = {f"model.{key}": value for key, value in place.items()}
    found: tuple[Tensor, Tensor] = functional_call(guess, named, (cycles,))
    return found


def _moment_slope(
    model: MusculoskeletalObjective, cycles: Cycles, places: Mapping[str, tuple[Tensor, Tensor]]
) -> Tensor:
    """Slope of the moment in expected errors, shape (cycle, frame, parameter).

    Expected are the error of the moment itself, and what the scatter of each measured envelope
    makes of its muscle's moment.
    """
    start = _start(places)
    with torch.no_grad():
        _, moments = _guess(model, cycles, _at(places, start))
    floor, share = model.moment_error
    own = floor * model.problem.moment_range_n_m + share * moments.sum(1).abs()
    scatter = (model.envelope_error[1] * moments[:, model.measured]).square().sum(1)
    error = (own.square() + scatter).sqrt()
    slope = jacfwd(lambda free: _guess(model, cycles, _at(places, free))[1].sum(1))(start)
    scaled: Tensor = (slope / error[..., None]).double()
    return scaled


def _size_slope(
    model: MusculoskeletalObjective, cycles: Cycles, places: Mapping[str, tuple[Tensor, Tensor]]
) -> Tensor:
    """Slope of the logarithm of deep muscles' mean excitation, shape (deep muscle, parameter)."""
    deep = [model.problem.muscles.index(muscle) for muscle in model.problem.deep]

    def size(free: Tensor) -> Tensor:
        excitation, _ = _guess(model, cycles, _at(places, free))
        return excitation[:, deep].mean((0, 2)).log()

    slope: Tensor = jacfwd(size)(_start(places))
    return slope.double()
