"""A network, the drive and the muscles behind it, and what they are trained for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from myopinn.dataset.problem import Cycles, IdentifiedParameter, Problem
from myopinn.methods.losses.trained_model import TrainedModel
from myopinn.methods.muscles.calibrated_muscles import Bounded
from myopinn.methods.muscles.personal_muscles import MovingMuscles, PersonalMuscles, Range
from myopinn.methods.muscles.shared_drive import FreeDrive, SharedDrive


class MusculoskeletalObjective(TrainedModel):
    """Envelopes of all muscles and the joint's moment from a network's excitations.

    Parameters
    ----------
    network : Module
        From (cycle, input, frame) to (cycle, output of the drive, frame), and its ``attention``
        (:func:`myopinn.methods.networks.attention.cycle_transformer`); has one input more where
        :func:`guesses_moment`.
    drive : SharedDrive or FreeDrive
    muscles : PersonalMuscles
    problem : Problem
    gain : Range
        Of the envelope of a measured muscle over its excitation.
    envelope_error : (float, float)
        Expected error of a measured envelope: at rest, and as a share of it.
    moment_error : (float, float)
        Expected error of the moment: as a share of its range, and of itself.
    weights : mapping of str to float
        Of the terms ``moment``, ``deviation``, ``effort`` and ``parameters``; that of ``envelope``
        is 1.
    """

    measured: Tensor
    network: Any
    drive: Any

    def __init__(
        self,
        network: nn.Module,
        drive: SharedDrive | FreeDrive,
        muscles: PersonalMuscles,
        problem: Problem,
        *,
        gain: Range,
        envelope_error: Sequence[float],
        moment_error: Sequence[float],
        weights: Mapping[str, float],
    ) -> None:
        super().__init__(weights)
        self.network, self.drive, self.muscles = network, drive, muscles
        self.problem, self.gain_range = problem, gain
        self.people = len(problem.geometries)
        measured = [channel is not None for channel in problem.measured_by]
        self.register_buffer("measured", torch.tensor(measured), persistent=False)
        self.gain = Bounded(self.people * len(measured), gain.low, gain.start, gain.high)
        self.envelope_error, self.moment_error = envelope_error, moment_error
        self.guesses = guesses_moment(problem, drive)
        self._seen: tuple[Tensor, Tensor, Tensor] | None = None

    def forward(self, cycles: Cycles) -> Tensor:
        """Return the scaled targets, shape (cycle, target, frame).

        A measured muscle's is its envelope, gain times excitation; a deep one's its excitation.
        """
        gain = self.gains()[cycles.person][:, :, None]
        muscles = self.muscles.at(cycles)
        guess = self.drive.guess(cycles, muscles, gain)
        answer = self.network(self._inputs(cycles, muscles, guess))
        excitation, deviation = self.drive.corrected(cycles, answer, guess)
        moment = muscles.moment(excitation) / self.problem.moment_range_n_m
        outputs = cycles.answered(torch.cat([excitation * gain, moment[:, None]], 1))
        # The priors are of what lies behind the answer, which its targets do not show.
        self._seen = outputs, cycles.answered(excitation), cycles.answered(deviation)
        return outputs

    def attention(self, cycles: Cycles) -> Tensor:
        """Return the weights (cycle, layer, head, frame asked, frame looked at) of the network.

        Frames that are looked at are those that are seen.
        """
        gain = self.gains()[cycles.person][:, :, None]
        muscles = self.muscles.at(cycles)
        inputs = self._inputs(cycles, muscles, self.drive.guess(cycles, muscles, gain))
        weights: Tensor = self.network.attention(inputs)
        return weights[..., -cycles.frames :, :]

    def _inputs(self, cycles: Cycles, muscles: MovingMuscles, guess: Any) -> Tensor:
        """Give the inputs and, where EMG and moment are among them, what the first guess misses.

        That is a small difference of large numbers, which a network would hardly find itself.
        """
        if not self.guesses:
            return cycles.inputs
        with torch.no_grad():
            excitation, _ = self.drive.corrected(cycles, None, guess)
            known = cycles.over_seen(cycles.joint_moment)
            missing = known - muscles.moment(excitation)
            floor, share = self.moment_error
            error = floor * self.problem.moment_range_n_m + share * known.abs()
            # Of the order of one, as the other inputs are.
            missing = torch.tanh(missing / (10.0 * error))
        return torch.cat([cycles.inputs, missing[:, None]], 1)

    def gains(self) -> Tensor:
        """Return envelope over excitation, shape (person, muscle); 1 for deep muscles."""
        gain = self.gain().reshape(self.people, -1)
        return torch.where(self.measured, gain, torch.ones_like(gain))

    def loss_terms(self, cycles: Cycles, outputs: Tensor) -> dict[str, Tensor]:
        """Return each term without its weight; what has no target has no part in them."""
        if self._seen is None or self._seen[0] is not outputs:
            outputs = self(cycles)
        assert self._seen is not None
        _, excitation, deviation = self._seen
        targets = cycles.targets
        if isinstance(self.drive, FreeDrive) and not self.problem.measured_emg:
            # Motion cannot tell one effort from another where nothing moves.
            targets = torch.where(cycles.calibration[:, None, None], torch.nan, targets)
        envelope, moment = targets[:, :-1], targets[:, -1]
        floor, share = self.envelope_error
        return {
            "envelope": _squared_error(outputs[:, :-1], envelope, floor, share) * envelope.shape[1],
            "moment": _squared_error(outputs[:, -1], moment, *self.moment_error),
            **self.drive.terms(excitation, deviation, ~torch.isfinite(envelope).any(2).any(0)),
            "parameters": self.muscles.prior() + self.drive.prior() + self.gain_prior(),
        }

    def gain_prior(self) -> Tensor:
        """Return the squared distance of the gains from their start, in spreads, of a person."""
        distance = ((self.gain() / self.gain_range.start).log() / self.gain_range.spread) ** 2
        return distance.sum() / max(self.people, 1)

    def personal_parameters(self) -> Iterator[nn.Parameter]:
        """Give what belongs to a person and is learned."""
        for module in (self.muscles, self.drive, self.gain):
            yield from (p for p in module.parameters() if p.requires_grad)

    def identified(self) -> list[IdentifiedParameter]:
        """Return what was learned of every person's muscles and electrodes."""
        if not any(p.requires_grad for p in self.muscles.parameters()):
            return []
        found = list(self.muscles.identified(self.problem))
        gains, given = self.gains().detach(), self.gain_range
        for person in range(self.people):
            found += [
                IdentifiedParameter(
                    person,
                    muscle,
                    "emg_gain",
                    "",
                    float(gains[person, column]),
                    given.start,
                    given.low,
                    given.high,
                )
                for column, muscle in enumerate(self.problem.muscles)
                if self.measured[column]
            ]
        return found


def guesses_moment(problem: Problem, drive: SharedDrive | FreeDrive) -> bool:
    """Tell whether the network is shown what the first guess of the moment misses."""
    return isinstance(drive, SharedDrive) and problem.measured_emg and problem.moment_input


def _squared_error(predicted: Tensor, target: Tensor, floor: float, share: float) -> Tensor:
    """Mean of ((predicted - target) / (floor + share |target|))^2 where there is a target.

    Averaged as if unknown targets had no error, so that its scale does not depend on how many are
    unknown.
    """
    known = torch.isfinite(target)
    # The gradient of a NaN that is masked afterwards would still be NaN.
    wanted = torch.where(known, target, torch.zeros_like(target))
    error = (predicted - wanted) / (floor + share * wanted.abs())
    return torch.where(known, error, torch.zeros_like(error)).square().mean()
