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


# Every search for settings.
SEARCHES = [
    {"task": task, "recording": recording, "split": split, "variant": variant}
    for task, _ in TUNINGS
    for recording, splits in TASKS[task]["tuning"]["recordings"].items()
    for split in splits
    for variant in TASKS[task]["variants"]
]


def file_of_search(search):
    """Name the record of a search."""
    return "results/tuning/{task}/{recording}/{split}/{variant}.csv".format(**search)


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
# Which column of a table of errors each of the figures of errors draws.
MEASURES = METRICS | {
    f"skill_over_{rival}": f"skill_{rival}"
    for task in TASKS.values()
    for rival in task.get("rivals", [])
}


def identified_in(task):
    """Name the questions whose identified parameters the truth is known of; empty for the task."""
    asked = ["", *questions_of(task)] if task == DEEP else []
    cells = {q: cells_of_question(task, q) if q else cells_of(task) for q in asked}
    return [q for q, own in cells.items() if any(recording in VIRTUAL for recording, _ in own)]


def questions_of(task):
    """Name the questions of a task."""
    return [question for own, question in QUESTIONS if own == task]


def findings_from(wildcards):
    """Name all tables that the findings of a task are stated from."""
    task = wildcards.task
    return {
        "errors": errors_of_task(task),
        "comparison": f"results/statistics/{task}/comparison.csv",
        "resolved": f"results/settings/{task}.json",
        "answers": [errors_of_question(task, question) for question in questions_of(task)],
        "hidden": [errors_of_question(t, q) for t, q in HIDINGS if t == task],
        "true_errors": true_errors_of(task),
        "by_law": [f"results/evaluation/{task}/by_law.csv"] * has_virtual_people(task),
        "attention": [f"results/statistics/{task}/attention.csv"] * (task == DEEP),
        "parameters": [
            f"results/{f'questions/{task}/{q}' if q else f'evaluation/{task}'}/parameters.csv"
            for q in identified_in(task)
        ],
    }


def compared_first(task):
    """List a task's entries, those that planned comparisons are about before all others."""
    tests = list_tests(config["statistics"], task, TASKS[task])
    planned = [test[name] for test in tests for name in ("entry", "versus")]
    return list(dict.fromkeys([*planned, *TASKS[task]["variants"]]))


def planned_in(task):
    """List the planned tests of a task with the people and seeds that each has."""
    entries, training = TASKS[task]["variants"], TASKS[task]["training"]

    def seeds(entry):
        return entries[entry].get("training", {}).get("seeds", training["seeds"])

    return [
        test
        | {"people": len(SUBJECTS[test["recording"]])}
        | {"seeds": min(len(seeds(test[name])) for name in ("entry", "versus"))}
        for test in list_tests(config["statistics"], task, TASKS[task])
    ]


# What the power of planned comparisons is estimated from, where it is no assumption.
PILOT = [p for p in [config["statistics"].get("power", {}).get("pilot")] if p]


def power_of(task):
    """List the table of the power of a task's planned comparisons, where it is asked for."""
    asked = "power" in config["statistics"] and planned_in(task)
    return [f"results/statistics/{task}/power.csv"] if asked else []


def true_errors_of(task):
    """List the table of a task's errors against the truth beside those against its estimate."""
    known = has_virtual_people(task) and task != DEEP
    return [f"results/evaluation/{task}/true_errors.csv"] * known


def has_virtual_people(task):
    """Tell whether the truth is known of any people of a task."""
    return any(recording in VIRTUAL for recording in TASKS[task]["recordings"])


def place_of(task="", recording="", **names):
    """Describe where a figure may be wanted."""
    entry = TASKS.get(task, {})
    return Place(
        task=task,
        recording=recording,
        virtual=recording in VIRTUAL,
        envelopes=bool(task) and not TASK_KINDS[task].from_envelopes,
        rivals=entry.get("rivals", []),
        protocols="protocols" in entry,
        continuous=recording in CONTINUOUS,
        **names,
    )


def figures_of_the_study():
    """List every figure: of recordings, of cells, of questions, of tasks as a whole."""
    places = [place_of(recording=recording) for recording in RECORDINGS]
    places += [place_of(t, r, split=s) for t, r, s in CELLS]
    places += [
        place_of(t, r, split=s, question=q)
        for t, q in QUESTIONS
        for r, s in cells_of_question(t, q)
    ]
    places += [
        place_of(DEEP, recording, split=split, question="hidden_channels")
        for recording, entry in HIDDEN.items()
        for split in entry["splits"]
    ]
    places += [place_of(task) for task in TASKS]
    return [figure for place in places for figure in list_figures(place)]


def file_of_figure(figure):
    """Name the file of a figure: those of a question are called by their split."""
    parts = ["task", "question", "recording", *["split"] * (not figure["question"]), "name"]
    return f"{Path('results', 'figures', *[figure[p] for p in parts if figure[p]])}.png"


FIGURES = figures_of_the_study()
