r"""Excitations of the muscles of a joint from what they share: co-contraction, two drives.

.. math::
    e_m = \left(c + d_{\pm}\, w_m\, \hat A_m(q, \dot q)\right) e^{\delta_m}, \qquad
    \hat A_m = |A_m| / A_0

Muscles that turn a joint the same way share a drive :math:`d_+` or :math:`d_-`, each in proportion
to its mechanical advantage :math:`A_m` (moment arm times active force-length and force-velocity);
:math:`c` is common to all of them. That is how least effort shares a moment if the cost of an
activation squared grows with the muscle's strength; where it does not (Crowninshield, Brand 1981,
doi 10.1016/0021-9290(81)90035-X), strong muscles are driven more, in proportion to their strength.
Co-contraction grows with effort (De Luca, Mambrito 1987, J Neurophysiol 58:525). The load factor
:math:`w_m` belongs to a person's muscle and says how much of the work it takes; the deviation
:math:`\delta_m` is what is left to the muscle alone. A muscle that no electrode reaches is thereby
tied to those that are measured, by a factor that the joint's moment has to find, and the
deviations of the measured ones tell whether the tie holds.

# ASSUME: people share so. Virtual people do, as far as they know their strength, each with prices
# and noise of their own; on them this prior is more right than it may be on others.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from myopinn.dataset.problem import Cycles, Problem
from myopinn.methods.muscles.calibrated_muscles import Bounded
from myopinn.methods.muscles.personal_muscles import MovingMuscles, Range

# Advantage of a muscle of a usual moment arm at its best length, m: the unit of the drives.
_USUAL_ADVANTAGE_M = 0.03
# Where the excitation bends towards 1, which it never passes.
_BEND = 0.8
# Co-contraction and drive from which a network starts that sees no EMG.
_COMMON, _DRIVE = 0.03, 0.1
# Least excitation that a logarithm is taken of.
_LEAST = 0.005
# Least work that is divided by: a side's muscles may have no moment arm in some posture.
_LEAST_WORK = 0.1
# No correction of a shared drive may exceed this factor's logarithm: exp would overflow.
_LARGEST_CORRECTION = 4.0
_LARGEST_DEVIATION = 0.7


def saturated(excitation: Tensor) -> Tensor:
    """Bend an excitation that is not negative towards 1, smoothly from 0.8 on."""
    room = 1.0 - _BEND
    bent = _BEND + room * torch.tanh((excitation - _BEND) / room)
    return torch.where(excitation < _BEND, excitation, bent)


class FirstGuess(NamedTuple):
    """What some cycles' EMG and muscles say of their excitations, whatever a network answers.

    Attributes
    ----------
    observed, known : tensor, shape (cycle, muscle, frame)
        Excitations by the EMG, 0 where unknown, and where known.
    work : tensor, shape (cycle, muscle, frame)
        Load factor times advantage, of which a drive is a multiple.
    positive : bool tensor, shape (cycle, muscle, frame)
        Which of the two drives is a muscle's.
    common, drives : tensor, shape (cycle, 1, frame) and (cycle, 2, frame)
    gain : tensor, shape (cycle, muscle, 1)
    """

    observed: Tensor
    known: Tensor
    work: Tensor
    positive: Tensor
    common: Tensor
    drives: Tensor
    gain: Tensor


class SharedDrive(nn.Module):
    """Turns a network's answers into excitations.

    Where the EMG is an input, co-contraction and drives are first guessed from it, the mean of each
    side's measured muscles, and a measured muscle's deviation is first guessed as the best
    compromise of its EMG and what is shared; the network corrects these guesses. Else it starts
    from the same small values everywhere. Contractions of calibration always start from their
    EMG: nothing moves in them, so motion says nothing of the effort.

    Parameters
    ----------
    problem : Problem
    load : Range
        Of the load factors.
    deviation_spread : float
        Standard deviation of the logarithm of a muscle's excitation about what is shared.
    envelope_error : (float, float)
        Expected error of a measured envelope: at rest, and as a share of it.
    by_strength : bool
        Whether strong muscles are driven more than weak ones of the same advantage.

    Attributes
    ----------
    outputs : int
        How many values per frame the network has to give.
    """

    def __init__(
        self,
        problem: Problem,
        load: Range,
        deviation_spread: float,
        envelope_error: Sequence[float],
        *,
        by_strength: bool = False,
    ) -> None:
        super().__init__()
        self.by_strength = by_strength
        self.people, self.muscles = len(problem.geometries), len(problem.muscles)
        self.outputs = 3 + self.muscles
        self.range, self.spread, self.error = load, deviation_spread, envelope_error
        self.load = Bounded(self.people * self.muscles, load.low, load.start, load.high)
        self.sees_emg = problem.measured_emg
        self.electrodes = [
            (row, problem.channels.index(channel))
            for row, channel in enumerate(problem.measured_by)
            if channel is not None
        ]

    def forward(
        self, cycles: Cycles, answer: Tensor, muscles: MovingMuscles, gain: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return excitations and deviations, both of shape (cycle, muscle, frame).

        Parameters
        ----------
        answer : tensor, shape (cycle, output, frame)
            Of the network; 0 leaves the first guess.
        muscles : MovingMuscles
            Of these cycles.
        gain : tensor, shape (cycle, muscle, 1)
            Envelope over excitation.
        """
        return self.corrected(cycles, answer, self.guess(cycles, muscles, gain))

    def guess(self, cycles: Cycles, muscles: MovingMuscles, gain: Tensor) -> FirstGuess:
        """Return what every answer starts from; takes what the call takes."""
        load = self.load().reshape(self.people, self.muscles)[cycles.person][:, :, None]
        advantage = muscles.advantage() / _USUAL_ADVANTAGE_M
        work = load * advantage.abs()
        if self.by_strength:
            strength = muscles.max_isometric_force
            work = work * (strength / strength.mean(1, keepdim=True))[:, :, None]
        observed, known = self._observed(cycles, gain)
        positive = advantage > 0
        common, drives = self._guess(observed, known, work, positive)
        return FirstGuess(observed, known, work, positive, common, drives, gain)

    def corrected(
        self, cycles: Cycles, answer: Tensor | None, guess: FirstGuess
    ) -> tuple[Tensor, Tensor]:
        """Return excitations and deviations of a network's answer; None leaves the first guess."""
        common, (positive, negative) = guess.common, guess.drives.split(1, dim=1)
        if answer is not None:
            if not self.sees_emg:
                answer = torch.where(cycles.calibration[:, None, None], 0.0, answer)
            corrections = answer[:, :3].clamp(-_LARGEST_CORRECTION, _LARGEST_CORRECTION).exp()
            common = common * corrections[:, :1]
            positive, negative = (guess.drives * corrections[:, 1:]).split(1, dim=1)
        shared = common + torch.where(guess.positive, positive, negative) * guess.work
        free = self._own(guess.observed, guess.known, shared, guess.gain)
        if answer is not None:
            free = free + self.spread * answer[:, 3:]
        deviation = _LARGEST_DEVIATION * torch.tanh(free / _LARGEST_DEVIATION)
        return saturated(shared * deviation.exp()), deviation

    def _observed(self, cycles: Cycles, gain: Tensor) -> tuple[Tensor, Tensor]:
        """Excitations by the EMG, 0 where unknown, and where known; (cycle, muscle, frame)."""
        shown = cycles.calibration | self.sees_emg
        frames = cycles.inputs.shape[-1]
        envelope = cycles.inputs.new_full((len(cycles), self.muscles, frames), torch.nan)
        rows, channels = (list(part) for part in zip(*self.electrodes, strict=True))
        if cycles.envelope.shape[-1] == frames:
            envelope[:, rows] = cycles.envelope[:, channels]
        known = torch.isfinite(envelope) & shown[:, None, None]
        # The gradient of a NaN that is masked afterwards would still be NaN.
        return torch.where(known, envelope, 0.0) / gain, known

    def _guess(
        self, observed: Tensor, known: Tensor, work: Tensor, positive: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Guess co-contraction (cycle, 1, frame) and the two drives (cycle, 2, frame)."""
        means, works = [], []
        for side in (positive & known, ~positive & known):
            count = side.sum(1, keepdim=True)
            share = side / count.clamp(min=1)
            mean = (observed * share).sum(1, keepdim=True)
            # A side without electrodes says nothing of the co-contraction.
            means.append(torch.where(count > 0, mean, 1.0))
            works.append((work * share).sum(1, keepdim=True))
        common = torch.minimum(*means).clamp(min=_LEAST)
        drives = [
            (mean - common).clamp(min=_LEAST) / own.clamp(min=_LEAST_WORK)
            for mean, own in zip(means, works, strict=True)
        ]
        blind = ~known.any(1, keepdim=True)
        return (
            torch.where(blind, _COMMON, common),
            torch.where(blind, _DRIVE, torch.cat(drives, 1)),
        )

    def _own(self, observed: Tensor, known: Tensor, shared: Tensor, gain: Tensor) -> Tensor:
        """Guess deviations: as far as a muscle's EMG is to be trusted against what is shared."""
        seen = torch.where(known, observed, shared).clamp(min=_LEAST)
        floor, share = self.error
        error = share + floor / (gain * seen)
        trust = self.spread**2 / (self.spread**2 + error**2)
        return torch.where(known, trust * (seen / shared.clamp(min=_LEAST)).log(), 0.0)

    def terms(self, excitation: Tensor, deviation: Tensor, deep: Tensor) -> dict[str, Tensor]:
        """Return the mean over frames of the squared deviations, in spreads, of all muscles."""
        return {"deviation": ((deviation / self.spread) ** 2).sum(1).mean()}

    def prior(self) -> Tensor:
        """Return the squared distance of the load factors from 1, in spreads, of a person."""
        distance = ((self.load() / self.range.start).log() / self.range.spread) ** 2
        return distance.sum() / max(self.people, 1)


class FreeDrive(nn.Module):
    """Excitations that share nothing: one answer per muscle, deep ones as weak as can be.

    Parameters
    ----------
    problem : Problem
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.outputs = len(problem.muscles)

    def forward(
        self, cycles: Cycles, answer: Tensor, muscles: MovingMuscles, gain: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return excitations, 0 to 1, and no deviations, of shape (cycle, muscle, frame)."""
        return self.corrected(cycles, answer, None)

    def guess(self, cycles: Cycles, muscles: MovingMuscles, gain: Tensor) -> None:
        """Guess nothing: every answer starts from the same."""

    def corrected(self, cycles: Cycles, answer: Tensor, guess: None) -> tuple[Tensor, Tensor]:
        """Return what the call returns."""
        excitation = torch.sigmoid(answer + math.log(_COMMON))
        return excitation, torch.zeros_like(excitation)

    def terms(self, excitation: Tensor, deviation: Tensor, deep: Tensor) -> dict[str, Tensor]:
        """Return the mean squared excitation of the muscles without a target, summed over them."""
        return {"effort": excitation[:, deep].square().sum(1).mean()}

    def prior(self) -> Tensor:
        """Return 0: there is nothing else to be near."""
        return torch.zeros(())
