"""Recurrent layers among layers that have the names before the frames."""

from __future__ import annotations

from torch import Tensor, nn


class AlongFrames(nn.Module):
    """A recurrent layer with ``batch_first`` that runs along the frames of a cycle.

    Parameters
    ----------
    memory : Module
        Such as ``torch.nn.GRU``.
    """

    def __init__(self, memory: nn.Module) -> None:
        super().__init__()
        self.memory = memory

    def forward(self, values: Tensor) -> Tensor:
        """Return what it answers at each frame, from and to (cycle, name, frame)."""
        answers: Tensor = self.memory(values.transpose(1, 2))[0]
        return answers.transpose(1, 2)
