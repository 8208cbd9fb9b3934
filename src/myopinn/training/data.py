"""The cycles of one fold, in batches."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytorch_lightning as pl
import torch

from myopinn.dataset.problem import Cycles


class Batches:
    """Batches of cycles by indexing tensors in memory, which costs microseconds.

    Parameters
    ----------
    cycles : Cycles
    size : int
        Cycles per batch at most; batches differ by one cycle at most, so that no step learns from
        the few that are left over.
    seed : int or None
        Of the order, which is new in every epoch; None keeps the order of the cycles.
    least : int
        Of the batches of an epoch: fewer cycles are gone through several times, each time in a new
        order, so that what is done once an epoch does not cost as much as the training.
    """

    def __init__(self, cycles: Cycles, size: int, seed: int | None, least: int = 1) -> None:
        self.cycles = cycles
        self.size = size
        self.times = math.ceil(least / math.ceil(len(cycles) / size))
        self.generator = None if seed is None else torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""
        return self.times * math.ceil(len(self.cycles) / self.size)

    def __iter__(self) -> Iterator[Cycles]:
        """Give the batches of one epoch."""
        if self.generator is None and len(self) == 1:
            yield self.cycles
            return
        for _ in range(self.times):
            cycles = self.cycles
            if self.generator is not None:
                order = torch.randperm(len(cycles), generator=self.generator)
                # At once: a batch of its own would cost a dozen calls of torch.
                cycles = cycles.take(order.to(cycles.inputs.device))
            yield from cycles.split(self.size)


class FoldData(pl.LightningDataModule):
    """Cycles that a network is trained on, and those that decide when to stop.

    Tested cycles are not among them: they are not given to the fit at all.

    Parameters
    ----------
    train, stop : Cycles
    batch_cycles : int
    seed : int
        Of the order of the training cycles.
    epoch_batches : int
        Least number of batches in an epoch of training.
    """

    def __init__(
        self, train: Cycles, stop: Cycles, batch_cycles: int, seed: int, epoch_batches: int = 1
    ) -> None:
        super().__init__()
        self.train = train
        self.stop = stop
        self.batch_cycles = batch_cycles
        self.seed = seed
        self.epoch_batches = epoch_batches

    def setup(self, stage: str) -> None:
        """Bring all cycles to the device once, instead of every batch."""
        if self.trainer is not None:
            device = self.trainer.strategy.root_device
            self.train, self.stop = self.train.to(device), self.stop.to(device)

    def train_dataloader(self) -> list[Batches]:
        """Return one item: all batches of training cycles, in a new order every epoch."""
        return [Batches(self.train, self.batch_cycles, self.seed, self.epoch_batches)]

    def val_dataloader(self) -> Batches:
        """Return the cycles that decide when to stop."""
        return Batches(self.stop, max(self.batch_cycles, len(self.stop)), None)

    def transfer_batch_to_device(self, batch: Any, device: Any, dataloader_idx: int) -> Any:
        """Return the batch, which is on the device already."""
        return batch
