"""A fitted variant as files: weights without pickle, and all constants as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from myopinn.problem import Cycles, Physics, Problem
from myopinn.training.estimators import Estimator, TrainingSettings, make_estimator
from myopinn.training.normalisation import normalised_inputs
from myopinn.variants import Variant, load_variant

WEIGHTS, DESCRIPTION = "weights.pt", "model.json"


def save_model(
    folder: Path | str,
    estimator: Estimator,
    variant: Variant,
    problem: Problem,
    channel_maximum_v: tuple[float, ...] | None,
) -> None:
    """Write what is needed to ask a fitted variant again.

    Parameters
    ----------
    folder : path
        Made where it does not exist; gets ``weights.pt`` (tensors only) and ``model.json``.
    channel_maximum_v : tuple of float or None
        None where envelopes are divided by those of maximal contractions.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {name: torch.from_numpy(a.copy()) for name, a in estimator.arrays().items()}
    torch.save(arrays, folder / WEIGHTS)
    description = {
        "variant": variant.name,
        "settings": variant.described(),
        "channels": problem.channels,
        "coordinates": problem.coordinates,
        "muscles": problem.muscles,
        "time_input": problem.time_input,
        "physics": asdict(problem.physics) if problem.physics else None,
        "normalisation": {
            "channel_maximum_v": channel_maximum_v,
            "target_centre": problem.target_centre,
            "target_range": problem.target_range,
            "moment_range_n_m": problem.moment_range_n_m,
        },
    }
    (folder / DESCRIPTION).write_text(json.dumps(description, indent=1) + "\n", encoding="utf-8")


class SavedModel:
    """A fitted variant, read from its files.

    Parameters
    ----------
    folder : path
        What :func:`save_model` has written, such as the folder ``model`` of an MLflow run.
    """

    def __init__(self, folder: Path | str) -> None:
        folder = Path(folder)
        about: dict[str, Any] = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        constants = about["normalisation"]
        self.channel_maximum_v = constants["channel_maximum_v"]
        self.problem = Problem(
            channels=tuple(about["channels"]),
            coordinates=tuple(about["coordinates"]),
            muscles=tuple(about["muscles"]),
            time_input=about["time_input"],
            target_centre=tuple(constants["target_centre"]),
            target_range=tuple(constants["target_range"]),
            moment_range_n_m=constants["moment_range_n_m"],
            physics=Physics(**about["physics"]) if about["physics"] else None,
        )
        variant = load_variant(about["variant"], about["settings"])
        model = variant.build(variant.settings, self.problem)
        self.estimator = make_estimator(model, TrainingSettings())
        weights = torch.load(folder / WEIGHTS, weights_only=True)
        self.estimator.restore({name: value.numpy() for name, value in weights.items()})

    @property
    def targets(self) -> tuple[str, ...]:
        """Names along the last dimension of what :meth:`predict` returns."""
        return self.problem.targets

    def predict(self, envelope: np.ndarray, mvc_envelope: np.ndarray | None = None) -> np.ndarray:
        """Predict joint angles and muscle forces of whole cycles.

        Parameters
        ----------
        envelope : array, shape (cycle, frame, channel), V
            In the order of ``problem.channels``.
        mvc_envelope : array, shape (channel,) or (cycle, channel), V
            Needed where the model was trained on envelopes divided by maximal contractions.

        Returns
        -------
        array, shape (cycle, frame, target), rad and N

        Raises
        ------
        ValueError
            Where the channels do not fit, or the maximal contraction is missing.
        """
        if envelope.ndim != 3 or envelope.shape[-1] != len(self.problem.channels):
            raise ValueError(
                f"envelope has shape {envelope.shape}, expected (cycle, frame, "
                f"{len(self.problem.channels)}) for {list(self.problem.channels)}."
            )
        maximum = self.channel_maximum_v if mvc_envelope is None else mvc_envelope
        if maximum is None:
            raise ValueError("this model needs the envelopes of maximal contractions.")
        inputs = normalised_inputs(envelope, maximum, time_input=self.problem.time_input)
        tensor = torch.from_numpy(np.swapaxes(inputs, 1, 2).astype(np.float32))
        cycles, _, frames = tensor.shape
        none = torch.zeros(cycles)
        unknown = torch.zeros(cycles, 0, frames)
        scaled = self.estimator.predict(
            Cycles(tensor, unknown, unknown, unknown.sum(1), none, none, none.long())
        )
        scale = np.array(self.problem.target_range), np.array(self.problem.target_centre)
        return scaled * scale[0] + scale[1]
