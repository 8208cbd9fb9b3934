"""A virtual elbow with one degree of freedom whose motion, moment and muscles are known."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from myopinn.files.layouts.quality import QUALITY
from myopinn.formats.opensim_files import write_storage, write_trc
from myopinn.records.trials import Trial

RATE_HZ = 100.0
GRAVITY = 9.80665
UPPER_ARM_KG, FOREARM_KG = 2.0, 1.5
CENTRE_M, INERTIA = 0.12, 0.02
ELBOW = np.array([0.0, -0.3, 0.0])
ON_UPPER_ARM = {"ACR": [0.02, 0.0, 0.03], "EPL": [0.0, -0.29, 0.04], "EPM": [0.0, -0.29, -0.04]}
ON_FOREARM = {"RS": [0.0, -0.24, 0.03], "US": [0.0, -0.24, -0.03], "MID": [0.02, -0.12, 0.0]}


def build_elbow(file: Path) -> Path:
    """Write the model: upper arm fixed to the ground, forearm on a hinge, two muscles."""
    import opensim as osim

    osim.Logger.removeFileSink()
    model = osim.Model()
    model.setName("elbow")
    model.setGravity(osim.Vec3(0, -GRAVITY, 0))
    upper = osim.Body("humerus", UPPER_ARM_KG, osim.Vec3(0, -0.15, 0), osim.Inertia(0.02))
    fore = osim.Body("forearm", FOREARM_KG, osim.Vec3(0, -CENTRE_M, 0), osim.Inertia(INERTIA))
    zero = osim.Vec3(0)
    base = osim.WeldJoint("base", model.getGround(), zero, zero, upper, zero, zero)
    elbow = osim.PinJoint("elbow", upper, osim.Vec3(*ELBOW), zero, fore, zero, zero)
    coordinate = elbow.updCoordinate()
    coordinate.setName("elbow_flexion")
    coordinate.setRangeMin(0.0)
    coordinate.setRangeMax(2.5)
    for component in (upper, fore):
        model.addBody(component)
    for component in (base, elbow):
        model.addJoint(component)
    muscles = {
        "flexor": (0.12, 0.14, [0.02, -0.05, 0], [0.015, -0.05, 0]),
        "extensor": (0.08, 0.12, [-0.02, -0.1, 0], [-0.02, 0.02, 0]),
    }
    for name, (fiber, tendon, origin, insertion) in muscles.items():
        muscle = osim.Millard2012EquilibriumMuscle(name, 600.0, fiber, tendon, 0.0)
        muscle.addNewPathPoint("origin", upper, osim.Vec3(*origin))
        muscle.addNewPathPoint("insertion", fore, osim.Vec3(*insertion))
        model.addForce(muscle)
    for body, markers in ((upper, ON_UPPER_ARM), (fore, ON_FOREARM)):
        for name, place in markers.items():
            model.addMarker(osim.Marker(name, body, osim.Vec3(*place)))
    model.finalizeConnections()
    model.printToXML(str(file))
    return file


def markers_at(angle_rad: np.ndarray, forearm_scale: float = 1.0) -> dict[str, np.ndarray]:
    """Place the markers of the elbow at each angle, shape (frame, 3)."""
    frames = len(angle_rad)
    cos, sin, zero, one = np.cos(angle_rad), np.sin(angle_rad), np.zeros(frames), np.ones(frames)
    turn = np.array([[cos, -sin, zero], [sin, cos, zero], [zero, zero, one]]).transpose(2, 0, 1)
    markers = {name: np.tile(place, (frames, 1)) for name, place in ON_UPPER_ARM.items()}
    for name, place in ON_FOREARM.items():
        markers[name] = ELBOW + turn @ (forearm_scale * np.array(place))
    return markers


@dataclass
class Laboratory:
    """A folder with one person's files of the flow."""

    root: Path
    generic: Path
    trials: list[dict[str, Any]] = field(default_factory=list)

    @property
    def common(self) -> dict[str, Any]:
        return {"recording": "virtual", "subject": "v01", "trials": self.trials}

    def add(
        self, name: str, markers: dict[str, np.ndarray], kind: str = "dynamic", session: str = "a"
    ) -> None:
        self.trials.append(asdict(Trial("v01", session, name, kind, "", f"{name}.c3d")))
        write_trc(self.root / "signals" / name / "markers.trc", RATE_HZ, markers)
        (self.root / "signals/person.json").write_text(
            json.dumps({"mass_kg": UPPER_ARM_KG + FOREARM_KG})
        )

    def path(self, name: str) -> str:
        return str(self.root / name)

    def quality(self, room: str) -> pd.DataFrame:
        return QUALITY.read(self.root / room / "quality.csv")

    def value(self, room: str, trial: str, quantity: str) -> float:
        table = self.quality(room)
        chosen = table[(table["trial"] == trial) & table["quantity"].str.startswith(quantity)]
        return float(chosen["value"].iloc[0])

    def refusal(self, room: str, trial: str) -> str:
        table = self.quality(room)
        chosen = table[(table["trial"] == trial) & ~table["accepted"].astype(bool)]
        return " ".join(chosen["reason"])

    def use_generic_as_scaled(self) -> None:
        """Take the generic model for the person's, so that its inertia stays known exactly."""
        (self.root / "model").mkdir()
        for name in ("scaled", "a"):
            (self.root / "model" / f"{name}.osim").write_bytes(self.generic.read_bytes())

    def write_angles(self, name: str, angle_deg: np.ndarray) -> None:
        time = np.arange(len(angle_deg)) / RATE_HZ
        file = self.root / "inverse_kinematics" / f"{name}.mot"
        write_storage(file, time, {"elbow_flexion": angle_deg}, in_degrees=True, title="angles")
