"""A deep muscle follows the joint's moment as its measured agonists do: the moment alone.

The mean envelope of the agonists is fitted to the moment's flexing and extending parts on the
training movements; a deep muscle has what that says. Measured muscles are fitted one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from myopinn.methods.models import Solved
from myopinn.variants import Definition

if TYPE_CHECKING:
    import numpy as np

    from myopinn.dataset.problem import Cycles, Problem


@dataclass(frozen=True)
class Settings:
    """There is nothing to set."""


def describe_prior(settings: Settings) -> str:
    """Say what ties deep muscles to the moment."""
    return "as the agonists' mean follows the moment"


class MomentAlone(Solved):
    """Linear in the positive and the negative part of the moment; it does not answer the moment."""

    uses_seed = False

    def __init__(self, problem: Problem) -> None:
        import numpy as np

        from myopinn.methods.deep.extrapolation import agonist_channels

        agonist_channels(problem)
        self.problem = problem
        self.coefficient = np.full((3, len(problem.muscles)), np.nan)

    def fit(self, train: Cycles, stop: Cycles, seed: int) -> None:
        """Fit each muscle's coefficients by least squares."""
        import numpy as np

        from myopinn.methods.deep.extrapolation import agonist_means, labelled_envelopes

        problem, moving = self.problem, train.movements()
        measured = [seen is not None for seen in problem.measured_by]
        envelope = labelled_envelopes(problem, moving)
        wanted = np.empty((len(moving), len(problem.muscles), moving.frames))
        for row, channel in enumerate(problem.measured_by):
            if channel is not None:
                wanted[:, row] = envelope[:, problem.channels.index(channel)]
        wanted[:, np.logical_not(measured)] = agonist_means(problem, envelope)
        parts = self._parts(moving)
        flat = np.swapaxes(wanted, 1, 2).reshape(-1, wanted.shape[1])
        self.coefficient = np.linalg.lstsq(parts.reshape(-1, 3), flat, rcond=None)[0]

    def predict(self, cycles: Cycles) -> np.ndarray:
        """Return scaled targets, shape (cycle, frame, target)."""
        import numpy as np

        muscles = np.maximum(self._parts(cycles) @ self.coefficient, 0.0)
        return np.concatenate([muscles, np.full_like(muscles[..., :1], np.nan)], axis=-1)

    def _parts(self, cycles: Cycles) -> np.ndarray:
        """Constant, positive and negative part of the scaled moment, (cycle, frame, 3)."""
        import numpy as np

        moment = cycles.joint_moment.double().numpy() / self.problem.moment_range_n_m
        return np.stack([np.ones_like(moment), moment.clip(min=0), moment.clip(max=0)], axis=-1)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the coefficients."""
        return {"coefficient": self.coefficient}

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take back the coefficients."""
        self.coefficient = arrays["coefficient"]


def build(settings: Settings, problem: Problem) -> MomentAlone:
    """Build the estimator.

    Raises
    ------
    ConfigError
        Naming a deep muscle without a measured agonist.
    """
    return MomentAlone(problem)


VARIANT = Definition(
    ("deep_emg",),
    Settings,
    build,
    always_sees=("moment_input",),
    prior=describe_prior,
    rests_on=("moment", "trials"),
)
