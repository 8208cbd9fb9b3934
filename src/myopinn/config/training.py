"""How the variants of a task are trained: the one place of these settings and their defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from myopinn.checks.settings import setting
from myopinn.checks.spelling import some
from myopinn.config.values import read_settings
from myopinn.errors import ConfigError

MAX_SEED = 2**32 - 1


@dataclass(frozen=True)
class TrainingSettings:
    """How the variants of a task are trained, the same for all of them.

    Raises
    ------
    ConfigError
        Where a seed stands twice or there is none.
    """

    seeds: tuple[int, ...] = setting("one fit of every fold for each seed", (1,))
    max_epochs: int = setting("longest training", 300, unit="epochs", ge=1, le=1_000_000)
    patience: int = setting(
        "without a lower loss on the stop trials", 30, unit="epochs", ge=1, le=1_000_000
    )
    batch_cycles: int = setting("in a batch", 16, unit="cycles", ge=1, le=100_000)
    epoch_batches: int = setting(
        "in an epoch at least; few cycles are seen often", 1, unit="batches", ge=1, le=100_000
    )
    learning_rate: float = setting("of AdamW", 3e-3, search=(3e-4, 3e-2, "log"), gt=0, le=10)
    weight_decay: float = setting("of AdamW", 1e-4, search=(1e-6, 1e-2, "log"), ge=0, le=10)
    accelerator: Literal["auto", "cpu", "gpu"] = setting(
        "what a fit runs on; auto takes a GPU where there is one", "auto"
    )

    def __post_init__(self) -> None:
        twice = {str(seed) for seed in self.seeds if self.seeds.count(seed) > 1}
        if twice:
            raise ConfigError(f"seeds names {some(twice)} more than once.")
        if not self.seeds or not all(0 <= seed <= MAX_SEED for seed in self.seeds):
            raise ConfigError(
                f"seeds is {list(self.seeds)}, expected at least one number from 0 to {MAX_SEED}."
            )

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> TrainingSettings:
        """Read the training slice of a task.

        Raises
        ------
        ConfigError
            Naming every key that is wrong.
        """
        settings: TrainingSettings = read_settings("training", cls, values)
        return settings
