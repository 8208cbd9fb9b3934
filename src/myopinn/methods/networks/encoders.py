"""Networks that variants share, and their settings.

The settings can be read without importing torch; it is imported when a network is built.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from myopinn.errors import ConfigError

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class CycleCNNSettings:
    """Size of :func:`cycle_cnn`. The layer sizes of the paper were not to be had: these are ours.

    There is no dropout: the equation of motion takes time derivatives of the answer, and a mask
    that is drawn for every frame anew is noise that no derivative survives. Masks of whole
    features leave the derivative alone but not the balance of angle and forces: at three in ten
    the equation's loss in training is twice what the same network has when it is asked.

    Raises
    ------
    ConfigError
        Where a size is not positive or the kernel even.
    """

    convolution_channels: tuple[int, ...] = field(
        default=(32, 32),
        metadata={
            "each": (1, 1024),
            "unit": "features",
            "meaning": "width of each convolution block",
            "choices": ((16,), (32,), (16, 16), (32, 32), (16, 16, 16)),
        },
    )
    kernel_frames: int = field(
        default=9,
        metadata={
            "ge": 1,
            "le": 99,
            "unit": "frames",
            "meaning": "odd length of the convolution kernels",
            "choices": (5, 9, 13, 17),
        },
    )
    hidden_units: tuple[int, ...] = field(
        default=(64,),
        metadata={
            "each": (1, 4096),
            "unit": "features",
            "meaning": "width of each fully connected block",
            "choices": ((32,), (64,), (128,), (64, 64)),
        },
    )

    def __post_init__(self) -> None:
        if not self.convolution_channels or min(*self.convolution_channels, 1) < 1:
            raise ConfigError("convolution_channels: at least one width, each at least 1.")
        if self.hidden_units and min(self.hidden_units) < 1:
            raise ConfigError("hidden_units: each width is at least 1.")
        if self.kernel_frames < 1 or self.kernel_frames % 2 == 0:
            raise ConfigError("kernel_frames: an odd number of frames, so that it has a middle.")


def cycle_cnn(
    settings: CycleCNNSettings, inputs: int, outputs: int, past_frames: int | None = None
) -> nn.Sequential:
    """Build a network over the frames of a cycle: convolution, fully connected, regression blocks.

    The blocks are those of Zhang et al. 2023 (arXiv:2207.01435). A fully connected
    block acts on each frame alone (a convolution of length 1), and each frame has an answer.

    Parameters
    ----------
    settings : CycleCNNSettings
    inputs, outputs : int
        Number of inputs and targets.
    past_frames : int, optional
        Where an answer may depend on nothing that comes after its frame, how many frames, the last
        of those that are seen, are answered. Kernels then end at their frame.

    Returns
    -------
    Sequential
        From (cycle, input, seen frame) to (cycle, target, frame).
    """
    from torch import nn

    from myopinn.methods.networks.past import LastFrames, PastConvolution

    layers: list[nn.Module] = []
    width, kernel = inputs, settings.kernel_frames
    if past_frames is not None:
        # What lies further back reaches no answer.
        layers.append(LastFrames(past_frames + len(settings.convolution_channels) * (kernel - 1)))
    for features in settings.convolution_channels:
        layers += [
            # The ends are repeated: a cycle's ends are no zeros, and walking's ends are alike.
            nn.Conv1d(width, features, kernel, padding="same", padding_mode="replicate")
            if past_frames is None
            else PastConvolution(width, features, kernel),
            # Smooth, because the motion's equation takes time derivatives of the answer.
            nn.SiLU(),
        ]
        width = features
    if past_frames is not None:
        layers.append(LastFrames(past_frames))
    for features in settings.hidden_units:
        layers += [nn.Conv1d(width, features, 1), nn.SiLU()]
        width = features
    layers.append(nn.Conv1d(width, outputs, 1))
    return nn.Sequential(*layers)


@dataclass(frozen=True)
class CycleGRUSettings:
    """Size of :func:`cycle_gru`.

    Raises
    ------
    ConfigError
        Where a size is not positive.
    """

    recurrent_units: int = field(
        default=32,
        metadata={
            "ge": 1,
            "le": 4096,
            "unit": "features",
            "meaning": "memory of each direction",
            "choices": (16, 32, 64),
        },
    )
    hidden_units: tuple[int, ...] = field(
        default=(32,),
        metadata={
            "each": (1, 4096),
            "unit": "features",
            "meaning": "width of each fully connected block",
            "choices": ((), (32,), (64,)),
        },
    )

    def __post_init__(self) -> None:
        if self.recurrent_units < 1 or min(*self.hidden_units, 1, 1) < 1:
            raise ConfigError("recurrent_units, hidden_units: each width is at least 1.")


def cycle_gru(
    settings: CycleGRUSettings, inputs: int, outputs: int, past_frames: int | None = None
) -> nn.Module:
    """Build a gated recurrent network over the frames of a cycle, in both directions.

    Parameters
    ----------
    settings : CycleGRUSettings
    inputs, outputs : int
        Number of inputs and targets.
    past_frames : int, optional
        As :func:`cycle_cnn` has it. There is then one direction, forwards.

    Returns
    -------
    Module
        From (cycle, input, seen frame) to (cycle, target, frame).
    """
    from torch import nn

    from myopinn.methods.networks.past import LastFrames
    from myopinn.methods.networks.recurrence import AlongFrames

    both = past_frames is None
    memory = nn.GRU(inputs, settings.recurrent_units, batch_first=True, bidirectional=both)
    layers: list[nn.Module] = [] if past_frames is None else [LastFrames(past_frames)]
    width = (1 + both) * settings.recurrent_units
    for features in settings.hidden_units:
        layers += [nn.Conv1d(width, features, 1), nn.SiLU()]
        width = features
    return nn.Sequential(AlongFrames(memory), *layers, nn.Conv1d(width, outputs, 1))
