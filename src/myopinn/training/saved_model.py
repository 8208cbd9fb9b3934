"""A fitted variant as files: weights without pickle, and all constants as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from myopinn.config.training import TrainingSettings
from myopinn.dataset.normalisation import Normalisation, normalised_envelopes, with_time
from myopinn.dataset.problem import CYCLE_FRAMES, Cycles, Physics, Problem
from myopinn.dataset.tasks import TASKS
from myopinn.training.estimators import Estimator, make_estimator
from myopinn.training.recorded_cycles import read_geometry
from myopinn.variants import Variant, load_variant

WEIGHTS, DESCRIPTION = "weights.pt", "model.json"


def save_model(
    folder: Path | str,
    estimator: Estimator,
    variant: Variant,
    problem: Problem,
    constants: Normalisation,
) -> None:
    """Write what is needed to ask a fitted variant again.

    Parameters
    ----------
    folder : path
        Made where it does not exist; gets ``weights.pt`` (tensors only) and ``model.json``.
    constants : Normalisation
        Of the fold.
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
        "dataset_coordinates": problem.dataset_coordinates,
        "physics": asdict(problem.physics) if problem.physics else None,
        "task": problem.task.name,
        "measured_by": problem.measured_by,
        "measured_emg": problem.measured_emg,
        "moment_input": problem.moment_input,
        "past_only": problem.past_only,
        "lead_frames": problem.lead_frames,
        "past_motion": problem.past_motion,
        "normalisation": asdict(constants),
    }
    (folder / DESCRIPTION).write_text(json.dumps(description, indent=1) + "\n", encoding="utf-8")


class SavedModel:
    """A fitted variant, read from its files.

    Parameters
    ----------
    folder : path
        What :func:`save_model` has written, such as the folder ``model`` of an MLflow run.
    geometries : sequence of path
        Muscle geometries of all people of the study, in its order; for models that hold parameters
        of people.
    """

    def __init__(self, folder: Path | str, geometries: Sequence[str | Path] = ()) -> None:
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
            dataset_coordinates=tuple(about["dataset_coordinates"]),
            geometries=tuple(read_geometry(path) for path in geometries),
            task=TASKS[about["task"]],
            measured_by=tuple(about["measured_by"]),
            measured_emg=about["measured_emg"],
            moment_input=about["moment_input"],
            past_only=about["past_only"],
            lead_frames=about["lead_frames"],
            past_motion=about["past_motion"],
        )
        self.variant = load_variant(about["variant"], about["settings"])
        self.estimator = make_estimator(self.variant.build(self.problem), TrainingSettings())
        weights = torch.load(folder / WEIGHTS, weights_only=True)
        self.estimator.restore({name: value.numpy() for name, value in weights.items()})

    @property
    def past_only(self) -> bool:
        """Whether every answer follows from what is known by its frame."""
        return self.problem.past_only

    @property
    def lead_frames(self) -> int:
        """How many frames it is shown before the first that it answers."""
        return self.problem.lead_frames

    @property
    def targets(self) -> tuple[str, ...]:
        """Names along the last dimension of what :meth:`predict` returns."""
        return self.problem.targets

    def predict(
        self,
        envelope: np.ndarray,
        mvc_envelope: np.ndarray | None = None,
        *,
        joint_angle: np.ndarray | None = None,
        joint_velocity: np.ndarray | None = None,
        time_step_s: np.ndarray | None = None,
        geometry: str | Path | None = None,
    ) -> np.ndarray:
        """Predict joint angles and muscle forces of whole cycles, or of pieces in continuous time.

        A variant that answers from the measured motion beside the EMG (``emg_driven``) needs the
        last four arguments; others do not look at them. A model that is ``past_only`` takes what
        filters that run forwards alone make of EMG and motion, over ``lead_frames`` and the 100
        frames that it answers.

        Parameters
        ----------
        envelope : array, shape (cycle, seen frame, channel), V
            In the order of ``problem.channels``.
        mvc_envelope : array, shape (channel,) or (cycle, channel), V
            Needed where the model was trained on envelopes divided by maximal contractions.
        joint_angle, joint_velocity : array, shape (cycle, seen frame, coordinate), rad and rad/s
            In the order of ``problem.dataset_coordinates``. The velocity is needed by a model that
            is ``past_only`` alone.
        time_step_s : array, shape (cycle,), s
            Time between two frames.
        geometry : path
            The person's muscle geometry (:data:`myopinn.files.layouts.geometry.GEOMETRY`).

        Returns
        -------
        array, shape (cycle, frame, target), rad and N
            NaN where the variant does not predict the target.

        Raises
        ------
        ValueError
            Where the channels do not fit, what this model needs is missing, or its task takes more
            than envelopes.
        """
        if not self.problem.task.from_envelopes:
            raise ValueError(
                f"a model of {self.problem.task.name} answers from motion and load: make cycles as "
                "myopinn.dataset.problem.Cycles describes them and ask with 'answer'."
            )
        if envelope.ndim != 3 or envelope.shape[-1] != len(self.problem.channels):
            raise ValueError(
                f"envelope has shape {envelope.shape}, expected (cycle, frame, "
                f"{len(self.problem.channels)}) for {list(self.problem.channels)}."
            )
        wanted = self.lead_frames + CYCLE_FRAMES
        if self.past_only and envelope.shape[1] != wanted:
            raise ValueError(
                f"envelope has {envelope.shape[1]} frames, expected {wanted}: {self.lead_frames} "
                f"that come before, and the {CYCLE_FRAMES} that are answered."
            )
        maximum = self.channel_maximum_v if mvc_envelope is None else mvc_envelope
        if maximum is None:
            raise ValueError("this model needs the envelopes of maximal contractions.")
        seen = normalised_envelopes(envelope, maximum)
        inputs = with_time(seen, time_input=self.problem.time_input)
        motion = joint_angle, joint_velocity
        return self.answer(self._cycles(inputs, motion, time_step_s, geometry))

    def answer(self, cycles: Cycles) -> np.ndarray:
        """Answer cycles that are laid out and scaled for this model's problem.

        Returns
        -------
        array, shape (cycle, frame, target), in the targets' units
        """
        scaled = self.estimator.predict(cycles)
        scale = np.array(self.problem.target_range), np.array(self.problem.target_centre)
        return scaled * scale[0] + scale[1]

    def _cycles(
        self,
        inputs: np.ndarray,
        motion: tuple[np.ndarray | None, np.ndarray | None],
        time_step_s: np.ndarray | None,
        geometry: str | Path | None,
    ) -> Cycles:
        """Return cycles as a variant sees them; what is not known has no names or is zero."""
        count, frames, _ = inputs.shape
        none = torch.zeros(count)
        nothing = torch.zeros(count, 0, frames - self.lead_frames)
        cycles = Cycles(_tensor(inputs), nothing, nothing, none[:, None], none, none, none.long())
        if self.variant.definition.derive_inputs is None:
            return cycles
        names, of = self.problem.dataset_coordinates, ("joint_angle", "joint_velocity")
        needed = of[: 1 + self.past_only]
        known = {n: v for n, v in zip(of, motion, strict=True) if v is not None and n in needed}
        if len(known) < len(needed) or time_step_s is None or geometry is None:
            raise ValueError(
                f"{self.variant.name} answers from the measured motion too: it needs "
                f"{' and '.join(needed)} of {list(names)}, time_step_s and the person's muscle "
                "geometry."
            )
        for name, values in known.items():
            if np.shape(values) != (count, frames, len(names)):
                raise ValueError(
                    f"{name} has shape {np.shape(values)}, expected "
                    f"{(count, frames, len(names))} for {list(names)}."
                )
        step = torch.tensor(np.broadcast_to(time_step_s, count), dtype=torch.float32)
        kind = "past" if self.past_only else "joint"
        shown: dict[str, Any] = {n.replace("joint", kind): _tensor(v) for n, v in known.items()}
        cycles = replace(cycles, time_step_s=step, **shown)
        problem = replace(self.problem, geometries=(read_geometry(geometry),))
        return replace(cycles, derived=self.variant.derived_inputs(problem, cycles) or {})


def _tensor(values: np.ndarray) -> torch.Tensor:
    """Shape (cycle, frame, name) to a tensor in single precision of shape (cycle, name, frame)."""
    return torch.from_numpy(np.ascontiguousarray(np.swapaxes(values, 1, 2), dtype=np.float32))
