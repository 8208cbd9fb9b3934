"""Convolutions that look far back at little cost, and their settings.

The settings can be read without importing torch; it is imported when a network is built.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from myopinn.checks.settings import setting
from myopinn.errors import ConfigError

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class DilatedCNNSettings:
    """Size of :func:`dilated_cnn`; the sizes are ours.

    Raises
    ------
    ConfigError
        Where a size is not positive or the kernel even.
    """

    features: int = setting(
        "width of each convolution", 16, unit="features", ge=1, le=1024, choices=(8, 16, 32)
    )
    kernel_frames: int = setting(
        "odd number of frames that each convolution takes",
        5,
        unit="frames",
        ge=1,
        le=99,
        choices=(3, 5, 7),
    )
    dilations: tuple[int, ...] = setting(
        "frames from one that a convolution takes to the next, of each convolution; the network "
        "reaches as far as their sum times kernel_frames - 1",
        (1, 2, 4, 8),
        unit="frames",
        each=(1, 1024),
        choices=((1, 2, 4), (1, 2, 4, 8), (1, 2, 4, 8, 16)),
    )
    hidden_units: tuple[int, ...] = setting(
        "width of each fully connected block",
        (32,),
        unit="features",
        each=(1, 4096),
        choices=((), (32,), (64,)),
    )

    def __post_init__(self) -> None:
        if not self.dilations or min(*self.dilations, 1) < 1:
            raise ConfigError("dilations: at least one, each at least 1.")
        if self.features < 1 or min(*self.hidden_units, 1, 1) < 1:
            raise ConfigError("features, hidden_units: each width is at least 1.")
        if self.kernel_frames < 1 or self.kernel_frames % 2 == 0:
            raise ConfigError("kernel_frames: an odd number of frames, so that it has a middle.")


def dilated_cnn(
    settings: DilatedCNNSettings, inputs: int, outputs: int, past_frames: int | None = None
) -> nn.Sequential:
    """Build a stack of dilated convolutions along the frames, then blocks on each frame alone.

    Dilated causal convolutions: van den Oord et al. 2016 (arXiv:1609.03499); as a rival of
    recurrent networks: Bai, Kolter, Koltun 2018 (arXiv:1803.01271). There is no dropout and no
    residual path, so that it differs in its reach alone from
    :func:`myopinn.methods.networks.encoders.cycle_cnn`.

    Parameters
    ----------
    settings : DilatedCNNSettings
    inputs, outputs : int
        Number of inputs and targets.
    past_frames : int, optional
        Where an answer may depend on nothing that comes after its frame, how many frames, the last
        of those that are seen, are answered. Kernels then end at their frame; else their middle
        lies there.

    Returns
    -------
    Sequential
        From (cycle, input, seen frame) to (cycle, target, frame).
    """
    from torch import nn

    from myopinn.methods.networks.past import LastFrames, PastConvolution

    kernel, width = settings.kernel_frames, inputs
    layers: list[nn.Module] = []
    if past_frames is not None:
        # What lies further back reaches no answer.
        layers.append(LastFrames(past_frames + sum(settings.dilations) * (kernel - 1)))
    for step in settings.dilations:
        convolution = (
            PastConvolution(width, settings.features, kernel, step)
            if past_frames is not None
            else nn.Conv1d(
                width,
                settings.features,
                kernel,
                padding="same",
                padding_mode="replicate",
                dilation=step,
            )
        )
        layers += [convolution, nn.SiLU()]
        width = settings.features
    if past_frames is not None:
        layers.append(LastFrames(past_frames))
    for units in settings.hidden_units:
        layers += [nn.Conv1d(width, units, 1), nn.SiLU()]
        width = units
    return nn.Sequential(*layers, nn.Conv1d(width, outputs, 1))
