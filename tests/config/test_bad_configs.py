"""What a person may write wrongly, each refused at once with key, value, what is allowed and meant.

Every row is one change of the tiny study, whose recordings are all known before anything is
computed. The line that is said names the key by its path; it holds the value and what is allowed.
"""

import copy

import pytest
from reading import at, read, refused, written

TINY = written("tiny")
NAN, INF = float("nan"), float("inf")
W, E = "recordings/virtual_wrist", "recordings/virtual_elbow"
FORCE, DEEP = "tasks/muscle_force", "tasks/deep_emg"
ENTRIES, ENTRY = f"{FORCE}/variants", f"{FORCE}/variants/cnn"
ACROSS = f"{FORCE}/recordings/virtual_wrist/splits"
PROTOCOLS = f"{DEEP}/protocols/recordings/virtual_elbow"
HIDDEN = f"{DEEP}/hidden_channels"
PLAN, PLAN_OF = "statistics/planned/0", {"compare": ["pi_cnn", "cnn"]}


def put(config, path, value):
    """Set a key; the holder is copied first, as a study's parts may be shared."""
    above, _, key = path.rpartition("/")
    holder = at(config, above)
    holder[int(key) if isinstance(holder, list) else key] = value


# Path, value, and what the line about it says: the value as it is shown, then what is allowed.
NO_NUMBERS = [
    (f"{W}/signals/emg/lowpass_hz", NAN, "nan, not a finite number", "a number of Hz"),
    (f"{W}/signals/emg/lowpass_hz", INF, "inf, not a finite number", "a number of Hz"),
    (f"{W}/signals/emg/min_contrast", NAN, "nan", "expected a number or null"),
    (f"{W}/signals/markers/min_visible", NAN, "nan", "expected a number"),
    (f"{W}/opensim/inverse_dynamics/lowpass_hz", NAN, "nan", "a number of Hz"),
    (f"{W}/opensim/inverse_kinematics/max_marker_rms_m", NAN, "nan", "a number of m"),
    (f"{W}/opensim/inverse_kinematics/max_marker_rms_m", INF, "inf", "a number of m"),
    (f"{W}/opensim/scaling/max_marker_error_m", NAN, "nan", "a number of m"),
    (f"{W}/opensim/muscle_forces/reserve_n_m", NAN, "nan", "a number of N.m"),
    (f"{W}/opensim/muscle_forces/bounds/max_reserve_share", NAN, "nan", "a number"),
    (f"{W}/opensim/timeout_s", NAN, "nan", "a number of s"),
    (f"{W}/opensim/timeout_s", INF, "inf", "a number of s"),
    (f"{W}/dataset/cycle/prominence_deg", NAN, "nan", "a number of deg"),
    (f"{W}/opensim/scaling/marker_weights/FA", NAN, "nan", "a number"),
    (f"{W}/opensim/scaling/coordinates/wrist_flexion", NAN, "nan", "a number"),
    (f"{FORCE}/training/learning_rate", NAN, "nan", "expected a number (of AdamW)"),
    (f"{FORCE}/training/learning_rate", INF, "inf", "expected a number (of AdamW)"),
    ("folds/test_share", NAN, "nan", "expected a number"),
    ("folds/stop_share", NAN, "nan", "expected a number"),
    ("statistics/alpha", NAN, "nan", "expected a number"),
    ("study/seed", "7", "'7', text", "a whole number (Seed of everything"),
    ("study/seed", 1.0, "1.0, a number", "expected a whole number"),
    ("study/seed", True, "True, true or false", "expected a whole number"),
    (
        "study/name",
        7,
        "7, a number",
        "expected text (Name of the study, printed in the report). Put",
    ),
    (f"{FORCE}/training/max_epochs", "3.0", "'3.0', text", "write 3, without quotes"),
    (f"{ENTRY}/time_input", "yes", "'yes', text", "expected true or false"),
    (f"{ENTRY}/hidden_units", 32, "32, a number", "expected a list"),
    (f"{W}/signals/emg/channels", ["FCR"], "a list", "expected keys with values"),
    (f"{FORCE}/training", None, "empty", "expected keys with values"),
]
OUT_OF_RANGE = [
    ("study/seed", -1, "-1", "at least 0 and at most 4294967295"),
    ("study/seed", 2**40, str(2**40), "at most 4294967295"),
    ("statistics/seed", 2**40, str(2**40), "at most 4294967295"),
    ("statistics/bootstrap_samples", 10**9, str(10**9), "at least 100 and at most 1000000"),
    ("statistics/alpha", 1e-300, "1e-300", "at least 0.0001 and less than 0.5"),
    ("folds/stop_share", 1e-12, "1e-12", "at least 0.01 and at most 0.5"),
    ("folds/test_share", 0.9, "0.9", "at least 0.01 and at most 0.5"),
    (f"{FORCE}/training/learning_rate", 1e6, "1000000.0", "more than 0 and at most 10"),
    (f"{FORCE}/training/max_epochs", 10**9, str(10**9), "at least 1 and at most 1000000"),
    (f"{FORCE}/training/batch_cycles", 10**9, str(10**9), "at most 100000"),
    (f"{FORCE}/training/batch_cycles", 0, "0", "at least 1"),
    (f"{FORCE}/training/accelerator", "tpu", "'tpu'", "allowed are auto, cpu, gpu"),
    (f"{FORCE}/tuning/trials", 10**6, str(10**6), "at least 1 and at most 10000"),
    (f"{ENTRY}/convolution_channels/0", 10**6, str(10**6), "at most 1024"),
    (f"{ENTRY}/kernel_frames", 1001, "1001", "at least 1 and at most 99"),
    (f"{ENTRY}/physics_weight", -1.0, "-1.0", "at least 0"),
    (f"{ENTRY}/train_cycles", 10**9, str(10**9), "at least 1 and at most 100000"),
    (f"{ENTRIES}/elm/window_frames", 1001, "1001", "at least 1 and at most 99"),
    (f"{ENTRIES}/svr/max_frames", 1, "1", "at least 2"),
    (f"{W}/signals/emg/lowpass_hz", 1500, "1500", "at least 0.5 and at most 100 Hz"),
    (f"{W}/signals/emg/lowpass_hz", 1e-6, "1e-06", "at least 0.5 and at most 100 Hz"),
    (f"{W}/signals/emg/min_contrast", 5, "5", "at least 0 and at most 1"),
    (f"{W}/signals/emg/min_amplitude_v", 1000, "1000", "at least 0 and at most 1 V"),
    (f"{W}/signals/emg/band_hz", [450, 20], "[450, 20]", "the smaller number first"),
    (f"{W}/signals/emg/band_hz", [20], "1 entries", "at least 2"),
    (f"{W}/signals/emg/band_hz", [0.001, 9e9], "[0.001, 9e+09]", "1 to 5000 Hz"),
    (f"{W}/signals/emg/unit", "furlong", "'furlong'", "allowed are V, mV, uV, nV"),
    # Millivolts or megavolts: a unit is written in one way.
    (f"{W}/signals/emg/unit", "MV", "'MV'", "allowed are V, mV, uV, nV"),
    (f"{W}/signals/emg/state", "bandpassed", "'bandpassed'", "Did you mean 'band_passed'"),
    (f"{W}/signals/markers/body_size_m", [1e-6, 2e-6], "[1e-06, 2e-06]", "0.01 to 10 m"),
    (f"{W}/signals/markers/vertical_axis", "up", "'up'", "allowed are x, y, z, -x, -y, -z"),
    (f"{W}/opensim/inverse_dynamics/lowpass_hz", 1e-6, "1e-06", "at least 0.5"),
    (f"{W}/opensim/timeout_s", 1e-9, "1e-09", "at least 1 and at most 604800 s"),
    (
        f"{W}/opensim/muscle_forces/reserve_n_m",
        1e300,
        "1e+300",
        "more than 0 and at most 10000 N.m",
    ),
    (
        f"{W}/opensim/muscle_forces/solver",
        "moco",
        "'moco'",
        "allowed are static_optimization, moco",
    ),
    (f"{W}/opensim/inverse_kinematics/max_marker_rms_m", 1e9, "1000000000.0", "at most 0.5"),
    (f"{W}/opensim/muscle_geometry/degree", 40, "40", "at least 1 and at most 12"),
    (
        f"{W}/opensim/muscle_geometry/coordinates/wrist_flexion",
        [-1e6, 1e6],
        "[-1000000.0, 1000000.0]",
        "-360 to 360 deg",
    ),
    (f"{W}/opensim/scaling/coordinates/wrist_flexion", 1e6, "1000000.0", "-360 to 360 deg"),
    (f"{W}/opensim/scaling/marker_weights/FA", -1, "-1", "at least 0"),
    (f"{W}/opensim/scaling/measurements/0/scales/forearm", "ZY", "'ZY'", "allowed are X, Y, Z"),
    (f"{W}/dataset/cycle/prominence_deg", 3600, "3600", "more than 0 and at most 180 deg"),
    (f"{W}/dataset/cycle/min_s", 0.0001, "0.0001", "at least 0.05 and at most 600 s"),
    (f"{W}/dataset/cycle/min_s", 3.5, "3.5", "expected less than max_s, 3"),
    (f"{W}/laboratory/people", 0, "0", "at least 1 and at most 100"),
    (f"{W}/laboratory/emg_rate_hz", 10, "10", "at least 1000 and at most 5000 Hz"),
    (f"{W}/laboratory/conditions_hz/slow", 9.0, "9.0", "at most 1.2"),
    (
        f"{FORCE}/recordings/virtual_wrist/splits/0",
        "across_subjects",
        "'across_subjects'",
        "mean 'ac",
    ),
    (
        f"{FORCE}/recordings/virtual_wrist/emg_normalisation",
        "max",
        "'max'",
        "training_maximum, mvc",
    ),
    ("study/name", "", "''", "expected some text"),
    ("study/name", "\x00", "'\\x00'", "characters that cannot be seen"),
    ("study/name", "\u202egnirts", "'\\u202egnirts'", "characters that cannot be seen"),
    ("study/name", "x" * 300, "'xxx", "at most 200 characters"),
]
UNKNOWN = [
    (f"{W}/laboratory/name", "virtual_wrst", "'virtual_wrst'", "Did you mean 'virtual_wrist'"),
    (f"{ENTRY}/variant", "cnnn", "'cnnn'", "Did you mean 'cnn'"),
    (f"{ENTRIES}/cnn", {"kernel_frame": 5}, "'kernel_frame'", "Did you mean 'kernel_frames'"),
    (f"{ENTRIES}/pi_cnn", {"like": "cn"}, "'cn'", "Did you mean 'cnn'"),
    (
        f"{W}/signals/markers/required",
        ["ELL"],
        "'ELL'",
        "the markers of its files. Did you mean 'EL'",
    ),
    (f"{W}/signals/emg/channels/FCR", "EMG FCX", "'EMG FCX'", "Did you mean 'EMG FCU'"),
    (f"{W}/signals/emg/channels/FCR", "EMG FCU", "'EMG FCU'", "expected one each"),
    (
        f"{E}/signals/dynamometer/elbow_flexion",
        "Moment elbow",
        "'Moment elbow'",
        "Did you mean 'Mo",
    ),
    (
        f"{E}/signals/dynamometer",
        {"elbow": "Moment elbow_flexion"},
        "'elbow'",
        "coordinates of the m",
    ),
    (
        f"{W}/signals/markers/vertical_axis",
        "y",
        "'y'",
        "expected 'z', as the laboratory's axes lie",
    ),
    (f"{W}/signals/markers/forward/axis", "-x", "'-x'", "expected 'x'"),
    (f"{W}/signals/emg/band_hz", [1100, 1200], "[1100.0, 1200.0]", "below 1000 Hz, half the rate"),
    (
        f"{W}/opensim/inverse_dynamics/lowpass_hz",
        60,
        "60",
        "less than 50 Hz, half the markers' rate",
    ),
    (
        f"{W}/opensim/joint_inertia/coordinates",
        ["wrist"],
        "'wrist'",
        "coordinates of the model. There are",
    ),
    (f"{W}/dataset/held", ["forearm"], "'forearm'", "coordinates of the model. There are"),
    (f"{W}/laboratory/reaches", {"a": {"lode": 2}}, "lode", "Did you mean 'load'"),
    (f"{E}/opensim/joint_inertia/posture_deg", {"shoulder": 0}, "'shoulder'", "'shoulder_flexion'"),
    (f"{W}/opensim/scaling/coordinates", {"wrist_flex": 0}, "'wrist_flex'", "mean 'wrist_flexion'"),
    (
        f"{W}/opensim/scaling/marker_weights",
        {"FAA": 1},
        "'FAA'",
        "markers of the model. Did you mean",
    ),
    (f"{W}/opensim/inverse_kinematics/marker_weights", {"FAA": 1}, "'FAA'", "There are EL, EM, FA"),
    (f"{W}/opensim/scaling/ignored_markers", ["FAA"], "'FAA'", "Did you mean 'FA'"),
    (f"{W}/opensim/scaling/measurements/0/pairs/0", ["EL", "RSS"], "'RSS'", "Did you mean 'RS'"),
    (f"{W}/opensim/scaling/measurements/0/pairs/0", ["EL", "EL"], "EL", "more than once"),
    (f"{W}/opensim/scaling/measurements/0/scales", {"foream": "Y"}, "'foream'", "mean 'forearm'"),
    (
        f"{W}/opensim/muscle_forces/muscles/0",
        "FCRR",
        "'FCRR'",
        "muscles of the model. Did you mean",
    ),
    (f"{W}/opensim/muscle_forces/coordinates", ["wrist"], "'wrist'", "There are wrist_flexion"),
    (f"{W}/opensim/muscle_geometry/muscles", ["FCX"], "'FCX'", "muscles of the model"),
    (
        f"{W}/opensim/muscle_forces/mesh_interval_s",
        0.1,
        "is for moco_inverse",
        "solver is static_opt",
    ),
    (f"{W}/dataset/cycle/min_s", 7, "7", "expected less than max_s"),
    (f"{W}/dataset/channels", ["FCR", "FCX"], "'FCX'", "signals.emg.channels. Did you mean"),
    (f"{E}/dataset/calibration/piece_s", 100, "100", "contractions last 16 s; expected at most"),
    (
        f"{DEEP}/recordings/virtual_elbow/calibration",
        ["isometric_9deg"],
        "'isometric_9deg'",
        "There ar",
    ),
    (f"{PROTOCOLS}/asked", ["load_9kg"], "'load_9kg'", "the conditions of virtual_elbow"),
    (
        f"{PROTOCOLS}/compared/lifting/conditions",
        ["overhead_9kg"],
        "'overhead_9kg'",
        "mean 'overhead",
    ),
    (
        f"{PROTOCOLS}/compared/lifting/calibration",
        ["static"],
        "'static'",
        "There are isometric_90deg",
    ),
    (f"{ENTRY}/conditions", ["slowly"], "'slowly'", "Did you mean 'slow'"),
    (
        f"{DEEP}/variants/nmm/calibration",
        ["isometric_9"],
        "'isometric_9'",
        "Did you mean 'isometric_",
    ),
    (f"{ENTRY}/measured_emg", True, "'measured_emg'", "unknown key"),
    (f"{FORCE}/rivals", ["cnn"], "is of the task deep_emg", "remove it"),
    (f"{DEEP}/drawn", ["nnm"], "'nnm'", "Did you mean 'nmm'"),
    (f"{HIDDEN}/recordings/virtual_elbow/channels", ["BRA"], "'BRA'", "There are BICl"),
    (f"{HIDDEN}/training", {"accelerator": "cpu"}, "is of the whole task", "remove it here"),
    (f"{FORCE}/questions/training_cycles/variants/all", "el", "'el'", "Did you mean 'elm'"),
    (f"{FORCE}/questions/training_cycles/variants", {"all": "elm"}, "1 entries", "at least 2"),
    ("statistics/rival", "mean_cycl", "'mean_cycl'", "Did you mean 'mean_cycle'"),
    # Known to the other task alone.
    ("statistics/rival", "nmm", "'nmm'", "There are cnn, cnn_without_time"),
    ("statistics/planned", [["cnn", "cnn"]], "cnn twice", "expected two entries"),
    ("statistics/planned", [["cnn", "gru"], ["gru", "cnn"]], "cnn and gru", "expected it once"),
    ("statistics/planned", [["cnn", "nmm"]], "['cnn', 'nmm']", "expected two of one task"),
    ("statistics/planned", [{"compare": ["cnn", "gro"]}], "'gro'", "Did you mean 'gru'"),
    (PLAN, PLAN_OF | {"recordings": ["virtual_elbow"]}, "'virtual_elbow'", "There are virtual_wr"),
    (PLAN, PLAN_OF | {"splits": ["unseen_load"]}, "'unseen_load'", "the splits of"),
    (PLAN, PLAN_OF | {"targets": ["knee"]}, "'knee'", "coordinates and muscles of"),
    (PLAN, PLAN_OF | {"against": "guess"}, "'guess'", "reference"),
    ("statistics/smallest_effect", {"force_percent_of_range": 10}, "angle_deg", "needs"),
    ("statistics/smallest_effect", {"angle_deg": 0}, "is 0", "more than 0"),
    ("statistics/smallest_effect", {"angle": 1}, "'angle'", "Did you mean 'angle_deg'"),
    (
        "statistics/power",
        {"spreads": {"force_percent_of_range": {"people": 1}}},
        "angle_deg",
        "nee",
    ),
    ("statistics/power", {"wanted": 0.9}, "power", "either 'spreads' or 'pilot'"),
    ("statistics/test", "wilcoxon", "'wilcoxon'", "signed_rank"),
]
# A split without anybody who can be in it leaves a task without results.
IMPOSSIBLE = [
    (f"{W}/laboratory/sessions", 1, ACROSS, "1 sessions of a person; expected 2"),
    (f"{W}/laboratory/people", 1, ACROSS, "1 people; expected 3"),
    (f"{W}/laboratory/people", 2, ACROSS, "2 people; expected 3"),
    (
        f"{W}/laboratory/conditions_hz",
        {"slow": 0.5},
        ACROSS,
        "1 conditions of a person; expected 2",
    ),
    (
        f"{E}/laboratory/loads_kg",
        [2],
        f"{DEEP}/recordings/virtual_elbow/splits",
        "1 loads of a person; expected 2",
    ),
    (
        f"{W}/laboratory/reaches",
        {"raised": {"gravity_deg": 60.0}},
        f"{W}/opensim/joint_inertia/coordinates",
        "lacks 'forearm_flexion', which rests elsewhere in some trials",
    ),
    (f"{E}/opensim/joint_inertia/posture_deg", {}, f"{E}/opensim/joint_inertia", "lacks 'shoul"),
    (
        f"{W}/laboratory/trial_s",
        4,
        f"{W}/dataset/cycle/min_s",
        "movements last 4 s; expected at most",
    ),
]


def line_about(path, said):
    """Find the line that begins with a key's path, or with that of what holds it."""
    dotted = path.replace("/", ".")
    parts = [p if not p.isdigit() else f"[{p}]" for p in path.split("/")]
    dotted = ".".join(parts).replace(".[", "[")
    lines = [line.removeprefix("  - ") for line in said.splitlines()[1:]]
    near = [line for line in lines if line.startswith(dotted)]
    above = dotted.rpartition("[" if dotted.endswith("]") else ".")[0]
    near = near or [line for line in lines if line.startswith(above)]
    assert near, (dotted, said)
    return near[0]


@pytest.mark.parametrize(
    ("path", "value", "shown", "allowed"),
    [*NO_NUMBERS, *OUT_OF_RANGE, *UNKNOWN],
    ids=lambda part: str(part)[-40:] if isinstance(part, str) else None,
)
def test_it_is_refused_with_key_value_and_what_is_allowed(path, value, shown, allowed):
    config = copy.deepcopy(TINY)
    put(config, path, value)
    line = line_about(path, refused(config))
    assert shown in line and allowed in line, line


@pytest.mark.parametrize(("path", "value", "told", "said"), IMPOSSIBLE)
def test_what_nobody_can_do_is_refused_where_it_is_asked(path, value, told, said):
    config = copy.deepcopy(TINY)
    put(config, path, value)
    if "trial_s" in path:
        at(config, f"{W}/dataset/cycle").update(min_s=4.5, max_s=5)
    assert said in refused(config)
    assert any(
        line.startswith(f"  - {told.replace('/', '.')}") for line in refused(config).splitlines()
    )


def changed(*pairs):
    config = copy.deepcopy(TINY)
    for path, value in pairs:
        put(config, path, value)
    return config


def test_marker_weights_that_leave_nothing_are_refused():
    names = ["EL", "EM", "FA", "RS", "US", "MCP2", "MCP5", "HB", "FA2", "WR"]
    said = refused(changed((f"{W}/opensim/scaling/marker_weights", dict.fromkeys(names, 0))))
    assert "marker_weights" in said


def test_a_body_is_scaled_once_and_a_measurement_has_a_name_of_its_own():
    twice = {"name": "forearm length", "pairs": [["EL", "RS"]], "scales": {"forearm": "Y"}}
    measured = [*at(TINY, f"{W}/opensim/scaling/measurements"), twice]
    said = refused(changed((f"{W}/opensim/scaling/measurements", measured)))
    assert "measurements[4].name is 'forearm length' a second time" in said
    twice["name"] = "again"
    said = refused(changed((f"{W}/opensim/scaling/measurements", measured)))
    assert "measurements[4].scales.forearm: 'forearm length' scales its axis Y as well" in said


def test_physics_in_a_loss_needs_physics():
    said = refused(changed((f"{FORCE}/recordings/virtual_wrist/physics", None)))
    assert "variants.pi_cnn.physics_weight is 1, but" in said and "expected 0, or a physics" in said


def test_the_last_channel_is_not_hidden():
    one = changed(
        (f"{DEEP}/recordings/virtual_elbow/channels", ["BIClong"]),
        (f"{HIDDEN}/recordings/virtual_elbow/channels", ["BIClong"]),
    )
    assert "the task has no other channel; expected 2 at least" in refused(one)


def test_every_kind_of_problem_is_told_at_once():
    config = changed(
        ("statistics/alpha", NAN),
        (f"{W}/signals/emg/lowpas_hz", 6),
        (f"{E}/opensim/scaling/marker_weights", {"UA9": 1}),
        (f"{DEEP}/drawn", ["nnm"]),
    )
    said = refused(config)
    assert said.startswith("the configuration has 4 problems:")


HARMLESS = {
    # The upper edge of the band is held below Nyquist's frequency; the key's meaning says so.
    "band above half the rate": [(f"{W}/signals/emg/band_hz", [20, 1200])],
    # What was filtered before is not filtered again, so that no cut-off is read.
    "an envelope's own band": [
        (f"{W}/signals/emg/state", "envelope"),
        (f"{W}/signals/emg/band_hz", [20, 30]),
    ],
    # Text in the report, which escapes it; no path is made of it.
    "study name of markup": [("study/name", "<script>alert(1)</script>")],
    "study name of a shell": [("study/name", "$(id) {x}")],
    # Names that only look special.
    "condition named by a number": [(f"{W}/laboratory/conditions_hz", {"1": 0.5, "fast": 0.8})],
    "condition named isometric": [(f"{W}/laboratory/conditions_hz", {"isometric": 0.5, "b": 0.8})],
    "long condition": [(f"{W}/laboratory/conditions_hz", {"a" * 30: 0.5, "fast": 0.8})],
    # Questions have a folder of their own.
    "question named training": [
        (f"{FORCE}/questions/training", at(TINY, FORCE)["questions"]["training_cycles"])
    ],
    # Whether a machine has a GPU is known where the fit runs, which says so.
    "a GPU": [(f"{FORCE}/training/accelerator", "gpu")],
    # The mean cycle has no input, so that one is not missed.
    "no time": [(f"{FORCE}/recordings/virtual_wrist/time_input", False)],
    # Physics is balanced with all muscles that cross the joint; these are what is reported.
    "some muscles": [(f"{FORCE}/recordings/virtual_wrist/muscles", ["FCR", "FCU"])],
    "one channel": [(f"{FORCE}/recordings/virtual_wrist/channels", ["FCR"])],
    # Folds are made for every split that anything asks for.
    "tuning on another split": [
        (f"{FORCE}/tuning/recordings", {"virtual_wrist": ["within_session"]})
    ],
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_harmless_stays_allowed(name):
    read(changed(*HARMLESS[name]))


def _keys(value, path=()):
    for key, item in value.items() if isinstance(value, dict) else ():
        yield (*path, key)
        yield from _keys(item, (*path, key))
    for position, item in enumerate(value if isinstance(value, list) else ()):
        yield from _keys(item, (*path, position))


# Holders of names of the user's own, of which a new one is another name and no mistake.
OWN = ("recordings", "variants", "questions", "ceilings", "compared", "channels", "conditions_hz")


def test_a_key_that_is_misspelt_is_refused_wherever_it_stands():
    keys = [key for key in _keys(TINY) if not (len(key) > 1 and key[-2] in OWN)]
    assert len(keys) > 250
    for *above, key in keys:
        config = copy.deepcopy(TINY)
        holder = config
        for name in above:
            holder = holder[name]
        holder[f"{key}{key[-1]}"] = holder.pop(key)
        said = refused(config)
        assert f"'{key}{key[-1]}'" in said and f"'{key}'" in said, (above, key, said)
