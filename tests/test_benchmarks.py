"""Benchmarks are run by hand and seldom; that they still run is seen here, their times are not."""

import importlib.util
from pathlib import Path

from myopinn.steps.create_store import create_store

ROOT = Path(__file__).parents[1]


def test_a_whole_fit_is_compared_with_a_bare_loop_that_does_the_same(tmp_path):
    """The comparison itself asserts that both end at the same loss, to the last digit."""
    spec = importlib.util.spec_from_file_location("training", ROOT / "benchmarks" / "training.py")
    training = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(training)
    create_store(experiments=["benchmark"], server="", store=tmp_path / "store.json")
    row = training.compare("small", 1, 3, 2, 1, tmp_path)
    assert row["training_cycles"] == training.TRIAL_CYCLES
    assert row["ratio"] > 0
