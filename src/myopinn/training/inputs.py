"""The files that fits are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from myopinn.tracking.diary import file_digest

Paths = Sequence[str | Path]


@dataclass(frozen=True)
class FitInputs:
    """What is read of all people of a recording, each in one order, and the folds of its splits.

    Attributes
    ----------
    datasets, geometries : sequence of path
        A dataset names its subject. Geometries are read only where the selection has a physics.
    joint_inertias : sequence of path
        JSON; needed only where the physics is ``single_joint``.
    calibrations : sequence of path
        Isometric contractions, where the selection names any.
    folds : sequence of path
        Of each split, which trials are trained on, decide when to stop, and are held out.
    """

    datasets: Paths
    geometries: Paths
    joint_inertias: Paths = ()
    calibrations: Paths = ()
    folds: Paths = ()

    def digests(self, subjects: Sequence[str]) -> dict[str, str]:
        """Digest every file of the people, by kind and subject."""
        kinds = {
            **{"dataset": self.datasets, "geometry": self.geometries},
            **{"joint_inertia": self.joint_inertias, "calibration": self.calibrations},
        }
        return {
            f"{kind}_sha256.{subject}": file_digest(path)
            for kind, paths in kinds.items()
            for subject, path in zip(subjects, paths, strict=False)
        }
