"""One way to fit, to ask and to store any variant, be it trained by gradients or in closed form."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from myopinn.config.training import TrainingSettings
from myopinn.dataset.problem import Cycles, IdentifiedParameter
from myopinn.methods.losses.trained_model import TrainedModel
from myopinn.methods.models import Estimator
from myopinn.training.reached import reached_terms


class GradientEstimator:
    """Trains a torch module with Lightning.

    Parameters
    ----------
    model : TrainedModel
    settings : TrainingSettings
    """

    def __init__(self, model: TrainedModel, settings: TrainingSettings) -> None:
        self.model = model
        self.settings = settings
        self.curve: Sequence[Mapping[str, float]] = ()
        self.facts: Mapping[str, float] = {}
        self.reached: Sequence[Mapping[str, Any]] = ()
        # At least the order of the cycles in an epoch is drawn.
        self.uses_seed = True

    def fit(self, train: Cycles, stop: Cycles, seed: int) -> None:
        """Train until the loss on the stop cycles no longer falls; the best weights stay."""
        # Lightning takes seconds to import, which reading a stored model does not need.
        import pytorch_lightning as pl
        from pytorch_lightning.plugins.environments import LightningEnvironment

        from myopinn.training.data import FoldData
        from myopinn.training.module import BestOfStopTrials, LossModule

        settings = self.settings
        module = LossModule(
            self.model, learning_rate=settings.learning_rate, weight_decay=settings.weight_decay
        )
        keeper = BestOfStopTrials(settings.patience)
        logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
        # Lightning asks torch for deterministic algorithms; filling new memory is not part of that.
        torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="pytorch_lightning")
            warnings.filterwarnings("ignore", module="lightning_fabric")
            trainer = pl.Trainer(
                accelerator=settings.accelerator,
                devices=1,
                # In a job of Slurm, Lightning would make one distributed fit of the job's tasks.
                plugins=[LightningEnvironment()],
                max_epochs=settings.max_epochs,
                callbacks=[keeper],
                deterministic=True,
                logger=False,
                enable_checkpointing=False,
                enable_model_summary=False,
                enable_progress_bar=False,
                num_sanity_val_steps=0,
            )
            trainer.fit(
                module, FoldData(train, stop, settings.batch_cycles, seed, settings.epoch_batches)
            )
        self.model.to("cpu").eval()
        self.curve = module.curve
        self.reached = reached_terms(self.model, train)
        self.facts = {
            **{"best_epoch": float(keeper.best_epoch), "stop_loss": keeper.best_loss},
            **{f"reached_{row['answer']}/{row['term']}": row["value"] for row in self.reached},
        }

    def adapt(self, cycles: Cycles, stop: Cycles, seed: int) -> bool:
        """Train what belongs to a person anew, and nothing else; False where nothing does."""
        personal = {id(parameter) for parameter in self.model.personal_parameters()}
        if not personal:
            return False
        for parameter in self.model.parameters():
            parameter.requires_grad_(id(parameter) in personal)
        curve = self.curve
        self.fit(cycles, stop, seed)
        self.curve = curve
        return True

    @torch.inference_mode()
    def predict(self, cycles: Cycles) -> np.ndarray:
        """Return scaled targets, shape (cycle, frame, target)."""
        outputs: np.ndarray = self.model(cycles).numpy()
        return np.swapaxes(outputs, 1, 2).astype(float)

    @torch.inference_mode()
    def attention(self, cycles: Cycles) -> np.ndarray | None:
        """Return the weights by which frames look at frames, of a network that has any."""
        weights = self.model.attention(cycles)
        return None if weights is None else weights.numpy()

    def identified(self) -> list[IdentifiedParameter]:
        """Return the parameters of people that were learned."""
        return self.model.identified()

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the weights."""
        return {name: value.numpy() for name, value in self.model.state_dict().items()}

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take back the weights."""
        self.model.load_state_dict({name: torch.from_numpy(a) for name, a in arrays.items()})
        self.model.eval()


def make_estimator(model: TrainedModel | Estimator, settings: TrainingSettings) -> Estimator:
    """Return what fits what a variant has built."""
    return GradientEstimator(model, settings) if isinstance(model, TrainedModel) else model


def suit_small_networks() -> None:
    """Keep torch to the threads of OMP_NUM_THREADS, by default one, and to plain convolutions.

    The networks are small: more threads wait for each other, and jobs run side by side. oneDNN
    prepares each convolution for longer than these take: a fit without it is a sixth shorter.
    """
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS") or 1))
    torch.backends.mkldnn.enabled = False  # type: ignore[assignment]
