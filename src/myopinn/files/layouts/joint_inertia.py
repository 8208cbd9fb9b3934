"""The inertia of a person's joints that move alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from myopinn.files.documents import Document


class _OrEmpty(Document):
    """A document that holds nothing where the person was rejected."""

    def check(self, content: Mapping[str, Any], path: Path | str = "") -> None:
        """Hold a document that is not empty to its layout."""
        if content:
            super().check(content, path)


JOINT_INERTIA = _OrEmpty(
    "inertia of a person's joints, SI, in the ground frame with all of them at 0",
    {
        "coordinates": "joint coordinates from the trunk outwards; of each the next six",
        "axis": "unit vector about which it turns",
        "point": "a point on that axis, m",
        "mass": "of the bodies that it moves and the next one does not, kg",
        "centre_of_mass": "of those bodies, m",
        "inertia": "of those bodies about their centre of mass, 3 x 3, kg.m^2",
        "gravity": "acceleration, m/s^2",
        "load_point": "where a load is held, m; zero where the model holds none",
        "load_gyration": "radius of gyration of such a load about the last axis, m",
    },
)
