"""Muscle states per second, against calling OpenSim state by state: geometry, force and moment.

Both do the same: joint angle, velocity and activations in; muscle-tendon lengths, moment arms,
tendon forces and their moment out, for the seven muscles of an elbow, in double precision on one
thread. The elastic muscle is brought into equilibrium in both. OpenSim and torch take turns within
each repetition, so that other work on the machine slows both; a row is the shortest of several
repetitions and its ratio is to the OpenSim row of the same tendon. Where there is a GPU the same
function runs there too. Compilation is not counted and is reported on its own.
"""

from __future__ import annotations

import argparse
import csv
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import opensim as osim
import torch

from myopinn.files.layouts.geometry import GEOMETRY
from myopinn.files.netcdf import read_netcdf
from myopinn.physics import elastic_tendon, motion, rigid_tendon
from myopinn.physics.geometry import PathPolynomials
from myopinn.physics.parameters import MuscleParameters
from myopinn.steps.fit_muscle_geometry import fit_muscle_geometry

RESULTS = Path(__file__).parent / "results"
BATCH = 100_000
OPENSIM_STATES = 300  # per repetition
REPETITIONS = 15
# Eager torch makes one pass over memory per operation and the compiled elastic tendon a few: they
# work through the batch in blocks that stay in the cache. The compiled rigid tendon makes one pass.
BLOCK = {
    ("rigid", "eager"): 4_000,
    ("elastic", "eager"): 4_000,
    ("rigid", "compiled"): BATCH,
    ("elastic", "compiled"): 10_000,
}
GPU_BATCH = 4_000_000
# Fused multiply-add and reordered sums, which torch leaves off; the moments change by 1e-14.
COMPILE_OPTIONS = {
    "cpp.enable_floating_point_contract_flag": "fast",
    "cpp.enable_unsafe_math_opt_flag": True,
}
WANTED = {
    ("rigid", "compiled", "forward"): 1000,
    ("elastic", "compiled", "forward"): 500,
    ("rigid", "eager", "forward"): 200,
}

# Maximal force N, optimal fibre m, slack tendon m, pennation rad, points on trunk, upper arm and
# forearm (m; elbow at the origin, x forwards, y up), and whether it wraps round the trochlea. Round
# figures, with as many points to a path as in Holzbaur et al. 2005, doi 10.1007/s10439-005-3320-7.
EXTENSOR = [("upper", (-0.032, 0.10)), ("upper", (-0.028, 0.05)), ("upper", (-0.020, 0.028)),
            ("fore", (-0.022, 0.010))]  # fmt: skip
FLEXOR = [("upper", (0.016, 0.22)), ("upper", (0.018, 0.17)), ("upper", (0.020, 0.12)),
          ("fore", (0.008, -0.047))]  # fmt: skip
MUSCLES: dict[str, tuple[float, float, float, float, list[Any], bool]] = {
    "triceps_long": (800, 0.134, 0.190, 0.21, [("trunk", (-0.02, 0.30)), *EXTENSOR], True),
    "triceps_lateral": (620, 0.114, 0.090, 0.16, [("upper", (-0.01, 0.18)), *EXTENSOR], True),
    "triceps_medial": (620, 0.114, 0.080, 0.16, [("upper", (-0.01, 0.16)), *EXTENSOR], True),
    "biceps_long": (620, 0.116, 0.240, 0.0,
                    [("trunk", (0.0, 0.33)), ("trunk", (0.01, 0.335)), ("upper", (0.02, 0.32)),
                     ("upper", (0.02, 0.29)), ("upper", (0.016, 0.26)), *FLEXOR], False),
    "biceps_short": (440, 0.132, 0.190, 0.0,
                     [("trunk", (0.02, 0.30)), ("trunk", (0.018, 0.27)), *FLEXOR], False),
    "brachialis": (990, 0.086, 0.040, 0.0,
                   [("upper", (0.012, 0.11)), ("fore", (-0.001, -0.024))], True),
    "brachioradialis": (260, 0.173, 0.130, 0.0,
                        [("upper", (0.005, 0.09)), ("fore", (0.03, -0.14)),
                         ("fore", (0.03, -0.23))], False),
}  # fmt: skip
ANGLE = (0.2, 2.2)


def elbow(*, elastic: bool) -> Any:
    """Build the seven-muscle elbow in OpenSim."""
    model = osim.Model()
    zero = osim.Vec3(0)
    bodies = {n: osim.Body(n, 1.5, zero, osim.Inertia(0.02)) for n in ("trunk", "upper", "fore")}
    trunk, upper, fore = bodies.values()
    for body in bodies.values():
        model.addBody(body)
    model.addJoint(osim.WeldJoint("base", model.getGround(), zero, zero, trunk, zero, zero))
    model.addJoint(osim.WeldJoint("shoulder", trunk, zero, zero, upper, zero, zero))
    hinge = osim.PinJoint("elbow_joint", upper, zero, zero, fore, zero, zero)
    hinge.updCoordinate().setName("elbow")
    model.addJoint(hinge)
    wrap = osim.WrapCylinder()
    wrap.setName("trochlea")
    wrap.set_radius(0.016)
    wrap.set_length(0.1)
    upper.addWrapObject(wrap)
    for name, (force, fiber, tendon, pennation, points, wrapped) in MUSCLES.items():
        muscle = osim.DeGrooteFregly2016Muscle()
        muscle.setName(name)
        muscle.set_max_isometric_force(force)
        muscle.set_optimal_fiber_length(fiber)
        muscle.set_tendon_slack_length(tendon)
        muscle.set_pennation_angle_at_optimal(pennation)
        muscle.set_ignore_tendon_compliance(not elastic)
        muscle.set_tendon_compliance_dynamics_mode("implicit")
        for i, (body, (x, y)) in enumerate(points):
            muscle.addNewPathPoint(f"{name}-{i}", bodies[body], osim.Vec3(x, y, 0.0))
        if wrapped:
            osim.GeometryPath.safeDownCast(muscle.updPath()).addPathWrap(wrap)
        model.addForce(muscle)
    model.finalizeConnections()
    return model


@dataclass
class StateByState:
    """OpenSim, asked for one state after the other."""

    elastic: bool
    model: Any = field(init=False)

    def __post_init__(self) -> None:
        self.model = elbow(elastic=self.elastic)
        self.state = self.model.initSystem()
        self.coordinate = self.model.getCoordinateSet().get("elbow")
        forces = self.model.getMuscles()
        self.muscles = [forces.get(n) for n in MUSCLES]

    def moments(self, q: np.ndarray, q_dot: np.ndarray, activation: np.ndarray) -> np.ndarray:
        found = np.empty(len(q))
        for k in range(len(q)):
            self.coordinate.setValue(self.state, float(q[k]), False)
            self.coordinate.setSpeedValue(self.state, float(q_dot[k]))
            for i, muscle in enumerate(self.muscles):
                muscle.setActivation(self.state, float(activation[i, k]))
            if self.elastic:
                self.model.equilibrateMuscles(self.state)
            self.model.realizeDynamics(self.state)
            found[k] = sum(
                m.getTendonForce(self.state) * m.computeMomentArm(self.state, self.coordinate)
                for m in self.muscles
            )
        return found


def fitted_paths(folder: Path) -> tuple[PathPolynomials, MuscleParameters]:
    """Take the elbow through the project's own fit, file and reader."""
    (folder / "model").mkdir()
    elbow(elastic=False).printToXML(str(folder / "model" / "scaled.osim"))
    fit_muscle_geometry(
        model=folder / "model",
        recording="benchmark",
        subject="elbow",
        settings={
            "coordinates": {"elbow": [float(np.degrees(a)) for a in ANGLE]},
            "muscles": None,
            "degree": 9,
            "max_length_rms_m": 5e-4,
            "max_moment_arm_rms_m": 1e-3,
        },
        geometry=folder / "geometry.nc",
        quality=folder / "quality.csv",
    )
    geometry = read_netcdf(folder / "geometry.nc", GEOMETRY)
    if geometry.sizes["muscle"] != len(MUSCLES):
        raise SystemExit((folder / "quality.csv").read_text())

    def tensor(name: str) -> torch.Tensor:
        return torch.from_numpy(geometry[name].to_numpy())

    paths = PathPolynomials(
        tensor("coefficient"), tensor("exponent"), tensor("centre"), tensor("half_range")
    )
    hill = [tensor(f) for f in MuscleParameters._fields[:4]]
    return paths, MuscleParameters.of(*hill)


def moment_function(paths: PathPolynomials, *, elastic: bool) -> Callable[..., torch.Tensor]:
    force = elastic_tendon.tendon_force if elastic else rigid_tendon.tendon_force

    def moment(
        q: torch.Tensor, q_dot: torch.Tensor, activation: torch.Tensor, hill: MuscleParameters
    ) -> torch.Tensor:
        length, arm = paths(q)
        velocity = paths.velocity(arm, q_dot)
        return motion.joint_moment(arm, force(length, velocity, activation, hill))

    return moment


@dataclass
class Row:
    """One way to compute, and how long each repetition took."""

    tendon: str
    how: str
    what: str
    device: str
    dtype: str
    states: int
    run: Callable[[], Any]
    clock: Callable[[], float]
    compile_s: float = 0.0
    seconds: list[float] = field(default_factory=list)

    def repeat(self) -> None:
        start = self.clock()
        self.run()
        self.seconds.append(self.clock() - start)

    @property
    def rate(self) -> float:
        return len(MUSCLES) * self.states / min(self.seconds)


def forward(function: Callable[..., torch.Tensor], inputs: Any, block: int) -> Callable[[], Any]:
    q, q_dot, activation, hill = inputs
    slices = [slice(i, i + block) for i in range(0, q.shape[-1], block)]
    pieces = [
        (q[:, s].contiguous(), q_dot[:, s].contiguous(), activation[:, s].contiguous(), hill)
        for s in slices
    ]

    def run() -> None:
        with torch.no_grad():
            for piece in pieces:
                function(*piece)

    return run


def with_gradient(
    function: Callable[..., torch.Tensor], inputs: Any, block: int
) -> Callable[[], Any]:
    """Gradient of the mean square moment by every activation and every muscle parameter."""
    q, q_dot, activation, hill = inputs
    free = MuscleParameters(*(v.clone().requires_grad_(True) for v in hill))
    slices = [slice(i, i + block) for i in range(0, q.shape[-1], block)]
    pieces = [
        (q[:, s].contiguous(), q_dot[:, s].contiguous(),
         activation[:, s].clone().requires_grad_(True))
        for s in slices
    ]  # fmt: skip

    def run() -> None:
        for piece in pieces:
            function(*piece, free).square().mean().backward()
            piece[2].grad = None
        for value in free:
            value.grad = None

    return run


def torch_rows(
    paths: PathPolynomials, inputs: Any, device: str, clock: Callable[[], float]
) -> list[Row]:
    dtype = str(inputs[0].dtype).removeprefix("torch.")
    states = inputs[0].shape[-1]
    rows = []
    for tendon in ("rigid", "elastic"):
        plain = moment_function(paths, elastic=tendon == "elastic")
        for how in ("eager", "compiled"):
            for what, make in (("forward", forward), ("with gradient", with_gradient)):
                torch.compiler.reset()
                function = (
                    plain
                    if how == "eager"
                    else torch.compile(plain, dynamic=False, options=COMPILE_OPTIONS)
                )
                block = min(BLOCK[tendon, how], states) if device == "cpu" else states
                run = make(function, inputs, block)
                start = time.perf_counter()
                run()
                took = time.perf_counter() - start if how == "compiled" else 0.0
                run()
                rows.append(Row(tendon, how, what, device, dtype, states, run, clock, took))
    return rows


def gpu_clock() -> float:
    torch.cuda.synchronize()
    return time.perf_counter()


def random_states(states: int, hill: MuscleParameters) -> Any:
    random = np.random.default_rng(0)
    q = random.uniform(*ANGLE, (1, states))
    q_dot = random.uniform(-2.0, 2.0, (1, states))
    activation = random.uniform(0.02, 1.0, (len(MUSCLES), states))
    return (*(torch.from_numpy(a) for a in (q, q_dot, activation)), hill)


def largest_difference(paths: PathPolynomials, inputs: Any, elastic: bool) -> tuple[float, float]:
    """Largest difference of the moments from OpenSim's, N.m, and their root mean square."""
    some = [x[:, :OPENSIM_STATES] for x in inputs[:3]]
    expected = StateByState(elastic).moments(*(x.numpy().squeeze() for x in some))
    ours = moment_function(paths, elastic=elastic)(*some, inputs[3])[0].numpy()
    return float(np.abs(ours - expected).max()), float(np.sqrt(np.mean(expected**2)))


def measure(batch: int, repetitions: int) -> list[dict[str, Any]]:
    osim.Logger.removeFileSink()
    osim.Logger.setLevelString("Error")
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        paths, hill = fitted_paths(Path(folder))
    inputs = random_states(batch, hill)
    few = [x[:, :OPENSIM_STATES].numpy().squeeze() for x in inputs[:3]]
    rows = []
    for tendon in ("rigid", "elastic"):
        error, size = largest_difference(paths, inputs, tendon == "elastic")
        print(f"{tendon}: moments differ from OpenSim's by {error:.2g} N.m at most, of {size:.3g}")
        reference = StateByState(tendon == "elastic")
        rows.append(
            Row(tendon, "OpenSim", "forward", "cpu", "float64", OPENSIM_STATES,
                partial(reference.moments, *few), time.thread_time)
        )  # fmt: skip
    rows += torch_rows(paths, inputs, "cpu", time.thread_time)
    if torch.cuda.is_available():
        for dtype in (torch.float64, torch.float32):
            there = paths.to(dtype=dtype, device="cuda")
            much = random_states(GPU_BATCH, hill)
            moved = [x.to(dtype=dtype, device="cuda") for x in much[:3]]
            strong = MuscleParameters(*(v.to(dtype=dtype, device="cuda") for v in hill))
            rows += torch_rows(there, (*moved, strong), "cuda", gpu_clock)
    else:
        print("There is no GPU here: its rows are left out.")
    for _ in range(repetitions):
        for row in rows:
            row.repeat()
    base = {r.tendon: r.rate for r in rows if r.how == "OpenSim"}
    return [
        {
            "tendon": r.tendon, "how": r.how, "what": r.what, "device": r.device, "dtype": r.dtype,
            "states": r.states, "muscle_states_per_s": f"{r.rate:.4g}",
            "ratio_to_opensim": f"{r.rate / base[r.tendon]:.4g}",
            "compile_s": f"{r.compile_s:.1f}",
        }
        for r in rows
    ]  # fmt: skip


def right_leg() -> list[dict[str, Any]]:
    """Errors of the paths of Rajagopal's right leg, where the mirror holds the model."""
    source = Path(os.environ.get("MYOPINN_MIRROR", "nowhere"), "models", "Rajagopal2016.osim")
    if not source.exists():
        print("MYOPINN_MIRROR holds no Rajagopal2016.osim: the right leg's paths are left out.")
        return []
    ranges = {
        "hip_flexion_r": [-30, 60], "hip_adduction_r": [-20, 20], "hip_rotation_r": [-20, 20],
        "knee_angle_r": [0, 90], "ankle_angle_r": [-30, 30], "subtalar_angle_r": [-15, 15],
    }  # fmt: skip
    settings = {
        "coordinates": ranges, "muscles": None, "degree": 8, "max_length_rms_m": 5e-4,
        "max_moment_arm_rms_m": 1e-3, "contradictory_paths": "follow_moment_arm",
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder, "model")
        model.mkdir()
        (model / "scaled.osim").write_bytes(source.read_bytes())
        start = time.perf_counter()
        fit_muscle_geometry(
            model=model, recording="benchmark", subject="Rajagopal2016", settings=settings,
            geometry=Path(folder, "g.nc"), quality=Path(folder, "q.csv"),
        )  # fmt: skip
        took = time.perf_counter() - start
        geometry = read_netcdf(Path(folder, "g.nc"), GEOMETRY)
    rows = [
        {
            "muscle": str(m.muscle.item()),
            "length_rms_mm": f"{1e3 * float(m.length_rms):.4f}",
            "largest_moment_arm_rms_mm": f"{1e3 * float(m.moment_arm_rms.max()):.4f}",
            "coordinate": str(
                geometry.coordinate[int(m.moment_arm_rms.to_numpy().argmax())].item()
            ),
        }
        for m in (geometry.isel(muscle=i) for i in range(geometry.sizes["muscle"]))
    ]
    rows.sort(key=lambda r: -float(r["largest_moment_arm_rms_mm"]))
    print(f"\nRajagopal2016, right leg, {len(rows)} muscles in {took:.1f} s; the worst five:")
    for row in rows[:5]:
        print("  {muscle:12} length {length_rms_mm} mm, moment arm "
              "{largest_moment_arm_rms_mm} mm at {coordinate}".format(**row))  # fmt: skip
    return rows


def write(rows: list[dict[str, Any]], name: str) -> None:
    if not rows:
        return
    RESULTS.mkdir(parents=True, exist_ok=True)
    with (RESULTS / name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    print(f"written: {RESULTS / name}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--batch", type=int, default=BATCH, help="states on the CPU")
    parser.add_argument("--repetitions", type=int, default=REPETITIONS)
    options = parser.parse_args()
    rows = measure(options.batch, options.repetitions)
    print(f"\n{'':38}{'muscle states/s':>16}{'ratio':>9}{'wanted':>8}{'compile s':>11}")
    for row in rows:
        wanted = WANTED.get((row["tendon"], row["how"], row["what"]), "")
        if row["device"] != "cpu":
            wanted = ""
        name = " ".join(row[k] for k in ("tendon", "how", "what", "device", "dtype"))
        print(f"{name:38}{row['muscle_states_per_s']:>16}{row['ratio_to_opensim']:>9}"
              f"{wanted:>8}{row['compile_s']:>11}")  # fmt: skip
    write(rows, "physics.csv")
    write(right_leg(), "path_fits.csv")


if __name__ == "__main__":
    main()
