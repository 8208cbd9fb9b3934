"""One way to fit, to ask and to store any variant, be it trained by gradients or in closed form."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import torch

from myopinn.config.training import TrainingSettings
from myopinn.dataset.problem import Cycles, IdentifiedParameter
from myopinn.methods.losses.trained_model import TrainedModel
from myopinn.methods.models import ArrayModel, Solved, SolvedModel
from myopinn.training.reached import reached_terms

if TYPE_CHECKING:
    from myopinn.variants import Model


class Estimator(Protocol):
    """What fits, answers and can be stored.

    Attributes
    ----------
    curve : list of dict
        Terms of the loss in each epoch; empty where there are no epochs.
    facts : dict of str to float
        What is known of the fit: ``best_epoch``, ``stop_loss``, and ``reached_<answer>/<term>`` of
        :attr:`reached`.
    reached : list of dict
        What fit, labels and simple answers leave of each term on the training cycles
        (:func:`myopinn.training.reached.reached_terms`); empty without a loss of several terms.
    uses_seed : bool
        Whether another seed would give other numbers; read after the fit.
    """

    curve: list[dict[str, float]]
    facts: dict[str, float]
    reached: list[dict[str, Any]]
    uses_seed: bool

    def fit(self, train: Cycles, stop: Cycles, seed: int) -> None:
        """Learn from training cycles; ``stop`` decides when to stop."""

    def predict(self, cycles: Cycles) -> np.ndarray:
        """Return scaled targets, shape (cycle, frame, target)."""

    def attention(self, cycles: Cycles) -> np.ndarray | None:
        """Return weights, shape (cycle, layer, head, frame asked, frame looked at), if any."""

    def adapt(self, cycles: Cycles, stop: Cycles, seed: int) -> bool:
        """Learn anew what belongs to a new person, and nothing else; False where nothing does."""

    def identified(self) -> list[IdentifiedParameter]:
        """Return the parameters of people that were learned."""

    def arrays(self) -> dict[str, np.ndarray]:
        """Return what was learned."""

    def restore(self, arrays: dict[str, np.ndarray]) -> None:
        """Take back what was learned."""


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
        self.curve: list[dict[str, float]] = []
        self.facts: dict[str, float] = {}
        self.reached: list[dict[str, Any]] = []
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
        self.facts = {"best_epoch": float(keeper.best_epoch), "stop_loss": keeper.best_loss}
        self.reached = reached_terms(self.model, train)
        for row in self.reached:
            self.facts[f"reached_{row['answer']}/{row['term']}"] = row["value"]

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

    def restore(self, arrays: dict[str, np.ndarray]) -> None:
        """Take back the weights."""
        self.model.load_state_dict({name: torch.from_numpy(a) for name, a in arrays.items()})
        self.model.eval()


class ClosedFormEstimator:
    """Fits an estimator that is solved for, which has nothing to stop.

    Parameters
    ----------
    model : SolvedModel
    """

    def __init__(self, model: SolvedModel) -> None:
        self.model = model
        self.curve: list[dict[str, float]] = []
        self.facts: dict[str, float] = {}
        self.reached: list[dict[str, Any]] = []
        self.uses_seed = True

    def fit(self, train: Cycles, stop: Cycles, seed: int) -> None:
        """Solve for what is to be learned."""
        self.model.fit_cycles(train, stop, seed)
        self.uses_seed = self.model.uses_seed

    def predict(self, cycles: Cycles) -> np.ndarray:
        """Return scaled targets, shape (cycle, frame, target)."""
        return self.model.predict_cycles(cycles)

    def attention(self, cycles: Cycles) -> None:
        """Return None: nothing that is solved in closed form has any."""

    def adapt(self, cycles: Cycles, stop: Cycles, seed: int) -> bool:
        """Solve anew for what belongs to a person; False where nothing does."""
        return self.model.adapt_cycles(cycles, stop, seed)

    def identified(self) -> list[IdentifiedParameter]:
        """Return the parameters of people that were learned."""
        return self.model.identified()

    def arrays(self) -> dict[str, np.ndarray]:
        """Return what was learned."""
        return dict(self.model.arrays())

    def restore(self, arrays: dict[str, np.ndarray]) -> None:
        """Take back what was learned."""
        self.model.restore(arrays)


class OnFrames(Solved):
    """Asks an estimator in the manner of scikit-learn with whole cycles.

    It learns from the movements of the training cycles alone; the stop cycles remain unused.

    Parameters
    ----------
    model : ArrayModel
    """

    def __init__(self, model: ArrayModel) -> None:
        self.model = model

    @property
    def uses_seed(self) -> bool:
        """Whether another seed would have given other numbers; read after the fit."""
        return self.model.uses_seed

    def fit_cycles(self, train: Cycles, stop: Cycles, seed: int) -> None:
        """Fit inputs and targets of the movements."""
        seen = train.movements()
        self.model.fit(_frames_then_names(seen.inputs), _frames_then_names(seen.targets), seed)

    def predict_cycles(self, cycles: Cycles) -> np.ndarray:
        """Return scaled targets, shape (cycle, frame, target)."""
        return self.model.predict(_frames_then_names(cycles.inputs))

    def arrays(self) -> Mapping[str, np.ndarray]:
        """Return what was learned."""
        return self.model.arrays()

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take back what was learned."""
        self.model.restore(arrays)


def make_estimator(model: Model, settings: TrainingSettings) -> Estimator:
    """Return the estimator that knows how to fit what a variant has built."""
    if isinstance(model, TrainedModel):
        return GradientEstimator(model, settings)
    return ClosedFormEstimator(OnFrames(model) if isinstance(model, ArrayModel) else model)


def suit_small_networks() -> None:
    """Keep torch to the threads of OMP_NUM_THREADS, by default one, and to plain convolutions.

    The networks are small: more threads wait for each other, and jobs run side by side. oneDNN
    prepares each convolution for longer than these take: a fit without it is a sixth shorter.
    """
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS") or 1))
    torch.backends.mkldnn.enabled = False  # type: ignore[assignment]


def _frames_then_names(tensor: torch.Tensor) -> np.ndarray:
    """Shape (cycle, name, frame) to a double array of shape (cycle, frame, name)."""
    return np.swapaxes(tensor.cpu().numpy(), 1, 2).astype(float)
