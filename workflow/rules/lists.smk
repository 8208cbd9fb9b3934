# What the rules list as their inputs: files of all people, of a task, of a question, of the study.


def of_all_people(pattern):
    """Give a function that lists a recording's files or folders of this pattern for all people."""
    return lambda wildcards: expand(
        pattern, recording=wildcards.recording, subject=SUBJECTS[wildcards.recording]
    )


def people_of(wildcards):
    """List what training reads of every person, as far as the task needs it."""
    files = {
        "datasets": "results/dataset/{recording}/{subject}.nc",
        "geometries": "results/opensim/{recording}/{subject}/muscle_geometry.nc",
    }
    physics = TASKS[wildcards.task]["recordings"][wildcards.recording].get("physics")
    if physics and physics["kind"] == "single_joint":
        files["joint_inertias"] = "results/opensim/{recording}/{subject}/joint_inertia.json"
    if wildcards.task == DEEP and wildcards.recording in CALIBRATED:
        files["calibrations"] = "results/dataset/{recording}/calibration/{subject}.nc"
    return {
        key: expand(path, recording=wildcards.recording, subject=SUBJECTS[wildcards.recording])
        for key, path in files.items()
    }


def people_of_ceiling(wildcards):
    """List what a ceiling reads of every person, with what it is shown of the truth in its place."""
    files = people_of(wildcards)
    room = f"results/evaluation/{wildcards.recording}"
    people = SUBJECTS[wildcards.recording]
    if ceiling_of(wildcards)["truth"] == "parameters":
        return files | {"geometries": [f"{room}/true_geometry/{p}.nc" for p in people]}
    shown = {"datasets": [f"{room}/revealed/{p}.nc" for p in people]}
    if "calibrations" in files:
        shown["calibrations"] = [f"{room}/revealed/calibration/{p}.nc" for p in people]
    return files | shown


def selection_of_ceiling(wildcards):
    """Give a task's selection with the channels of deep muscles where a ceiling is shown them."""
    selection = TASKS[wildcards.task]["recordings"][wildcards.recording]
    if ceiling_of(wildcards)["truth"] == "parameters":
        return selection
    over = [selection.get("electrodes", {}).get(m, m) for m in selection["muscles"]]
    return selection | {"channels": list(dict.fromkeys([*selection["channels"], *over]))}


def joints_of(task):
    """Name the joint whose moment is balanced in each recording of a task."""
    recordings = TASKS[task]["recordings"]
    return {name: entry["physics"]["coordinate"] for name, entry in recordings.items()}


# Where each step of each person keeps its quality record.
STEPS = [
    "data/{recording}/{subject}",
    "results/signals/{recording}/{subject}",
    "results/opensim/{recording}/{subject}/model",
    "results/opensim/{recording}/{subject}/inverse_kinematics",
    "results/opensim/{recording}/{subject}/inverse_dynamics",
    "results/opensim/{recording}/{subject}/muscle_forces",
    "results/opensim/{recording}/{subject}/muscle_geometry.csv",
    "results/dataset/{recording}/{subject}.csv",
]
INERTIA = ["results/opensim/{recording}/{subject}/joint_inertia.csv"]
CALIBRATION = ["results/dataset/{recording}/calibration/{subject}.csv"]


def quality_records(wildcards):
    """List where each step of each person keeps its quality record."""
    return [
        record.format(recording=recording, subject=subject)
        for recording in RECORDINGS
        for subject in SUBJECTS[recording]
        for record in STEPS
        + INERTIA * ("joint_inertia" in RECORDINGS[recording]["opensim"])
        + CALIBRATION * (recording in CALIBRATED)
    ]


def cells_of(task):
    """List recording and split of every cell of a task."""
    return [(r, s) for r, entry in TASKS[task]["recordings"].items() for s in entry["splits"]]


def cells_of_question(task, question):
    """List recording and split of every cell of a question."""
    asked = TASKS[task]["questions"][question]["recordings"]
    return [(recording, split) for recording, splits in asked.items() for split in splits]


def tuning_records():
    """List the records of every search."""
    return [
        f"results/tuning/{task}/{recording}/{split}/{variant}.csv"
        for task, _ in TUNINGS
        for recording, splits in TASKS[task]["tuning"]["recordings"].items()
        for split in splits
        for variant in TASKS[task]["variants"]
    ]


def predictions_of(wildcards):
    """List the folders of predictions of a task: every variant, recording and split."""
    return [
        f"results/training/{wildcards.task}/{variant}/{recording}/{split}"
        for variant in TASKS[wildcards.task]["variants"]
        for recording, split in cells_of(wildcards.task)
    ]


def errors_of_task(task):
    """Name a task's table of errors, which evaluation makes where deep muscles are known from truth alone."""
    return f"results/{'evaluation' if task == DEEP else 'statistics'}/{task}/errors.csv"


def errors_of(wildcards):
    """Name the table of errors of the task of a file."""
    return errors_of_task(wildcards.task)


def ceilings_of(wildcards):
    """List the folders of predictions of a task's ceilings, which only virtual people have."""
    return [
        f"results/evaluation/{wildcards.task}/ceilings/{variant}/{recording}/{split}"
        for variant in ENTRIES.get((wildcards.task, CEILINGS), ())
        for recording, split in cells_of(wildcards.task)
        if recording in VIRTUAL
    ]


def of_people_of(task, pattern, recordings=None):
    """List files of this pattern for the people of a task's recordings, or of those among them."""
    return [
        pattern.format(recording=recording, subject=subject)
        for recording in TASKS.get(task, {"recordings": ()})["recordings"]
        if recordings is None or recording in recordings
        for subject in SUBJECTS[recording]
    ]


def predictions_of_virtual_people(wildcards):
    """List those of a task's folders of predictions whose people have a known truth."""
    return [f for f in predictions_of(wildcards) if Path(f).parent.name in VIRTUAL]


def answers_of(wildcards):
    """List the folders of predictions of a question: every variant, recording and split."""
    folder = f"results/questions/{wildcards.task}/{wildcards.question}"
    return [
        f"{folder}/{variant}/{recording}/{split}"
        for variant in ENTRIES[wildcards.task, wildcards.question]
        for recording, split in cells_of_question(wildcards.task, wildcards.question)
    ]


def predictions_in_cell(wildcards):
    """List the folders of predictions of every variant in a cell."""
    return [
        f"results/training/{wildcards.task}/{variant}/{wildcards.recording}/{wildcards.split}"
        for variant in TASKS[wildcards.task]["variants"]
    ]


# The cells of the study: each task on each recording under each split.
CELLS = [(task, *cell) for task in TASKS for cell in cells_of(task)]
RECORDING_FIGURES = ["motion", "quality"]
CELL_FIGURES = ["predictions", "errors", "correlation", "losses", "critical_difference"]


def figures_of_the_study():
    """List every figure: of recordings, of cells, of virtual people against their truth, of questions."""
    of_truth = [f"{r}/{f}" for r in VIRTUAL for f in ("stick_figure", "truth")]
    of_truth += [f"{t}/{r}/{s}/true_errors" for t, r, s in CELLS if r in VIRTUAL and t != DEEP]
    answers = [f"{t}/{q}/{r}/{s}" for t, q in QUESTIONS for r, s in cells_of_question(t, q)]
    of_recordings = [f"{r}/{f}" for r in RECORDINGS for f in RECORDING_FIGURES]
    of_cells = [f"{t}/{r}/{s}/{f}" for t, r, s in CELLS for f in CELL_FIGURES]
    names = of_recordings + of_truth + of_cells + answers
    return [f"results/figures/{name}.png" for name in names]
