"""Layers whose answer at a frame depends on nothing that comes after it."""

from __future__ import annotations

from torch import Tensor, nn


class PastConvolution(nn.Conv1d):
    """A convolution whose kernels end at their frame; before the first it was as it is there.

    Parameters
    ----------
    inputs, outputs : int
        Widths.
    kernel_frames : int
    dilation : int
        Frames from one that a kernel takes to the next.
    """

    def __init__(self, inputs: int, outputs: int, kernel_frames: int, dilation: int = 1) -> None:
        super().__init__(inputs, outputs, kernel_frames, dilation=dilation)

    def forward(self, values: Tensor) -> Tensor:
        """Return as many frames as there are, from and to (cycle, name, frame)."""
        before = (self.dilation[0] * (self.kernel_size[0] - 1), 0)
        return super().forward(nn.functional.pad(values, before, mode="replicate"))


class LastFrames(nn.Module):
    """Keeps the last frames, or all where there are fewer.

    Parameters
    ----------
    frames : int
    """

    def __init__(self, frames: int) -> None:
        super().__init__()
        self.frames = frames

    def forward(self, values: Tensor) -> Tensor:
        """Return the last frames of what has the shape (cycle, name, frame)."""
        return values[..., -self.frames :]
