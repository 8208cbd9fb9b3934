"""A person who walks over two force plates, written as any laboratory might export the trial."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

RATE, ANALOG_RATE = 100.0, 1000.0
STRIDE_S, STANCE_S, STRIDE_M = 1.0, 0.6, 1.2
STRIKES = {"r": 0.2, "l": 0.7}  # of the stance on a plate; steps before and after are beside them
SIDE_M = {"r": 0.1, "l": -0.1}
FOOT = {"HEE": (0.0, 0.04, 0.0), "TOE": (0.18, 0.03, 0.0), "MT5": (0.14, 0.02, 0.04)}
WEIGHT_N = 700.0
DEPTH_M = 0.04
EMG_LABELS = ("R Rect", "R Hams")


def heel_position(side: str, time_s: np.ndarray) -> np.ndarray:
    """Heel in OpenSim's frame: still for 0.6 s, then a step of 1.2 m in 0.4 s."""
    phase = (time_s - STRIKES[side]) / STRIDE_S
    stride = np.floor(phase)
    swing = np.clip((phase - stride - STANCE_S) / (1 - STANCE_S), 0.0, 1.0)
    shape = swing**3 * (10 - 15 * swing + 6 * swing**2)
    x = (stride + shape) * STRIDE_M + STRIKES[side] / STRIDE_S * STRIDE_M
    lift = 0.1 * np.sin(np.pi * swing) ** 2
    return np.column_stack([x, lift, np.full_like(x, SIDE_M[side])])


def walker(frames: int = 180) -> dict[str, np.ndarray]:
    """Markers of a walk along +x in OpenSim's frame, m."""
    t = np.arange(frames) / RATE
    pelvis = np.column_stack([STRIDE_M * t - 0.35, np.full_like(t, 0.95), np.zeros_like(t)])
    markers = {
        "RASI": pelvis + np.array([0.1, 0, 0.12]),
        "LASI": pelvis + np.array([0.1, 0, -0.12]),
        "RPSI": pelvis + np.array([-0.1, 0, 0.05]),
        "LPSI": pelvis + np.array([-0.1, 0, -0.05]),
        "C7": pelvis + np.array([-0.05, 0.55, 0]),
    }
    for side in "rl":
        heel = heel_position(side, t)
        for name, offset in FOOT.items():
            markers[side.upper() + name] = heel + np.array(offset) * [
                1,
                1,
                1 if side == "r" else -1,
            ]
    return markers


@dataclass
class StepOn:
    """A known force on a plate, OpenSim's frame: on the person, acting at ``point``."""

    force: np.ndarray
    point: np.ndarray
    free_moment: np.ndarray
    corners: np.ndarray
    kind: int = 2


def step_on_plate(side: str, samples: int, kind: int = 2) -> StepOn:
    """The stance of a foot: double hump, braking then driving, pressure from heel to toe."""
    t = np.arange(samples) / ANALOG_RATE
    phase = (t - STRIKES[side]) / STANCE_S
    on = (phase > 0) & (phase < 1)
    up = np.where(on, WEIGHT_N * (np.sin(np.pi * phase) + 0.35 * np.sin(3 * np.pi * phase)), 0)
    forward = np.where(on, -0.15 * WEIGHT_N * np.sin(2 * np.pi * phase), 0)
    right = np.where(on, -np.sign(SIDE_M[side]) * 0.04 * up, 0)
    heel = STRIKES[side] / STRIDE_S * STRIDE_M
    x = heel + 0.18 * np.clip(phase, 0, 1)
    point = np.column_stack([x, np.zeros(samples), np.full(samples, SIDE_M[side])])
    twist = np.where(on, 5.0 * np.sin(np.pi * phase), 0)
    centre = np.array([heel + 0.1, 0.0, SIDE_M[side]])
    a, b = 0.25, 0.1 if kind == 0 else 0.095
    corners = centre + np.array([[a, 0, b], [-a, 0, b], [-a, 0, -b], [a, 0, -b]])
    return StepOn(np.column_stack([forward, up, right]), point, twist, corners, kind)


@dataclass
class Laboratory:
    """How a laboratory writes its files."""

    rotation: np.ndarray = field(  # OpenSim's axes to the laboratory's: z up, walking along +x
        default_factory=lambda: np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
    )
    unit: str = "mm"
    metres: float = 1e-3
    moment_unit: str = "Nmm"
    newton_metres: float = 1e-3
    emg_unit: str = "V"
    volts: float = 1.0
    force_sign: float = 1.0
    offset: float = 0.0


def plate_channels(step: StepOn, laboratory: Laboratory) -> np.ndarray:
    """What the channels of a plate show, in SI, written down from the format's definition."""
    axes = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])  # rows: plate x forward, y right, z down
    centre = step.corners.mean(axis=0)
    force = step.force @ axes.T
    arm = (step.point - centre) @ axes.T
    free = np.outer(step.free_moment, [0.0, 1.0, 0.0]) @ axes.T
    moment = np.cross(arm, force) + free
    if step.kind == 1:
        return np.column_stack([force, arm[:, :2], free[:, 2]])
    sensor_to_surface = np.array([0.0, 0.0, -DEPTH_M])
    moment = moment + np.cross(sensor_to_surface, force)
    if step.kind == 3:
        a, b = 0.2, 0.08
        f, m = force, moment
        mix = np.array([[1, 1, 1, 1], [b, b, -b, -b], [-a, a, a, -a], [1, -1, 1, -1]], float)
        vertical = np.linalg.solve(mix, np.stack([f[:, 2], m[:, 0], m[:, 1], 0 * f[:, 2]]))
        twist = m[:, 2] / b
        return np.column_stack(
            [(f[:, 0] - twist) / 2, (f[:, 0] + twist) / 2, f[:, 1] / 2, f[:, 1] / 2, *vertical]
        )
    if step.kind == 4:
        units = np.repeat([1.0, 1.0 / laboratory.metres], 3)
        return (np.column_stack([force, moment]) * units) @ np.linalg.inv(calibration()).T
    return np.column_stack([force, moment])


def calibration() -> np.ndarray:
    return np.diag([100.0, 110, 400, 5e4, 6e4, 3e4]) + 2.0 * np.arange(36).reshape(6, 6) / 36


def plate_units(kind: int, laboratory: Laboratory) -> tuple[list[str], np.ndarray]:
    moment, length = laboratory.newton_metres, laboratory.metres
    if kind == 1:
        units = ["N"] * 3 + [laboratory.unit] * 2 + [laboratory.moment_unit]
        return units, np.array([1, 1, 1, 1 / length, 1 / length, 1 / moment])
    if kind == 3:
        return ["N"] * 8, np.ones(8)
    if kind == 4:
        return ["V"] * 6, np.ones(6)
    return ["N"] * 3 + [laboratory.moment_unit] * 3, np.repeat([1, 1 / moment], 3)


def write_c3d(
    path: Path,
    markers: dict[str, np.ndarray],
    *,
    laboratory: Laboratory | None = None,
    steps: list[StepOn] | None = None,
    emg: dict[str, np.ndarray] | None = None,
    events: list[tuple[str, str, float]] | None = None,
    zero_filled: bool = False,
    mass_kg: float | None = None,
    analog_rate: float = ANALOG_RATE,
) -> Path:
    """Write a C3D file with ezc3d. Markers are in OpenSim's frame, m; EMG in V."""
    import ezc3d

    laboratory = laboratory or Laboratory()
    frames = len(next(iter(markers.values()))) if markers else 100
    file = ezc3d.c3d()
    parameters = file["parameters"]

    def integers(group: str, name: str, values: np.ndarray) -> None:
        # ezc3d turns a list of int into floats unless it is its own vector.
        parameter = ezc3d.ezc3d.Parameter(name, "")
        flat = [int(v) for v in np.asarray(values).ravel(order="F")]
        shape = list(np.shape(values)) if np.ndim(values) > 1 else [len(flat)]
        parameter.set(ezc3d.ezc3d.VecInt(flat), shape)
        file["parameters"].add_parameter(group, parameter)

    points = np.ones((4, len(markers), frames))
    residuals = np.zeros((1, len(markers), frames))
    for i, xyz in enumerate(markers.values()):
        lab = xyz @ laboratory.rotation.T / laboratory.metres
        gap = ~np.isfinite(lab).all(axis=1)
        lab[gap] = 0.0 if zero_filled else np.nan
        points[:3, i] = lab.T
        residuals[0, i, gap] = 0.0 if zero_filled else -1.0
    parameters["POINT"]["RATE"]["value"] = [RATE]
    parameters["POINT"]["LABELS"]["value"] = list(markers)
    parameters["POINT"]["UNITS"]["value"] = [laboratory.unit]
    file["data"]["points"] = points
    file["data"]["meta_points"]["residuals"] = residuals

    labels, units, columns = [], [], []
    for label, volts in (emg or {}).items():
        labels.append(label)
        units.append(laboratory.emg_unit)
        columns.append(volts / laboratory.volts)
    table = np.zeros((8, len(steps or [])), int)
    for k, step in enumerate(steps or []):
        names, factors = plate_units(step.kind, laboratory)
        values = laboratory.force_sign * plate_channels(step, laboratory) * factors
        if step.kind != 1:
            values = values + laboratory.offset
        table[: len(names), k] = len(labels) + 1 + np.arange(len(names))
        labels += [f"P{k}.{i}" for i in range(len(names))]
        units += names
        columns += list(values.T)
    if columns:
        parameters["ANALOG"]["RATE"]["value"] = [analog_rate]
        parameters["ANALOG"]["LABELS"]["value"] = labels
        parameters["ANALOG"]["UNITS"]["value"] = units
        parameters["ANALOG"]["SCALE"]["value"] = [1.0] * len(labels)
        parameters["ANALOG"]["OFFSET"]["value"] = [0] * len(labels)
        parameters["ANALOG"]["GEN_SCALE"]["value"] = [1.0]
        file["data"]["analogs"] = np.stack(columns)[None]
    if steps:
        wide = max(8 if s.kind == 3 else 6 for s in steps)
        integers("FORCE_PLATFORM", "USED", [len(steps)])
        integers("FORCE_PLATFORM", "TYPE", [s.kind for s in steps])
        integers("FORCE_PLATFORM", "ZERO", [1, 0])
        integers("FORCE_PLATFORM", "CHANNEL", table[:wide])
        corners = np.stack(
            [(s.corners @ laboratory.rotation.T / laboratory.metres).T for s in steps], axis=2
        )
        origins = [(0.2, 0.08, -DEPTH_M) if s.kind == 3 else (0, 0, -DEPTH_M) for s in steps]
        file.add_parameter("FORCE_PLATFORM", "CORNERS", corners)
        file.add_parameter("FORCE_PLATFORM", "ORIGIN", np.array(origins).T / laboratory.metres)
        file.add_parameter(
            "FORCE_PLATFORM", "CAL_MATRIX", np.stack([calibration()] * len(steps), axis=2)
        )
    if events:
        integers("EVENT", "USED", [len(events)])
        file.add_parameter("EVENT", "CONTEXTS", [e[0] for e in events])
        file.add_parameter("EVENT", "LABELS", [e[1] for e in events])
        file.add_parameter("EVENT", "TIMES", np.array([[0.0, e[2]] for e in events]).T)
    if mass_kg is not None:
        file.add_parameter("PROCESSING", "Bodymass", [mass_kg])
    file.write(str(path))
    return path


def both_steps(kind: int = 2, frames: int = 180) -> list[StepOn]:
    samples = int(frames * ANALOG_RATE / RATE)
    return [step_on_plate(side, samples, kind) for side in "rl"]


def walk_events(frames: int = 180) -> list[tuple[str, str, float]]:
    """All strikes and offs of the walk, as a laboratory would mark them."""
    found = []
    for side, context in (("r", "Right"), ("l", "Left")):
        for stride in range(-2, 3):
            strike = STRIKES[side] + stride * STRIDE_S
            found += [(context, "Foot Strike", strike), (context, "Foot Off", strike + STANCE_S)]
    return [e for e in found if 0 <= e[2] <= (frames - 1) / RATE]


def noise_emg(samples: int = 1800, seed: int = 0) -> dict[str, np.ndarray]:
    """White noise, louder in the middle of the trial."""
    rng = np.random.default_rng(seed)
    loud = 1e-4 * (1.05 - np.cos(2 * np.pi * np.arange(samples) / samples))
    return {label: loud * rng.standard_normal(samples) for label in EMG_LABELS}


def gait_settings() -> dict:
    return {
        "markers": {
            "vertical_axis": "z",
            "forward": {"from": ["RPSI", "LPSI"], "to": ["RASI", "LASI"]},
            "body_size_m": [0.5, 2.5],
        },
        "emg": {
            "channels": {"recfem": "R Rect", "hams": "R Hams"},
            "state": "raw",
            "band_hz": [20, 450],
            "lowpass_hz": 6,
        },
        "ground_forces": {
            "threshold_n": 20,
            "lowpass_hz": 12,
            "max_foot_distance_m": 0.15,
            "feet": {
                "r": {"body": "calcn_r", "markers": ["RHEE", "RTOE", "RMT5"]},
                "l": {"body": "calcn_l", "markers": ["LHEE", "LTOE", "LMT5"]},
            },
        },
        "events": {
            "source": "file",
            "heel_markers": {"r": "RHEE", "l": "LHEE"},
            "toe_markers": {"r": "RTOE", "l": "LTOE"},
            "sacrum_markers": ["RPSI", "LPSI"],
        },
    }


@pytest.fixture
def gait():
    """Everything a test needs to write and describe a walk."""
    import types

    return types.SimpleNamespace(
        walker=walker, write=write_c3d, Laboratory=Laboratory, steps=both_steps,
        step=step_on_plate, events=walk_events, emg=noise_emg, settings=gait_settings,
        strikes=STRIKES, stance_s=STANCE_S, weight_n=WEIGHT_N, rate=RATE, analog_rate=ANALOG_RATE,
    )  # fmt: skip
