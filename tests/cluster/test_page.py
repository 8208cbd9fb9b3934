"""MLflow's page in a real browser: find the study's runs, compare two, see curve and figure."""

import pytest
from mlflow import MlflowClient
from page import browser

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def page(uploaded, tracking):
    with browser(tracking.server.uri) as opened:
        yield opened


@pytest.fixture(scope="module")
def experiment(tracking):
    client = MlflowClient(tracking.server.uri)
    return client.get_experiment_by_name("muscle_force").experiment_id


def run_called(tracking, experiment, name):
    """Look up the run of this name in the store."""
    (run,) = MlflowClient(tracking.server.uri).search_runs(
        [experiment], f"attributes.run_name = '{name}'"
    )
    return run


NAMES = ["pi_cnn P01_session_2 0", "cnn P01_session_2 0"]


def search(page, experiment):
    """List the runs of two variants on one fold, as a person would ask for them."""
    page.open(f"/experiments/{experiment}/runs")
    box = page.find("//input[contains(@placeholder, 'metrics.')]")
    box.send_keys("params.fold = 'P01_session_2' and params.variant LIKE '%cnn'\n")
    page.says("2 matching runs", *NAMES)


def test_the_runs_of_the_study_are_found_and_two_are_compared(page, experiment, tracking):
    search(page, experiment)
    page.click("//input[@aria-label='Select all runs']")
    page.click("//button[normalize-space()='Compare']")
    page.says("Comparing 2 Runs", *NAMES)
    # The page shows four digits.
    runs = [run_called(tracking, experiment, name) for name in NAMES]
    page.says(*(f"{run.data.metrics['test/rmse_N/FCR']:.4g}" for run in runs))
    page.keep("comparison.png")


def test_the_loss_curve_is_drawn(page, experiment, tracking):
    run = run_called(tracking, experiment, NAMES[0])
    page.open(f"/experiments/{experiment}/runs/{run.info.run_id}/model-metrics")
    page.find("//input[@placeholder='Search metric charts']").send_keys("/loss")
    page.says("stop", "train")
    lines = "//*[name()='path' and contains(@class, 'js-line')]"
    page.count(lines, 2)
    # A line of ten epochs and no single point.
    shapes = [line.get_attribute("d") for line in page._all(lines)]
    assert all(shape.count("L") + shape.count("C") >= 5 for shape in shapes)
    page.keep("loss.png")


def test_the_figure_of_a_fit_is_shown(page, experiment, tracking):
    run = run_called(tracking, experiment, NAMES[0])
    page.open(f"/experiments/{experiment}/runs/{run.info.run_id}/artifacts/fit.png")
    page.says("fit.png", "loss_curve.csv", "model")
    page.count("//img[starts-with(@src, 'blob:') or contains(@src, 'fit.png')]", 1)
    figure = page.find("//img[starts-with(@src, 'blob:') or contains(@src, 'fit.png')]")
    page._wait(lambda: int(figure.get_attribute("naturalWidth")) > 500, "a figure of some width")
    page.keep("figure.png")
