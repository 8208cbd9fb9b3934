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


def folds_of(wildcards):
    """List the folds of each split under which a task, or a question, takes a recording."""
    entry = TASKS[wildcards.task]
    if hasattr(wildcards, "question"):
        splits = entry["questions"][wildcards.question]["recordings"][wildcards.recording]
    else:
        splits = entry["recordings"][wildcards.recording]["splits"]
    return [f"results/dataset/{wildcards.recording}/folds/{split}.json" for split in splits]


def predictions_of(wildcards):
    """List the folders of predictions of a task: every variant and recording."""
    return [
        f"results/training/{wildcards.task}/{variant}/{recording}"
        for variant in TASKS[wildcards.task]["variants"]
        for recording in TASKS[wildcards.task]["recordings"]
    ]


def errors_of_task(task):
    """Name a task's table of errors, which evaluation makes where deep muscles are known from truth alone."""
    room, kind = ("evaluation", "envelope_errors") if task == DEEP else ("statistics", "errors")
    return f"results/{room}/{task}/{kind}.csv"


def errors_of_question(task, question):
    """Name the table of errors of a question's levels."""
    kind = "envelope_errors" if task == DEEP else "errors"
    return f"results/questions/{task}/{question}/{kind}.csv"


def errors_of(wildcards):
    """Name the table of errors of the task of a file."""
    return errors_of_task(wildcards.task)


def predictions_of_virtual_people(wildcards):
    """List those of a task's folders of predictions whose people have a known truth."""
    return [f for f in predictions_of(wildcards) if Path(f).name in VIRTUAL]


def answers_of(wildcards):
    """List the folders of predictions of a question: every recording, fitted and taken."""
    asked = TASKS[wildcards.task]["questions"][wildcards.question]
    folder = f"results/questions/{wildcards.task}/{wildcards.question}"
    made = [folder] * bool(fitted_entries(asked["variants"]))
    made += [f"{folder}/{TAKEN}"] * bool(taken_entries(asked["variants"]))
    return [f"{where}/{recording}" for where in made for recording in asked["recordings"]]


def entries_taken(wildcards):
    """List the folders of predictions of the task's entries that are levels of a question."""
    taken = taken_entries(ENTRIES[wildcards.task, wildcards.question]).values()
    return [
        f"results/training/{wildcards.task}/{entry}/{wildcards.recording}"
        for entry in dict.fromkeys(taken)
    ]


def predictions_on(wildcards):
    """List the folders of predictions of every variant on a recording."""
    return [
        f"results/training/{wildcards.task}/{variant}/{wildcards.recording}"
        for variant in TASKS[wildcards.task]["variants"]
    ]


# Where a question has what it takes of its task's entries; no recording can be called so.
TAKEN = "_entries"
# The cells of the study: each task on each recording under each split.
CELLS = [(task, *cell) for task in TASKS for cell in cells_of(task)]
RECORDING_FIGURES = ["motion", "quality"]
CELL_FIGURES = ["errors", "correlation", "losses", "critical_difference"]
# Which column of a table of errors each of the figures of errors draws.
MEASURES = {"errors": "rmse", "correlation": "r"}
MEASURES |= {"normalised_errors": "nrmse_sd", "amplitude": "amplitude_ratio"}
MEASURES |= {"partial_correlation": "partial_r"}
MEASURES |= {
    f"skill_over_{rival}": f"skill_{rival}" for rival in TASKS.get(DEEP, {}).get("rivals", [])
}


def figures_of_cell(task, recording):
    """Name the figures of a recording and split of a task."""
    if task != DEEP:
        return [*CELL_FIGURES, "predictions", *["true_errors"] * (recording in VIRTUAL)]
    known = ["parameters"] * (recording in VIRTUAL)
    return [*CELL_FIGURES, "envelopes", "attention", *list(MEASURES)[2:], *known]


def figures_of_question(task, question):
    """Name the figures of a question, by the folder of its task."""
    cells = cells_of_question(task, question)
    drawn = [f"{question}/{r}/{s}" for r, s in cells]
    known = [f"{question}/{r}/{s}_parameters" for r, s in cells if r in VIRTUAL and task == DEEP]
    return [f"{task}/{name}" for name in drawn + known]


def figures_of_the_study():
    """List every figure: of recordings, of cells, of virtual people against their truth, of questions."""
    names = [f"{r}/{f}" for r in RECORDINGS for f in RECORDING_FIGURES]
    names += [f"{r}/{f}" for r in VIRTUAL for f in ("stick_figure", "truth")]
    names += [f"{t}/{r}/{s}/{f}" for t, r, s in CELLS for f in figures_of_cell(t, r)]
    names += [name for key in QUESTIONS for name in figures_of_question(*key)]
    names += [
        f"{DEEP}/hidden_channels/{recording}/{split}{what}"
        for recording, entry in HIDDEN.items()
        for split in entry["splits"]
        for what in ("", "_envelopes")
    ]
    names += [f"{DEEP}/protocols"] * ("protocols" in TASKS.get(DEEP, {}))
    return [f"results/figures/{name}.png" for name in names]
