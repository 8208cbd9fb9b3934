"""What a fit leaves of each term of its loss, beside what other answers leave of it.

Labels that satisfy an equation show that it can be met; a fit that ends above them, or above the
mean cycle, says something of the optimiser and nothing of the equation.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from myopinn.dataset.problem import Cycles
from myopinn.files.layouts.losses import WHOLE_LOSS
from myopinn.files.layouts.reached import FIT, LABELS, MEAN_CYCLE, MOTIONLESS
from myopinn.methods.losses.trained_model import TrainedModel


@torch.inference_mode()
def reached_terms(model: TrainedModel, train: Cycles) -> list[dict[str, Any]]:
    """Measure each term on the training cycles, as the network is asked and not as it is trained.

    Parameters
    ----------
    model : TrainedModel
        In evaluation mode.
    train : Cycles

    Returns
    -------
    list of dict
        With the columns of :data:`myopinn.files.layouts.reached.REACHED` but fold and seed. Empty
        where not all targets of all cycles are known.
    """
    moving = train.movements()
    labels = moving.targets
    if not torch.isfinite(labels).all():
        return []
    answers = {
        FIT: model(moving),
        LABELS: labels,
        MEAN_CYCLE: labels.mean(0, keepdim=True).expand_as(labels),
        MOTIONLESS: labels.mean((0, 2), keepdim=True).expand_as(labels),
    }
    return [
        {"answer": answer, **row}
        for answer, outputs in answers.items()
        for row in _measure(model, moving, outputs)
    ]


def _measure(model: TrainedModel, cycles: Cycles, outputs: Tensor) -> list[dict[str, Any]]:
    terms = model.every_term(cycles, outputs)
    rows = [
        {"term": name, "weight": model.weights.get(name, 1.0), "value": float(value)}
        for name, value in terms.items()
    ]
    return [*rows, {"term": WHOLE_LOSS, "weight": 1.0, "value": float(model.loss(terms))}]
