"""Figures: the numbers beside them are what is drawn, nothing is cut off, files come whole."""

import matplotlib
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from conftest import (
    KNEE,
    StudyMaker,
    assert_nothing_is_cut_off,
    read_csv,
    write_errors,
    write_fits,
)

from myopinn.records.cells import Cell
from myopinn.steps.collect_quality import collect_quality
from myopinn.steps.compute_errors import compute_errors

TARGETS = {"knee_angle_r": "rad", "recfem_r": "N", "bfsh_r": "N"}
MANY_TARGETS = {"knee_angle_r": "rad", **{f"muscle_{chr(97 + k)}_r": "N" for k in range(11)}}
TWO = {"cnn": 0.12, "pi_cnn": 0.1}
NAMES = ("pi_cnn", "cnn", "ml_elm", "svr", "elm", "emg_driven", "mean_cycle")
NINE = {
    name: 0.05 * (k + 1) for k, name in enumerate((*NAMES, "cnn_without_time", "svr_without_time"))
}
PLACE = {"recording": "walk", "split": "across_people"}


def outputs(study: StudyMaker, name: str, folder: str = "walk") -> dict[str, object]:
    return {k: study.root / "figures" / folder / f"{name}.{k}" for k in ("pdf", "png", "csv")}


def errors_of(study: StudyMaker, variants, targets, **options):
    folders = study.predictions(variants, targets, **options)
    table = study.root / "statistics" / "force" / "errors.csv"
    compute_errors(predictions=folders, errors=table)
    return folders, table


def draw_predictions(study, folders, name="predictions"):
    from myopinn.figures.predictions import draw_predictions as draw

    draw(predictions=folders, **PLACE, **outputs(study, name))


def draw_traces(study, folders, variants):
    from myopinn.figures.traces import draw_traces as draw

    draw(predictions=folders, variants=variants, **PLACE, **outputs(study, "traces"))


def draw_errors(study, table, name="errors", **options):
    from myopinn.figures.errors import draw_errors as draw

    draw(errors=table, **PLACE, **options, **outputs(study, name))


@pytest.mark.parametrize(
    ("people", "variants", "targets"),
    [
        (3, {"cnn": 0.1}, {"knee_angle_r": "rad"}),
        (5, NINE, {"knee_angle_r": "rad", "recfem_r": "N"}),
        (2, TWO, MANY_TARGETS),
    ],
)
def test_nothing_is_cut_off_with_few_or_many_variants_and_targets(
    tmp_path, drawn, people, variants, targets
):
    study = StudyMaker(tmp_path, people=people)
    missing = [("emg_driven", "s02")] if len(variants) > 5 else []
    folders, table = errors_of(study, variants, targets, missing=missing)
    draw_predictions(study, folders)
    draw_errors(study, table)
    assert len(drawn) == 2
    for figure in drawn:
        assert_nothing_is_cut_off(figure)


def test_every_axis_of_the_predictions_has_a_unit_and_n_is_stated(study, drawn):
    folders, _ = errors_of(study, TWO, TARGETS)
    draw_predictions(study, folders)
    grid = np.array(drawn[0].axes).reshape(3, 2)
    assert [a.get_ylabel() for a in grid[:, 0]] == [
        "knee_angle_r\n(deg)",
        "recfem_r\n(N)",
        "bfsh_r\n(N)",
    ]
    assert [a.get_xlabel() for a in grid[-1]] == ["cycle (%)"] * 2
    assert [a.get_title() for a in grid[0]] == ["cnn\nn = 4", "pi_cnn\nn = 4"]


def test_traces_are_one_trial_in_time_and_means_over_its_seeds_alone(study, drawn):
    folders, _ = errors_of(study, TWO, TARGETS, seeds=(0, 1))
    draw_traces(study, folders, ["pi_cnn", "unknown", "cnn"])
    assert_nothing_is_cut_off(drawn[0])
    assert drawn[0].axes[-1].get_xlabel() == "time in the trial (s)"
    table = read_csv(study.root / "figures/walk/traces.csv")
    assert set(table["subject"]) == {study.subjects[0]}
    assert set(table["trial"]) == {sorted(study.conditions)[0]}
    assert list(dict.fromkeys(table["variant"])) == ["pi_cnn", "cnn"]
    file = folders[0] / PLACE["split"] / study.subjects[0] / "predictions.nc"
    with xr.open_dataset(file) as answers:
        first = answers["trial"].values.astype(str) == sorted(study.conditions)[0]
        seeds = answers["predicted"].values[first, 0].reshape(2, -1)
        time = answers["time_s"].values[first].reshape(2, -1)[0]
    own = table[(table["variant"] == "cnn") & (table["target"] == "knee_angle_r")]
    own = own[own["curve"] == "predicted"]
    np.testing.assert_allclose(own["time_s"], time, rtol=1e-9)
    np.testing.assert_allclose(own["value"], np.rad2deg(seeds.mean(axis=0)), rtol=1e-9)


def test_traces_of_nobody_say_so(study, drawn):
    draw_traces(study, [], ["cnn"])
    assert any("no subject" in text.get_text() for text in drawn[0].texts)


def test_curves_drawn_are_means_over_subjects_and_stand_in_the_table(study, drawn):
    folders, _ = errors_of(study, TWO, TARGETS, seeds=(0, 1))
    draw_predictions(study, folders)
    table = read_csv(study.root / "figures/walk/predictions.csv")
    mean = table[
        (table["target"] == "knee_angle_r")
        & (table["variant"] == "cnn")
        & (table["curve"] == "reference")
        & (table["subject"] == "")
    ]
    everyone = np.array(
        [[study.curves(TARGETS, s, c)[:, 0] for c in range(2)] for s in range(study.people)]
    )
    expected = np.rad2deg(everyone.mean(axis=1))
    np.testing.assert_allclose(mean["value"], expected.mean(axis=0), rtol=1e-9)
    np.testing.assert_allclose(mean["sd"], expected.std(axis=0, ddof=1), rtol=1e-9)
    assert (mean["n_subjects"] == 4).all()
    panel = drawn[0].axes[0]
    curves = [line.get_ydata() for line in panel.lines]
    assert any(np.allclose(curve, mean["value"], rtol=1e-9) for curve in curves)
    # The reference, the mean prediction and one thin line per subject.
    assert len(curves) == 2 + study.people


def test_a_subject_s_curve_is_the_mean_of_its_trials_whatever_their_cycles(tmp_path):
    from myopinn.figures.predictions import subject_curves
    from myopinn.files.layouts.predictions import PREDICTIONS
    from myopinn.files.netcdf import write_netcdf

    # Three cycles at 0, one at 3 and one at 9 N: trials give 4, pooled cycles would give 2.4.
    level = {"a": [0.0, 0.0, 0.0], "b": [3.0], "c": [9.0]}
    cycles = [(trial, value) for trial, values in level.items() for value in values]
    value = np.repeat([v for _, v in cycles], 100)[:, None]
    text = np.repeat(np.array([t for t, _ in cycles], dtype=object), 100)
    frame = np.tile(np.arange(100), len(cycles))
    dataset = PREDICTIONS.build(
        {"predicted": value, "reference": value},
        {
            "target": np.array(["recfem_r"], dtype=object),
            "unit": np.array(["N"], dtype=object),
            **dict.fromkeys(("trial", "session", "condition", "fold"), text),
            "cycle": np.repeat(np.arange(len(cycles)), 100),
            "frame": frame,
            "time_s": frame / 100,
            "seed": np.zeros(len(frame), dtype=int),
        },
        Cell("t", "cnn", "walk", "x", "s1").names(),
    )
    folder = tmp_path / "cnn" / "walk" / "x"
    (folder / "s1").mkdir(parents=True)
    write_netcdf(dataset, folder / "s1" / "predictions.nc", PREDICTIONS)
    np.testing.assert_allclose(subject_curves(folder, "cnn")["value"], 4.0)


def test_points_drawn_are_the_subjects_errors(study, drawn):
    _, errors = errors_of(study, TWO, TARGETS)
    draw_errors(study, errors)
    table = read_csv(study.root / "figures/walk/errors.csv")
    source = read_csv(errors)
    knee = source[(source["target"] == "knee_angle_r") & (source["variant"] == "cnn")]
    points = table[(table["target"] == "knee_angle_r") & (table["variant"] == "cnn")]
    np.testing.assert_allclose(points["value"], np.rad2deg(knee["rmse"]), rtol=1e-9)
    from matplotlib.collections import PathCollection

    scatter = [c for c in drawn[0].axes[0].collections if isinstance(c, PathCollection)]
    shown = sorted(scatter[0].get_offsets()[:, 0])
    np.testing.assert_allclose(shown, sorted(points["value"]), rtol=1e-9)
    own = table[table["target"] == "knee_angle_r"]["value"]
    assert drawn[0].axes[0].get_xlim()[1] >= own.max()
    assert drawn[0].axes[0].get_xlabel() == "RMSE (deg)"
    assert "n = 4 subjects" in drawn[0].get_suptitle().replace("\n", " ")


def test_targets_of_one_unit_share_an_axis_that_turns_logarithmic_for_wide_errors(study, drawn):
    _, errors = errors_of(study, {"cnn": 0.002, "elm": 0.5}, TARGETS)
    draw_errors(study, errors)
    angle, first, second = drawn[0].axes[:3]
    assert first.get_xlim() == second.get_xlim()
    assert first.get_xscale() == "log"
    assert angle.get_xlim() != first.get_xlim()


def test_a_variant_keeps_its_colour_whoever_else_is_drawn_and_those_beyond_are_hollow(study, drawn):
    from matplotlib.collections import PathCollection

    from myopinn.figures.style import PALETTE, colours

    names = [*NINE, *(f"more_{k}" for k in range(6))]
    colour = colours(names)
    assert len(set(colour.values())) == len(PALETTE) < len(names)
    table = pd.DataFrame(
        [
            {"variant": v, "target": t, "unit": "N", "subject": "s1", "rmse": 1.0, "split": split}
            for split, drawn_there in {"across_people": names[2:], "x": names}.items()
            for v in drawn_there
            for t in ("recfem_r", "bfsh_r")
            if (v, t) != ("emg_driven", "bfsh_r")
        ]
    ).assign(recording="walk")
    table["variant"] = pd.Categorical(table["variant"], names)
    write_errors(table.sort_values("variant"), study.root / "errors.csv")
    draw_errors(study, study.root / "errors.csv")
    recfem, bfsh = drawn[0].axes
    points = [c for c in recfem.collections if isinstance(c, PathCollection)]
    edges = [matplotlib.colors.to_hex(c.get_edgecolor()[0]).upper() for c in points]
    assert edges == [colour[v] for v in names[2:]]
    # Where colours begin again, whatever the names.
    hollow = [matplotlib.colors.to_hex(c.get_facecolor()[0]) == "#ffffff" for c in points]
    assert hollow == [k >= len(PALETTE) for k in range(2, len(names))]
    # What a variant does not predict is marked, not left blank.
    assert [t.get_text() for t in bfsh.texts] == ["–"]


def test_long_names_are_broken_at_their_underscores():
    from myopinn.figures.style import on_lines

    assert on_lines("pi_cnn_without_time", 12) == "pi_cnn_\nwithout_time"
    assert on_lines("kernel_frames 5", 30) == "kernel_frames 5"


def test_files_appear_whole_and_the_same_numbers_give_the_same_bytes(study):
    folders, _ = errors_of(study, TWO, TARGETS)
    paths = outputs(study, "predictions")
    draw_predictions(study, folders)
    first = {k: path.read_bytes() for k, path in paths.items()}
    draw_predictions(study, folders)
    assert {k: path.read_bytes() for k, path in paths.items()} == first
    assert first["pdf"].startswith(b"%PDF")
    assert first["png"].startswith(b"\x89PNG")
    assert sorted(p.name for p in paths["pdf"].parent.iterdir()) == sorted(
        p.name for p in paths.values()
    )


def test_motion_shows_each_condition_with_its_mean_and_spread(study, drawn):
    from myopinn.figures.motion import draw_motion

    channels = ["recfem", "semiten", "vasmed", "tibant", "soleus", "gasmed"]
    datasets = study.datasets(["recfem_r", "bfsh_r"], channels)
    draw_motion(datasets=datasets, recording="walk", **outputs(study, "motion"))
    figure = drawn[0]
    assert_nothing_is_cut_off(figure)
    table = read_csv(study.root / "figures/walk/motion.csv")
    knee = table[
        (table["quantity"] == "joint_angle")
        & (table["name"] == "knee_angle_r")
        & (table["condition"] == "fast")
        & (table["subject"] == "")
    ]
    gains = np.array([1 + 0.25 + 0.01 + 0.2 * np.sin(s) for s in range(study.people)])
    np.testing.assert_allclose(knee["value"], np.rad2deg(gains.mean() * KNEE), rtol=1e-9)
    np.testing.assert_allclose(knee["sd"], np.rad2deg(gains.std(ddof=1) * KNEE), rtol=1e-9)
    assert set(knee["n_subjects"]) == {4}
    assert set(knee["n_cycles"]) == {8}
    labels = {axes.get_ylabel() for axes in figure.axes if axes.get_title()}
    assert labels == {"EMG (µV)", "angle (deg)", "moment (N·m)", "force (N)"}
    texts = [t.get_text() for t in figure.legends[0].get_texts()]
    assert texts == ["fast (n = 4 subjects, 8 cycles)", "preferred (n = 4 subjects, 8 cycles)"]


def test_motion_can_be_restricted_and_passes_over_people_without_cycles(study, drawn):
    from myopinn.figures.motion import draw_motion
    from myopinn.files.layouts.dataset import DATASET
    from myopinn.files.netcdf import read_netcdf, write_netcdf

    datasets = study.datasets(["recfem_r", "bfsh_r"], ["recfem"])
    write_netcdf(read_netcdf(datasets[0], DATASET).isel(cycle=slice(0, 0)), datasets[0], DATASET)
    draw_motion(
        datasets=datasets,
        recording="walk",
        coordinates=["knee_angle_r"],
        muscles=["bfsh_r"],
        **outputs(study, "motion"),
    )
    table = read_csv(study.root / "figures/walk/motion.csv")
    assert set(table["name"]) == {"recfem", "knee_angle_r", "bfsh_r"}
    assert set(table["subject"]) == {"", "s02", "s03", "s04"}
    draw_motion(datasets=[datasets[0]], recording="walk", **outputs(study, "none"))
    assert "no cycle was accepted" in drawn[-1].texts[0].get_text()


def test_quality_shows_each_trial_against_its_bound_and_counts_the_rejected(study, drawn):
    from myopinn.figures.quality import draw_quality

    trials, logs = study.quality()
    tables = {"table": study.root / "trials.csv", "quantities": study.root / "quantities.csv"}
    collect_quality(logs=logs, trials=trials, **tables)
    draw_quality(**tables, recording="walk", **outputs(study, "quality"))
    assert_nothing_is_cut_off(drawn[0])
    table = read_csv(study.root / "figures/walk/quality.csv")
    errors = table[table["panel"] == "marker error"].set_index(["subject", "trial"])
    assert errors.loc[("s04", "fast_1"), "value"] == pytest.approx(51.0)
    assert errors.loc[("s04", "fast_1"), "category"] == "rejected"
    assert errors["bound"].astype(float).unique() == pytest.approx([40.0])
    counts = table[table["panel"] == "trials"].set_index("category")["value"]
    assert counts["accepted"] == 7
    assert counts["solve_inverse_kinematics:\nbound of marker_rms"] == 1
    assert counts["solve_inverse_kinematics:\nnot usable"] == 1
    points = np.concatenate([c.get_offsets()[:, 1] for c in drawn[0].axes[0].collections])
    np.testing.assert_allclose(sorted(np.ravel(points)), sorted(errors["value"]), rtol=1e-9)


def test_quality_without_any_marker_error_still_counts_the_trials(study):
    from myopinn.figures.quality import draw_quality

    trials, _ = study.quality()
    tables = {"table": study.root / "trials.csv", "quantities": study.root / "quantities.csv"}
    collect_quality(logs=[], trials=trials, **tables)
    draw_quality(**tables, recording="walk", **outputs(study, "quality"))
    table = read_csv(study.root / "figures/walk/quality.csv")
    assert table["value"].sum() == len(trials)


def test_losses_show_every_fit_of_the_variants_that_have_epochs(study, drawn):
    from myopinn.figures.losses import draw_losses

    rows = [
        {"fold": fold, "seed": 0, "epoch": e, "train/loss": 2.0**-e, "stop/loss": 3.0 * 2.0**-e}
        for fold in ("s01", "s02")
        for e in range(5)
    ]
    split = PLACE["split"]
    folders = [
        write_fits(study.root / f"training/force/{v}/walk/{split}", Cell("force", v, "walk", split))
        for v in ("cnn", "svr", "elm")
    ]
    pd.DataFrame(rows).to_csv(folders[0] / split / "losses.csv", index=False)
    reached = [
        {"fold": f, "seed": 0, "answer": answer, "term": "loss", "weight": 1.0, "value": value}
        for f in ("s01", "s02")
        for answer, value in (("fit", 0.1), ("labels", 0.0), ("mean_cycle", 0.5))
    ]
    pd.DataFrame(reached).to_csv(folders[0] / split / "reached.csv", index=False)
    none = pd.DataFrame(columns=["fold", "seed", "epoch"])
    none.to_csv(folders[1] / split / "losses.csv", index=False)
    draw_losses(losses=folders, **PLACE, **outputs(study, "losses"))
    assert_nothing_is_cut_off(drawn[0])
    table = read_csv(study.root / "figures/walk/losses.csv")
    assert set(table["variant"]) == {"cnn"}
    assert len(table) == 20 + 6
    # The mean cycle's loss lies across; labels that leave nothing have no place on the axis.
    across = [line for line in drawn[0].axes[0].lines if len(set(line.get_ydata())) == 1]
    assert [line.get_ydata()[0] for line in across] == [0.5]
    assert table[table["part"] == "stop"]["value"].max() == 3.0
    draw_losses(losses=folders[1:], **PLACE, **outputs(study, "none"))
    assert "no variant was trained in epochs" in drawn[-1].texts[0].get_text()


def test_a_split_without_a_tested_subject_is_drawn_as_such(study, drawn):
    cell = Cell("force", "cnn", "walk", "across_people")
    empty = write_fits(study.root / "training/force/cnn/walk/across_people", cell)
    table = study.root / "errors.csv"
    compute_errors(predictions=[empty], errors=table)
    draw_predictions(study, [empty])
    draw_errors(study, table)
    for figure in drawn:
        assert "no subject could be tested" in figure.texts[0].get_text()
    assert len(read_csv(study.root / "figures/walk/errors.csv")) == 0


def test_a_target_that_a_variant_does_not_predict_is_left_out_by_name(study, drawn):
    absent = [("pi_cnn", "knee_angle_r")]
    folders, errors = errors_of(study, TWO, TARGETS, absent=absent)
    draw_predictions(study, folders)
    draw_errors(study, errors)
    grid = np.array(drawn[0].axes).reshape(3, 2)
    assert [t.get_text() for t in grid[0, 1].texts] == ["not predicted"]
    assert not any(t.get_text() == "not predicted" for a in grid[1:].ravel() for t in a.texts)
    # The reference alone.
    assert len(grid[0, 1].lines) == 1
    assert [t.get_text() for t in drawn[1].axes[0].texts] == ["–"]
    points = read_csv(study.root / "figures/walk/errors.csv")
    assert points["value"].notna().all()
    assert set(points.loc[points["target"] == "knee_angle_r", "variant"]) == {"cnn"}
    assert set(points.loc[points["target"] == "recfem_r", "variant"]) == {"cnn", "pi_cnn"}
