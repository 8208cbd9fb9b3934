"""What a fit leaves of each term of its loss, beside what other answers leave of it.

Labels that satisfy an equation show that it can be met; a fit that ends above them, or above the
mean cycle, says something of the optimiser and nothing of the equation.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from myopinn.dataset.problem import Cycles
from myopinn.methods.losses.trained_model import TrainedModel

COLUMNS = ("answer", "term", "weight", "value")
# The whole loss, in the place of a term.
WHOLE = "loss"
LABELS = "labels"


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
        With the keys :data:`COLUMNS`: ``answer`` is ``fit``, ``labels``, ``mean_cycle`` (the mean
        of the training cycles) or ``motionless`` (the mean posture and the mean forces). The
        weight of the whole loss is 1. Empty where not all targets of all cycles are known.
    """
    moving = train.movements()
    labels = moving.targets
    if not torch.isfinite(labels).all():
        return []
    answers = {
        "fit": model(moving),
        LABELS: labels,
        "mean_cycle": labels.mean(0, keepdim=True).expand_as(labels),
        "motionless": labels.mean((0, 2), keepdim=True).expand_as(labels),
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
    return [*rows, {"term": WHOLE, "weight": 1.0, "value": float(model.loss(terms))}]
