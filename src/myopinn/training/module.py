"""The one Lightning module: it trains whatever variant has a loss, and keeps the best weights."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

import pytorch_lightning as pl
import torch
from torch import Tensor

from myopinn.dataset.problem import Cycles
from myopinn.errors import TrialError
from myopinn.methods.losses.trained_model import TrainedModel


class LossModule(pl.LightningModule):
    """Minimises a variant's loss and records every term of it in every epoch.

    Parameters
    ----------
    model : TrainedModel
    learning_rate : float
    weight_decay : float
        Of AdamW.

    Attributes
    ----------
    curve : list of dict
        Of each epoch: ``epoch``, and for training and stop trials each term without its weight
        and the whole ``loss``, as ``train/<term>`` and ``stop/<term>``.
    """

    def __init__(self, model: TrainedModel, *, learning_rate: float, weight_decay: float) -> None:
        super().__init__()
        # Lightning's own round about each step costs a fit a tenth of its time.
        self.automatic_optimization = False
        self.model = model
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.curve: list[dict[str, float]] = []
        self._seen: dict[str, list[tuple[int, Tensor]]] = defaultdict(list)
        self._names: list[str] = []

    def training_step(self, batches: Iterable[Cycles], batch_idx: int) -> None:
        """Take an optimiser's step for each batch of an epoch."""
        optimizer = self.optimizers(use_pl_optimizer=False)
        assert isinstance(optimizer, torch.optim.Optimizer)
        for batch in batches:
            loss = self._loss("train", batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    def validation_step(self, batch: Cycles, batch_idx: int) -> None:
        """Evaluate the stop trials."""
        self._loss("stop", batch)

    def on_train_epoch_end(self) -> None:
        """Record the means of the epoch that ends."""
        row = {"epoch": float(self.current_epoch)}
        for part in list(self._seen):
            row.update({f"{part}/{name}": value for name, value in self.means(part).items()})
        self._seen.clear()
        self.curve.append(row)

    def means(self, part: str) -> dict[str, float]:
        """Return each term and the loss of the epoch so far, over all cycles of ``part``."""
        seen = self._seen[part]
        counts = torch.tensor([[count] for count, _ in seen], dtype=torch.double)
        terms = torch.stack([terms for _, terms in seen]).to("cpu", torch.double)
        values = ((counts * terms).sum(0) / counts.sum()).tolist()
        return dict(zip(self._names, values, strict=True))

    def stop_loss(self) -> float:
        """Return what decides when to stop: of a model that says so, some of its terms alone."""
        return float(self.model.stop_loss(self.means("stop")))

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Return the optimiser."""
        return torch.optim.AdamW(
            self.model.parameters(),
            lr=self.learning_rate,
            weight_decay=self.weight_decay,
            fused=True,
        )

    def _loss(self, part: str, cycles: Cycles) -> Tensor:
        terms = self.model.loss_terms(cycles, self.model(cycles))
        loss = self.model.loss(terms)
        self._names = [*terms, "loss"]
        values = torch.stack([*terms.values(), loss]).detach()
        self._seen[part].append((len(cycles), values))
        return loss


class BestOfStopTrials(pl.Callback):
    """Ends training when the loss on the stop trials no longer falls; the best weights stay.

    Parameters
    ----------
    patience : int
        Epochs without a new lowest loss after which training ends.
    """

    def __init__(self, patience: int) -> None:
        self.patience = patience
        self.best_loss = math.inf
        self.best_epoch = -1
        self._weights: dict[str, Tensor] = {}

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Compare the epoch's loss on the stop trials with the best one so far.

        Raises
        ------
        TrialError
            Where the loss is no number, naming the epoch.
        """
        assert isinstance(pl_module, LossModule)
        loss, epoch = pl_module.stop_loss(), trainer.current_epoch
        if not math.isfinite(loss):
            raise TrialError(
                f"the loss on the stop trials is {loss} in epoch {epoch}.",
                remedy="lower 'training: learning_rate'.",
            )
        if loss < self.best_loss:
            self.best_loss, self.best_epoch = loss, epoch
            state = pl_module.model.state_dict()
            self._weights = {name: value.clone() for name, value in state.items()}
        elif epoch - self.best_epoch >= self.patience:
            trainer.should_stop = True

    def on_fit_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Put the best weights back."""
        assert isinstance(pl_module, LossModule)
        pl_module.model.load_state_dict(self._weights)
