"""Fits per minute on a processor's cores and on one GPU, with several processes at once.

Every process fits the same network with the same cycles in turn, as the jobs of a study do that
share a device. Importing and a first fit come before the clock starts. Beside the rate stands how
far the loss on the stop trials is from the processor's, and whether a second fit with the same seed
gave the same to the last bit. Without a GPU only the processor's rows are made, and it says so.
"""

from __future__ import annotations

import argparse
import csv
import multiprocessing
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from myopinn.config.training import TrainingSettings
from myopinn.training.estimators import make_estimator, suit_small_networks
from myopinn.training.fold_cycles import CyclesOfFolds, FoldCycles
from myopinn.variants import Variant, load_variant
from training import recorded_cycles

PEOPLE, TRIALS = 5, 12
# As the search chose it, and one a hundred times as large, as on longer recordings.
NETWORKS: dict[str, dict[str, Any]] = {
    "searched": {"convolution_channels": (32, 32), "hidden_units": (128,)},
    "large": {"convolution_channels": (256, 256, 256), "hidden_units": (1024, 1024)},
}
START_S = 600


@dataclass(frozen=True)
class Work:
    """What every process does."""

    network: str
    accelerator: str
    fits: int
    epochs: int

    def prepare(self) -> tuple[Variant, FoldCycles, TrainingSettings]:
        """Make the cycles of a fold across people."""
        recorded = recorded_cycles(PEOPLE, TRIALS)
        keys = sorted(set(recorded.key))
        fold = {"name": "fold", "subject": "p0", "test": keys[:TRIALS]}
        others = keys[TRIALS:]
        fold |= {"stop": others[-TRIALS:], "train": others[:-TRIALS]}
        variant = load_variant("cnn", {"physics_weight": 1.0, **NETWORKS[self.network]})
        training = TrainingSettings(
            max_epochs=self.epochs, patience=self.epochs, accelerator=self.accelerator
        )
        return variant, CyclesOfFolds(recorded, variant).of(fold), training


def fit(variant: Variant, cycles: FoldCycles, training: TrainingSettings) -> float:
    """Fit once; return the lowest loss on the stop trials."""
    torch.manual_seed(0)
    estimator = make_estimator(variant.build(cycles.problem), training)
    estimator.fit(cycles.train, cycles.stop, 0)
    return estimator.facts["stop_loss"]


def _process(work: Work, ready: Any, losses: Any) -> None:
    suit_small_networks()
    variant, cycles, training = work.prepare()
    fit(variant, cycles, replace(training, max_epochs=2))
    ready.wait(START_S)
    losses.put([fit(variant, cycles, training) for _ in range(work.fits)])


def measure(work: Work, at_once: int) -> dict[str, Any]:
    """Let so many processes fit at once."""
    # A process that was forked cannot use the GPU.
    context = multiprocessing.get_context("spawn")
    ready, queue = context.Barrier(at_once + 1), context.Queue()
    processes = [
        context.Process(target=_process, args=(work, ready, queue)) for _ in range(at_once)
    ]
    for process in processes:
        process.start()
    ready.wait(START_S)
    start = time.perf_counter()
    losses = [loss for _ in processes for loss in queue.get(timeout=START_S)]
    seconds = time.perf_counter() - start
    for process in processes:
        process.join()
    return {
        "network": work.network,
        "accelerator": work.accelerator,
        "at_once": at_once,
        "fits": len(losses),
        "seconds": round(seconds, 2),
        "fits_per_minute": round(60 * len(losses) / seconds, 1),
        "stop_loss": losses[0],
        "same_every_time": len(set(losses)) == 1,
    }


def main() -> None:
    """Print a row for each network, device and number of processes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at-once", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--fits", type=int, default=2, help="of every process")
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--accelerators", nargs="+", default=["cpu", "gpu"])
    parser.add_argument("--networks", nargs="+", default=list(NETWORKS))
    parser.add_argument("--csv", type=Path)
    arguments = parser.parse_args()
    devices = arguments.accelerators
    if torch.cuda.is_available():
        print(f"GPU: {torch.cuda.get_device_name()}", file=sys.stderr)
    else:
        devices = [name for name in devices if name != "gpu"]
        print("There is no GPU here; only the processor's rows are made.", file=sys.stderr)
    rows = []
    for network in arguments.networks:
        for accelerator in devices:
            for at_once in arguments.at_once:
                work = Work(network, accelerator, arguments.fits, arguments.epochs)
                rows.append(measure(work, at_once))
                print(rows[-1], file=sys.stderr, flush=True)
    for file in (sys.stdout, *([arguments.csv.open("w", newline="")] if arguments.csv else [])):
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
        file.flush()


if __name__ == "__main__":
    main()
