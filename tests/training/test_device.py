"""A fit on a GPU: no part of a network stays behind on the processor.

There is no GPU where tests run. Torch's device `meta`, which computes shapes and no numbers,
refuses to mix its tensors with those of the processor, as a GPU does: what stays behind is seen.
"""

import copy

import numpy as np
import pytest
import synthetic_study as synthetic
import torch
from torch import nn

from myopinn.config.training import TrainingSettings
from myopinn.dataset.selection import Selection
from myopinn.training.estimators import make_estimator
from myopinn.training.fold_cycles import CyclesOfFolds
from myopinn.training.inputs import FitInputs
from myopinn.training.recorded_cycles import read_recorded_cycles
from myopinn.variants import load_variant, variant_names


def built(study, name, **settings):
    """What a variant builds for a fold, and the fold's cycles."""
    synthetic.suit(study, name)
    selection = Selection.read(synthetic.selection())
    inputs = FitInputs(study.datasets, study.geometries)
    recorded, _ = read_recorded_cycles(inputs, selection, "synthetic")
    variant = load_variant(name, {**synthetic.VARIANT_SETTINGS.get(name, {}), **settings})
    training = TrainingSettings.read(synthetic.settings(max_epochs=1))
    cycles = CyclesOfFolds(recorded, variant).of(synthetic.mixed_fold())
    return variant.build(cycles.problem), cycles, training


@pytest.mark.parametrize("name", variant_names("muscle_force"))
def test_everything_that_is_trained_follows_to_the_device(study, name):
    model, cycles, _ = built(study, name)
    if not isinstance(model, nn.Module):
        pytest.skip("solved in closed form, on the processor")
    model, train = model.to("meta"), cycles.train.to("meta")
    loss = model.loss(model.loss_terms(train, model(train)))
    assert loss.device.type == "meta"
    loss.backward()
    assert all(p.grad is None or p.grad.device.type == "meta" for p in model.parameters())


def test_a_tensor_that_stays_behind_is_seen(study):
    model, cycles, _ = built(study, "cnn", physics_weight=1.0)
    model.to("meta").loss_terms(cycles.train.to("meta"), model(cycles.train.to("meta")))
    # A constant that is no buffer of its module does not follow it.
    residual = next(m for m in model.modules() if m._buffers)
    name = next(iter(residual._buffers))
    constant = torch.zeros(residual._buffers.pop(name).shape)
    setattr(residual, name, constant)
    with pytest.raises((RuntimeError, NotImplementedError), match="meta"):
        model.loss_terms(cycles.train.to("meta"), model(cycles.train.to("meta")))


@pytest.mark.parametrize("accelerator", ["auto", "cpu"])
def test_a_machine_without_a_gpu_gives_the_same_to_the_last_bit(study, accelerator):
    if torch.cuda.is_available() or torch.backends.mps.is_available():
        pytest.skip("this machine has one")
    model, cycles, _ = built(study, "cnn", physics_weight=1.0)
    answers = []
    for name in ("cpu", accelerator):
        torch.manual_seed(1)
        estimator = make_estimator(
            copy.deepcopy(model),
            TrainingSettings.read(synthetic.settings(max_epochs=3, accelerator=name)),
        )
        estimator.fit(cycles.train, cycles.stop, 1)
        answers.append(estimator.predict(cycles.test))
    assert (answers[0] == answers[1]).all()


def test_a_fit_does_not_take_a_slurm_job_for_its_own(study, monkeypatch):
    """Several fits share a job; Lightning would make one distributed fit of the job's tasks."""
    import pytorch_lightning as pl

    seen = []
    monkeypatch.setenv("SLURM_NTASKS", "4")
    monkeypatch.setenv("SLURM_JOB_NAME", "fits")
    original = pl.Trainer.__init__

    def keep(self, **arguments):
        original(self, **arguments)
        seen.append(self)

    monkeypatch.setattr(pl.Trainer, "__init__", keep)
    model, cycles, training = built(study, "cnn")
    make_estimator(model, training).fit(cycles.train, cycles.stop, 1)
    assert seen[0].world_size == 1


@pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no GPU")
@pytest.mark.parametrize("name", variant_names("muscle_force"))
def test_a_gpu_gives_the_same_but_for_rounding(study, name):
    """Single precision, ten epochs: sums in another order, grown by training, and no more."""
    model, cycles, _ = built(study, name)
    if not isinstance(model, nn.Module):
        pytest.skip("solved in closed form, on the processor")
    answers = []
    for accelerator in ("cpu", "gpu", "gpu"):
        settings = synthetic.settings(max_epochs=10, accelerator=accelerator)
        torch.manual_seed(1)
        estimator = make_estimator(copy.deepcopy(model), TrainingSettings.read(settings))
        # Dropout draws from the device's own generator, so it is left out.
        for module in estimator.model.modules():
            if isinstance(module, nn.Dropout):
                module.p = 0.0
        estimator.fit(cycles.train, cycles.stop, 1)
        answers.append(estimator.predict(cycles.test))
    scale = np.nanstd(answers[0])
    assert np.nanmax(np.abs(answers[1] - answers[0])) < 0.01 * scale
    assert np.array_equal(answers[1], answers[2], equal_nan=True)
