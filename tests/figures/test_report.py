"""The report: opens alone, names who is missing, and says what the numbers say."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from conftest import StudyMaker, state, write_errors, write_resolved

from myopinn.errors import TrialError
from myopinn.figures.critical_difference import draw_critical_difference
from myopinn.figures.errors import draw_errors
from myopinn.figures.quality import draw_quality
from myopinn.figures.question import draw_question
from myopinn.figures.report import write_report
from myopinn.figures.true_errors import draw_true_errors
from myopinn.figures.wording import mean_sd
from myopinn.files.layouts.errors import ERRORS
from myopinn.files.layouts.folds import FOLDS
from myopinn.files.layouts.quality import write_quality
from myopinn.files.layouts.runs import RUNS
from myopinn.records.quality import QualityLog
from myopinn.steps.collect_quality import collect_quality
from myopinn.steps.compute_errors import compute_errors

TARGETS = {"knee_angle_r": "rad", "recfem_r": "N"}
CONFIG = {
    "study": {"name": "Walking", "description": "Does physics help? <b>", "seed": 7},
    "tasks": {"force": {"training": {"seeds": [3, 5]}}},
    "statistics": {
        "alpha": 0.05,
        "bootstrap_samples": 400,
        "seed": 0,
        "test": "signed_rank",
        "smallest_effect": {},
        "margin_set_afterwards": False,
    },
    "recordings": {"walk": {"origin": "https://example.org/data"}},
}
VARIANTS = {
    "emg_driven": {},
    "pi_cnn": {"variant": "cnn", "time_input": False},
}
VOID = {"meta", "img", "br", "link", "input", "hr"}


class Page(HTMLParser):
    """Collects what a page refers to and whether its elements are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text.append(data)

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.text))


def make(study: StudyMaker, variants, whole: bool = False, **options) -> str:
    """Write every input of a report and the report, and give its text."""
    root = study.root
    statistics, figures = root / "statistics/force", root / "figures"
    folders = study.predictions(variants, TARGETS, **options)
    compute_errors(predictions=folders, errors=statistics / "errors.csv")
    trials, logs = study.quality()
    tables = {"table": root / "trials.csv", "quantities": root / "quantities.csv"}
    collect_quality(logs=logs, trials=trials, **tables)
    files = [figures / "walk/quality", figures / "force/walk/across_people/errors"]
    paths = [{k: f.with_suffix(f".{k}") for k in ("pdf", "png", "csv")} for f in files]
    draw_quality(**tables, recording="walk", **paths[0])
    place = {"recording": "walk", "split": "across_people"}
    draw_errors(errors=statistics / "errors.csv", **place, **paths[1])
    kinds = [about("quality", recording="walk"), about("errors", task="force", **place)]
    entries = {name: VARIANTS.get(name, {"variant": "cnn"}) for name in variants}
    resolved = root / "settings/force.json"
    resolved.parent.mkdir()
    levels = {k: {"variant": "cnn", "train_cycles": n} for k, n in {"16": 16, "all": 32}.items()}
    write_resolved(resolved, entries, training_cycles=levels)
    further = make_truth_and_question(root, place) if whole else {}
    state(
        statistics,
        ERRORS.read(statistics / "errors.csv"),
        CONFIG["statistics"],
        resolved,
        questions=["training_cycles"] if whole else [],
        answers=further.get("questions", []),
        true_errors=further.get("true_errors", []),
    )
    more = draw_truth_and_question(root, place) if whole else {}
    fold = root / "folds.json"
    dropped = [{"subject": "s77", "reason": "1 trial, 2 are needed."}]
    FOLDS.write({**place, "folds": [], "dropped": dropped}, fold)
    log = QualityLog("walk", "s01", "train_variant")
    log.reject("fold s01", TrialError("no usable cycle to train."))
    write_quality(log, folders[0] / "across_people" / "quality.csv")
    fits = {"fold": ["a", "b"], "epochs": [10, 20]}
    about_fits = {"subject": "s01", "seed": 0, "run_id": "x", "stop_loss": 0.1, "train_s": 2.0}
    runs = pd.DataFrame(fits).assign(**about_fits)
    RUNS.write(runs, folders[0] / "across_people" / "runs.csv")
    write_report(
        trials=tables["table"],
        quantities=tables["quantities"],
        folds=[fold],
        tasks=["force"],
        errors=[statistics / "errors.csv"],
        comparisons=[statistics / "comparison.csv"],
        findings=[statistics / "findings.csv"],
        runs=folders[:1],
        figures=[p["png"] for p in paths] + more.get("figures", []),
        drawn=kinds + more.get("drawn", []),
        config=CONFIG,
        report=root / "report.html",
        asked=[("force", "training_cycles")] if whole else [],
        **further,
    )
    return (root / "report.html").read_text(encoding="utf-8")


def about(kind: str, name: str = "", **place: str) -> dict[str, str]:
    """Say what a figure is, as the registry does."""
    nowhere = dict.fromkeys(("recording", "task", "split", "question"), "")
    return {"kind": kind, "name": name or kind, "apart": "", **nowhere, **place}


def make_truth_and_question(root, place) -> dict[str, list]:
    """Write true errors, and those of a question."""
    errors = ERRORS.read(root / "statistics/force/errors.csv")
    labels = errors[errors["variant"] == "cnn"].assign(variant="reference")
    true = root / "evaluation/force/errors.csv"
    write_errors(pd.concat([errors.assign(rmse=2 * errors["rmse"]), labels]), true)
    asked = root / "questions/force/training_cycles/errors.csv"
    levels = {"cnn": "16", "pi_cnn": "all"}
    write_errors(errors.assign(variant=errors["variant"].map(levels)), asked)
    return {"true_errors": [true], "questions": [asked]}


def draw_truth_and_question(root, place) -> dict[str, list]:
    """Draw ranks, true errors and a question."""
    cell, question = root / "figures/force/walk/across_people", "training_cycles"
    names = [cell / "critical_difference", cell / "true_errors"]
    names.append(root / f"figures/force/{question}/walk/across_people")
    ranks, truth, answer = ({k: Path(f"{n}.{k}") for k in ("pdf", "png", "csv")} for n in names)
    statistics = root / "statistics/force"
    table, findings = statistics / "errors.csv", statistics / "findings.csv"
    draw_critical_difference(errors=table, findings=findings, **place, **ranks)
    true = root / "evaluation/force/errors.csv"
    draw_true_errors(errors=table, true_errors=true, **place, **truth)
    asked = root / "questions/force/training_cycles/errors.csv"
    draw_question(errors=asked, findings=findings, question=question, **place, **answer)
    kinds = [about(k, task="force", **place) for k in ("critical_difference", "true_errors")]
    kinds.append(about("question", place["split"], task="force", question=question, **place))
    return {"figures": [ranks["png"], truth["png"], answer["png"]], "drawn": kinds}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Give the folder of a study of three people with its report."""
    study = StudyMaker(tmp_path_factory.mktemp("study"), people=3)
    make(study, {"cnn": 0.3, "pi_cnn": 0.05})
    return study.root


@pytest.fixture(scope="module")
def text(root):
    return (root / "report.html").read_text(encoding="utf-8")


def test_report_is_one_file_that_needs_no_network(text):
    page = Page(text)
    assert page.open == []
    for tag, attributes in page.elements:
        assert tag not in {"script", "link", "iframe", "object", "embed"}
        for name in ("src", "href", "srcset", "data", "poster", "action"):
            value = attributes.get(name)
            assert value is None or value.startswith(("data:image/png;base64,", "#")), value
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL).group(1)
    assert "url(" not in style
    assert "@import" not in style
    images = [attributes for tag, attributes in page.elements if tag == "img"]
    assert len(images) == 2
    assert all(image["alt"] for image in images)


def test_links_within_the_page_lead_somewhere(text):
    page = Page(text)
    names = {attributes.get("id") for _, attributes in page.elements}
    links = [a["href"] for tag, a in page.elements if tag == "a"]
    assert len(links) > 3
    assert {link.removeprefix("#") for link in links} <= names


def test_whoever_was_left_out_is_named_with_the_reason(text):
    words = Page(text).words
    assert "s03, fast_1 (solve_inverse_kinematics): marker_rms is 0.051 m" in words
    assert "s03, cut_1 (solve_inverse_kinematics): cut_1.c3d: the file ends early." in words
    assert "s77 has no part in the split across_people: 1 trial, 2 are needed." in words
    assert "s01, fold s01: no usable cycle to train. (cnn)" in words
    assert "s01, muscle geometry (fit_muscle_geometry): no path of soleus_r." in words
    assert "7 trials, of which 5 were accepted" in words


def test_what_comes_from_config_is_shown_as_text_and_nothing_more(text):
    assert "Does physics help? &lt;b&gt;" in text
    words = Page(text).words
    assert re.search(r"Seeds: study 7\s*; force 3, 5\s*\.", words)
    assert "bootstrap_samples: 400" in words
    assert re.search(r"opensim 4\.\d", words)


def test_table_of_errors_holds_mean_and_sd_over_subjects(root, text):
    errors = ERRORS.read(root / "statistics/force/errors.csv")
    own = errors[(errors["target"] == "recfem_r") & (errors["variant"] == "cnn")]["r"]
    words = Page(text).words
    assert mean_sd(own.mean(), own.std(), 3) in words
    # What each row is told stands with its errors and with what it explains.
    assert "What this design can show" in words and "best of EMG alone" in words
    assert words.count("EMG up to now; own trials") >= 2 * errors["variant"].nunique()


def test_truth_ranks_and_questions_stand_in_their_places(tmp_path):
    study = StudyMaker(tmp_path, people=3)
    text = make(study, {"cnn": 0.3, "pi_cnn": 0.05}, whole=True)
    page = Page(text)
    assert page.open == []
    assert sum(tag == "img" for tag, _ in page.elements) == 5
    task, questions = text.split('<section id="questions"')
    assert 'href="#questions"' in task
    assert "Critical-difference diagram" in task
    assert "With n = 3 all are undecided" in Page(text).words
    assert "no method can be judged below it by its labels" in task
    # The question is no cell of the task: its figure and table stand in a section of their own.
    assert "split training_cycles" not in text
    assert "walk, split across_people" in questions
    words = re.sub(r"<[^>]+>|\s+", " ", questions)
    assert "Training cycles (force)" in words
    assert re.search(r"knee_angle_r: RMSE [\d.]+ deg at 16, [\d.]+ deg at all", words)
    assert "time_input true against false, all other settings the same (cnn against pi_cnn)" in (
        Page(text).words
    )
    assert "The levels differ in train_cycles alone (16: 16, all: 32)." in words
    assert "undecided" in words


def test_few_subjects_are_said_to_be_too_few(text):
    words = Page(text).words
    assert "undecided against" in words
    assert "so few people that no difference could be shown" in words
    assert "n = 3: no test can be trusted" in words
    assert "p = 0." not in words


def test_a_task_that_tested_nobody_says_so(tmp_path):
    study = StudyMaker(tmp_path, people=1)
    words = Page(make(study, {"cnn": 0.1}, missing=[("cnn", "s01")])).words
    assert re.search(r"walk, split across_people Not used.* No subject could be tested\.", words)


def test_a_target_that_a_variant_does_not_predict_is_said_once(tmp_path):
    study = StudyMaker(tmp_path, people=3)
    absent = [("emg_driven", "knee_angle_r")]
    words = Page(make(study, {"cnn": 0.1, "emg_driven": 0.2}, absent=absent)).words
    assert words.count("emg_driven does not predict knee_angle_r.") == 1
    assert "cnn alone was tested; there is nothing to compare." in words
