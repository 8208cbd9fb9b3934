"""A Transformer over the frames of a cycle, and its settings.

The settings can be read without importing torch; it is imported when a network is built.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from myopinn.errors import ConfigError

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True)
class TransformerSettings:
    """Size of :func:`cycle_transformer`. The paper's sizes were not to be had: these are ours.

    Raises
    ------
    ConfigError
        Where a size is not positive, the heads do not divide the width, or the dropout is not in
        [0, 1).
    """

    width: int = field(
        default=32,
        metadata={
            "ge": 1,
            "le": 1024,
            "unit": "features",
            "meaning": "of each frame",
            "choices": (16, 32),
        },
    )
    heads: int = field(
        default=2, metadata={"ge": 1, "le": 64, "unit": "", "meaning": "of attention in each layer"}
    )
    layers: int = field(
        default=1,
        metadata={"ge": 1, "le": 24, "unit": "", "meaning": "of the encoder", "choices": (1, 2, 3)},
    )
    dropout: float = field(
        default=0.0,
        metadata={"ge": 0, "lt": 1, "unit": "", "meaning": "share of features dropped in training"},
    )

    def __post_init__(self) -> None:
        if min(self.width, self.heads, self.layers) < 1:
            raise ConfigError("width, heads, layers: at least 1.")
        if self.width % (2 * self.heads):
            raise ConfigError("width: a multiple of twice the heads.")
        if not 0 <= self.dropout < 1:
            raise ConfigError("dropout: at least 0 and below 1.")


def cycle_transformer(
    settings: TransformerSettings, inputs: int, outputs: int, *, past_only: bool = False
) -> nn.Module:
    """Build a Transformer encoder over the frames of a cycle (Vaswani et al. 2017).

    Each frame is a token with a sinusoidal position (arXiv:1706.03762); layers normalise before
    attention and feed-forward block. The answer adds to a linear map of the frame's inputs, so
    that what follows the inputs frame by frame need not be learned by attention.

    Parameters
    ----------
    settings : TransformerSettings
    inputs, outputs : int
    past_only : bool
        Whether a frame may look at itself and those before it alone.

    Returns
    -------
    Module
        From (cycle, input, frame) to (cycle, output, frame); at first the answer is nearly zero.
        Its ``attention`` gives for the same inputs the weights of every layer and head, shape
        (cycle, layer, head, frame asked, frame looked at).
    """
    import math

    import torch
    from torch import nn

    class CycleTransformer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed = nn.Linear(inputs, settings.width)
            layer = nn.TransformerEncoderLayer(
                settings.width,
                settings.heads,
                2 * settings.width,
                settings.dropout,
                activation="gelu",
                batch_first=True,
                norm_first=True,
            )
            self.encoder = nn.TransformerEncoder(
                layer, settings.layers, nn.LayerNorm(settings.width), enable_nested_tensor=False
            )
            self.answer = nn.Linear(settings.width, outputs)
            self.direct = nn.Linear(inputs, outputs, bias=False)
            for linear in (self.answer, self.direct):
                nn.init.normal_(linear.weight, std=0.02)
            nn.init.zeros_(self.answer.bias)

        def forward(self, values: Tensor) -> Tensor:
            frames = values.transpose(1, 2)
            hidden = self.encoder(self.tokens(frames), self.hidden_frames(frames))
            answer: Tensor = self.answer(hidden) + self.direct(frames)
            return answer.transpose(1, 2)

        def attention(self, values: Tensor) -> Tensor:
            hidden = self.tokens(values.transpose(1, 2))
            mask = self.hidden_frames(hidden)
            found = []
            for layer in self.encoder.layers:
                found.append(attention_weights(layer, hidden, mask))
                hidden = layer(hidden, mask)
            return torch.stack(found, 1)

        def tokens(self, frames: Tensor) -> Tensor:
            return self.embed(frames) + self.position(frames)

        def hidden_frames(self, frames: Tensor) -> Tensor | None:
            """Mask what each frame may not look at: those after it, where past_only."""
            if not past_only:
                return None
            count = frames.shape[1]
            return torch.ones(count, count, dtype=torch.bool, device=frames.device).triu(1)

        def position(self, frames: Tensor) -> Tensor:
            half = settings.width // 2
            place = torch.arange(frames.shape[1], dtype=frames.dtype, device=frames.device)
            rate = torch.arange(half, dtype=frames.dtype, device=frames.device)
            angle = place[:, None] * torch.exp(-math.log(1e4) * rate / half)
            return torch.cat([angle.sin(), angle.cos()], 1)

    return CycleTransformer()


def attention_weights(
    layer: nn.TransformerEncoderLayer, hidden: Tensor, mask: Tensor | None = None
) -> Tensor:
    """Return how a layer weighs the frames that each frame asks.

    The layer itself asks its attention for no weights, which is quicker; so they are computed
    again.

    Parameters
    ----------
    layer : TransformerEncoderLayer
        One that normalises before attention.
    hidden : Tensor, shape (cycle, frame, feature)
        What goes into the layer.
    mask : Tensor, optional
        Bool, shape (frame asked, frame looked at): what may not be looked at.

    Returns
    -------
    Tensor, shape (cycle, head, frame asked, frame looked at)
        The sum over frames looked at is 1.
    """
    asked = layer.norm1(hidden)
    _, weights = layer.self_attn(asked, asked, asked, attn_mask=mask, average_attn_weights=False)
    assert weights is not None
    return weights
