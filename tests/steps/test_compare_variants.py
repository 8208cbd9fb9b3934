"""Comparisons against SciPy and statsmodels called directly, and what few subjects allow."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.anova import AnovaRM
from statsmodels.stats.multitest import multipletests

from myopinn.errors import ConfigError
from myopinn.files.layouts.comparison import COMPARISON
from myopinn.files.layouts.envelope_errors import ANY_ERRORS
from myopinn.measures.comparison import OPTIMISTIC, Family
from myopinn.measures.inference import bootstrap_interval
from myopinn.measures.prediction_errors import NOT_PREDICTED
from myopinn.steps.compare_variants import compare_variants

SETTINGS = {
    "alpha": 0.05,
    "bootstrap_samples": 2000,
    "seed": 0,
    "test": "signed_rank",
    "smallest_effect": {},
}


def compare(tmp_path, values: pd.DataFrame, metric="rmse", settings=SETTINGS) -> pd.DataFrame:
    """Compare a matrix of subjects by variants through the files."""
    rows = values.rename_axis("subject").reset_index().melt("subject", var_name="variant")
    rows = rows.rename(columns={"value": metric}).dropna()
    for other in {"rmse", "nrmse", "r", "r2"} - {metric}:
        rows[other] = 1.0
    names = {"task": "t", "recording": "w", "split": "x", "target": "recfem_r", "unit": "N"}
    table = rows.assign(**names, n_trials=1, n_cycles=1, n_seeds=1, note="", explained=1.0, told="")
    ANY_ERRORS.write(table, tmp_path / "errors.csv")
    compare_variants(
        errors=tmp_path / "errors.csv", settings=settings, comparison=tmp_path / "comparison.csv"
    )
    result = COMPARISON.read(tmp_path / "comparison.csv")
    return result[result["metric"] == metric].set_index("analysis", drop=False)


def matrix(n: int, shifts: dict[str, float], seed: int = 0, spread: float = 1.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    person = rng.normal(10, 3, n)
    return pd.DataFrame(
        {name: person + shift + rng.normal(0, spread, n) for name, shift in shifts.items()},
        index=[f"s{i:02d}" for i in range(n)],
    )


def test_means_and_differences_state_their_numbers(tmp_path):
    values = matrix(10, {"cnn": 3.0, "pi_cnn": 0.0})
    found = compare(tmp_path, values)
    means = found.loc[["mean"]].set_index("variant")
    assert means.loc["cnn", "estimate"] == pytest.approx(values["cnn"].mean())
    assert means.loc["cnn", "sd"] == pytest.approx(values["cnn"].std(ddof=1))
    difference = found.loc["difference"]
    paired = values["cnn"] - values["pi_cnn"]
    assert difference["estimate"] == pytest.approx(paired.mean())
    assert difference["effect"] == pytest.approx(paired.mean() / paired.std(ddof=1))
    assert difference["ci_low"] < paired.mean() < difference["ci_high"]
    assert difference["favours"] == "pi_cnn"
    assert (found["n"] == 10).all()


@pytest.mark.parametrize(("metric", "better"), [("rmse", "low"), ("r", "high")])
def test_the_favoured_variant_follows_the_metric(tmp_path, metric, better):
    found = compare(tmp_path, matrix(10, {"low": 0.0, "high": 5.0}), metric=metric)
    for analysis in ("difference", "wilcoxon", "tukey"):
        assert found.loc[analysis, "favours"] == better


def test_wilcoxon_and_holm_equal_direct_calls(tmp_path):
    values = matrix(12, {"a": 0.0, "b": 0.6, "c": 2.5, "d": 0.3}, seed=5)
    found = compare(tmp_path, values).loc[["wilcoxon"]]
    pairs = list(combinations(values.columns, 2))
    raw = [stats.wilcoxon(values[i] - values[j]).pvalue for i, j in pairs]
    assert list(zip(found["variant"], found["versus"], strict=True)) == pairs
    np.testing.assert_allclose(found["p"], raw, rtol=1e-9)
    np.testing.assert_allclose(found["p_adjusted"], multipletests(raw, method="holm")[1], rtol=1e-9)
    assert (found["favours"] != "").tolist() == (found["p_adjusted"] < 0.05).tolist()


def test_rank_biserial_is_one_where_every_subject_agrees(tmp_path):
    found = compare(tmp_path, matrix(8, {"worse": 20.0, "best": 0.0}))
    assert found.loc["wilcoxon", "effect"] == pytest.approx(1.0)
    assert found.loc["wilcoxon", "favours"] == "best"


def test_tests_of_all_variants_equal_direct_calls(tmp_path):
    values = matrix(9, {"a": 0.0, "b": 0.8, "c": 1.5}, seed=2)
    found = compare(tmp_path, values)
    columns = [values[c] for c in values]
    assert found.loc["anova", "p"] == pytest.approx(stats.f_oneway(*columns).pvalue)
    assert found.loc["friedman", "p"] == pytest.approx(stats.friedmanchisquare(*columns).pvalue)
    assert found.loc["levene", "p"] == pytest.approx(stats.levene(*columns).pvalue)
    residuals = (values - values.mean()).to_numpy().ravel()
    assert found.loc["shapiro_wilk", "p"] == pytest.approx(stats.shapiro(residuals).pvalue)
    tall = values.reset_index().melt("index")
    direct = AnovaRM(tall, "value", "index", within=["variable"]).fit().anova_table.iloc[0]
    repeated = found.loc["repeated_measures_anova"]
    assert repeated["p"] == pytest.approx(direct["Pr > F"])
    assert repeated["p"] <= repeated["p_adjusted"]
    tukey = stats.tukey_hsd(*columns)
    # The distribution is a spline, which is within 1e-5 of scipy's integral.
    assert found.loc[["tukey"], "p_adjusted"].tolist() == pytest.approx(
        [tukey.pvalue[i, j] for i, j in combinations(range(3), 2)], abs=1e-5
    )
    interval = tukey.confidence_interval(0.95)
    assert found.loc[["tukey"], "ci_low"].tolist() == pytest.approx(
        [interval.low[i, j] for i, j in combinations(range(3), 2)]
    )


def test_repeated_measures_anova_of_two_variants_is_the_paired_t_test(tmp_path):
    values = matrix(11, {"a": 0.0, "b": 0.7}, seed=4)
    found = compare(tmp_path, values).loc["repeated_measures_anova"]
    paired = stats.ttest_rel(values["a"], values["b"])
    assert found["statistic"] == pytest.approx(paired.statistic**2)
    assert found["p_adjusted"] == pytest.approx(paired.pvalue)


@pytest.mark.parametrize("n", [2, 3])
def test_few_subjects_get_a_sentence_instead_of_p(tmp_path, n):
    found = compare(tmp_path, matrix(n, {"a": 0.0, "b": 5.0, "c": 9.0}))
    assert set(found["analysis"]) == {"mean", "difference", "no_test"}
    assert found[["p", "p_adjusted"]].isna().all(axis=None)
    assert f"n = {n}" in found.loc["no_test", "note"]
    assert found.loc[["difference"], "note"].str.contains("too narrow").all()


def test_no_p_where_no_outcome_could_be_significant(tmp_path):
    # Five subjects: the smallest two-sided p of the signed-rank test is 0.0625.
    few = compare(tmp_path, matrix(5, {"a": 0.0, "b": 50.0})).loc["wilcoxon"]
    assert np.isnan(few["p"])
    assert "0.062" in few["note"]
    assert few["favours"] == ""
    # Six subjects reach 0.03125 for one pair, but not after correction over three.
    assert compare(tmp_path, matrix(6, {"a": 0.0, "b": 50.0})).loc["wilcoxon", "p"] < 0.05
    three = compare(tmp_path, matrix(6, {"a": 0.0, "b": 50.0, "c": 90.0})).loc[["wilcoxon"]]
    assert three["p"].isna().all()


def test_missing_subjects_are_named_and_pairs_use_those_that_both_have(tmp_path):
    values = matrix(8, {"a": 0.0, "b": 1.0, "c": 2.0})
    values.loc["s03", "b"] = np.nan
    found = compare(tmp_path, values)
    mean = found.loc[["mean"]].set_index("variant")
    assert mean["n"].to_dict() == {"a": 8, "b": 7, "c": 8}
    assert mean.loc["b", "note"] == "without s03"
    pairs = found.loc[["difference"]].set_index(["variant", "versus"])
    assert pairs.loc[("a", "b"), "n"] == 7
    assert pairs.loc[("a", "c"), "n"] == 8
    kept = values.drop(index="s03")
    assert pairs.loc[("a", "b"), "estimate"] == pytest.approx((kept["a"] - kept["b"]).mean())
    assert found.loc["friedman", "n"] == 7


def test_identical_variants_do_not_differ_and_nothing_breaks(tmp_path):
    values = matrix(8, {"a": 0.0})
    found = compare(tmp_path, values.assign(b=values["a"], c=values["a"]))
    assert (found.loc[["difference"], "estimate"] == 0).all()
    assert (found["favours"] == "").all()
    assert found.loc[["wilcoxon"], "p"].isna().all()
    assert found.loc[["wilcoxon"], "note"].str.contains("no subject differs").all()


@pytest.mark.parametrize("value", [0.9, 0.0, 1e-9])
def test_values_without_any_spread_are_said_to_have_none(tmp_path, value):
    same = pd.DataFrame(value, index=[f"s{k}" for k in range(7)], columns=["a", "b", "c"])
    found = compare(tmp_path, same)
    for analysis in ("anova", "levene", "shapiro_wilk", "repeated_measures_anova", "friedman"):
        assert np.isnan(found.loc[analysis, "p"])
        assert found.loc[analysis, "note"]


def test_bootstrap_intervals_cover_the_mean_about_as_often_as_they_say():
    # 400 samples of 10 subjects: the standard error of a coverage of 0.95 is 0.011.
    rng = np.random.default_rng(1)
    values = rng.normal(0, 1, (10, 400))
    low, high = bootstrap_interval(values, 0.05, 1000, 0)
    assert 0.915 < np.mean((low < 0) & (high > 0)) < 0.985
    # Skewed errors are harder; still no worse than about nine in ten.
    values = rng.exponential(1, (10, 400))
    low, high = bootstrap_interval(values, 0.05, 1000, 0)
    assert np.mean((low < 1) & (high > 1)) > 0.86


def test_bootstrap_is_the_same_for_the_same_seed():
    values = np.random.default_rng(0).normal(size=(8, 3))
    np.testing.assert_array_equal(
        bootstrap_interval(values, 0.05, 500, 7), bootstrap_interval(values, 0.05, 500, 7)
    )


def test_settings_that_cannot_be_used_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="alpha"):
        compare(
            tmp_path,
            matrix(4, {"a": 0.0}),
            settings={
                "alpha": 95,
                "bootstrap_samples": 100,
                "seed": 0,
                "test": "signed_rank",
                "smallest_effect": {},
            },
        )
    with pytest.raises(ConfigError, match="bootstrap_samples"):
        compare(
            tmp_path,
            matrix(4, {"a": 0.0}),
            settings={
                "alpha": 0.05,
                "bootstrap_samples": 5,
                "seed": 0,
                "test": "signed_rank",
                "smallest_effect": {},
            },
        )


def test_a_variant_that_does_not_predict_the_target_takes_no_part(tmp_path):
    """The others are compared as if it were not there, and a row says why it is missing."""
    values = matrix(10, {"cnn": 3.0, "pi_cnn": 0.0})
    settings = {
        "alpha": 0.05,
        "bootstrap_samples": 100,
        "seed": 0,
        "test": "signed_rank",
        "smallest_effect": {},
    }
    alone = compare(tmp_path, values, settings=settings)
    table = ANY_ERRORS.read(tmp_path / "errors.csv")
    absent = table[table["variant"] == "cnn"].assign(variant="emg_driven", note=NOT_PREDICTED)
    absent[["rmse", "nrmse", "r", "r2"]] = np.nan
    ANY_ERRORS.write(pd.concat([absent, table]), tmp_path / "errors.csv")
    compare_variants(
        errors=tmp_path / "errors.csv", settings=settings, comparison=tmp_path / "comparison.csv"
    )
    found = COMPARISON.read(tmp_path / "comparison.csv")
    found = found[found["metric"] == "rmse"].set_index("analysis", drop=False)
    missing = found["variant"] == "emg_driven"
    assert found.loc[missing, ["analysis", "n", "note"]].to_numpy().tolist() == [
        ["mean", 0, NOT_PREDICTED]
    ]
    pd.testing.assert_frame_equal(found[~missing], alone, check_dtype=False)


def statements(values: pd.DataFrame, metric="rmse", **options) -> pd.DataFrame:
    """Give what is said of one metric, without the files."""
    settings = {"alpha": 0.05, "samples": 500, "seed": 0} | options
    return pd.DataFrame(Family(values, metric, **settings).statements())


@pytest.mark.parametrize(
    ("metric", "better"),
    [("rmse", "low"), ("nrmse", "low"), ("nrmse_sd", "low"), ("r", "high"), ("r2", "high"),
     ("partial_r", "high"), ("skill", "high"), ("skill_mean_cycle", "high")],
)  # fmt: skip
def test_of_errors_the_lower_and_of_agreement_the_higher_is_favoured(metric, better):
    """Whichever of the two stands first; and nobody where the interval holds zero."""
    values = matrix(6, {"low": 0.0, "high": 9.0}, spread=0.1)
    for columns in (["low", "high"], ["high", "low"]):
        found = statements(values[columns], metric).set_index("analysis")
        assert found.loc[["difference", "wilcoxon", "tukey"], "favours"].tolist() == [better] * 3
    alike = matrix(6, {"low": 0.0, "high": 0.0}, seed=8)
    found = statements(alike, metric).set_index("analysis")
    assert found.loc["difference", "ci_low"] < 0 < found.loc["difference", "ci_high"]
    assert set(found["favours"].dropna()) == {""}


def test_from_four_subjects_on_there_are_tests():
    for n in (1, 2, 3, 4):
        found = statements(matrix(n, {"a": 0.0, "b": 5.0, "c": 9.0}))
        tests = {"wilcoxon", "anova", "friedman", "tukey"} & set(found["analysis"])
        assert len(tests) == (4 if n == 4 else 0)
        notes = found.loc[found["analysis"] == "no_test", "note"].tolist()
        why = f"is {2.0 ** (1 - n):.2g}," if n > 1 else "nothing can be tested"
        assert [why in note for note in notes] == ([] if n == 4 else [True])


def test_an_interval_of_two_to_four_subjects_is_said_to_be_too_narrow():
    for n in (1, 2, 4, 5):
        mean = next(Family(matrix(n, {"a": 0.0}), "rmse", 0.05, 500, 0).statements())
        assert mean["note"] == (OPTIMISTIC if n in (2, 4) else "")
        assert np.isfinite([mean["sd"], mean["ci_low"]]).all() == (n > 1)


def test_pairs_are_tested_where_too_few_subjects_have_all_variants():
    values = matrix(8, {"a": 0.0, "b": 1.0, "c": 2.0})
    values.iloc[:2, 0] = values.iloc[2:5, 1] = np.nan
    found = statements(values)
    assert (found["analysis"] == "wilcoxon").sum() == 3
    none = found[found["analysis"] == "no_test"].iloc[0]
    assert none["n"] == 3 and none["note"].startswith("tests of all variants together: n = 3")
    assert not set(found["analysis"]) & {"anova", "tukey", "friedman"}


def test_an_interval_is_that_of_the_subjects_that_a_variant_has():
    values = matrix(9, {"a": 0.0, "b": 1.0, "c": 2.0})
    values.iloc[4, 1] = np.nan
    found = statements(values, seed=5)
    for row in found[found["analysis"].isin(["mean", "difference"])].itertuples():
        own = values[row.variant]
        if row.analysis == "difference":
            own = own - values[row.versus]
        own = own.dropna().to_numpy()
        low, high = bootstrap_interval(own[:, None], 0.05, 500, 5)
        assert (row.ci_low, row.ci_high) == pytest.approx((low[0], high[0]))
        assert (row.n, row.estimate) == (len(own), pytest.approx(own.mean()))


def test_one_variant_alone_has_a_mean_and_two_have_no_friedman():
    assert statements(matrix(6, {"a": 0.0}))["analysis"].tolist() == ["mean"]
    two = set(statements(matrix(6, {"a": 0.0, "b": 1.0}))["analysis"])
    assert "friedman" not in two and "repeated_measures_anova" in two


def test_the_bounds_of_the_settings_are_where_they_are_said(tmp_path):
    """An interval of 1 - alpha needs at least 1 / alpha samples; alpha lies between 0 and 0.5."""
    for alpha in (0.0, 0.5, -0.1, float("nan")):
        with pytest.raises(ConfigError, match=r"between 0 and 0\.5"):
            compare(tmp_path, matrix(4, {"a": 0.0}), settings={**SETTINGS, "alpha": alpha})
    few = {
        "alpha": 0.125,
        "bootstrap_samples": 7,
        "seed": 0,
        "test": "signed_rank",
        "smallest_effect": {},
    }
    with pytest.raises(ConfigError, match=r"7, too few for alpha 0\.125"):
        compare(tmp_path, matrix(4, {"a": 0.0}), settings=few)
    assert len(compare(tmp_path, matrix(4, {"a": 0.0}), settings=few | {"bootstrap_samples": 8}))
