r"""The neural musculoskeletal model: a Transformer whose excitations make the joint's moment.

.. math::
    L = \left\langle \sum_m \left(\frac{g_m e_m - u_m}{\sigma_u(u_m)}\right)^2 \right\rangle
      + \lambda_\tau \left\langle \left(\frac{\hat\tau(e) - \tau}{\sigma_\tau(\tau)}\right)^2
        \right\rangle + \text{priors}

over the muscles that are measured: :math:`u_m` is the normalised envelope, :math:`g_m` the
electrode's gain. After Kumar, Tripura, Chakraborty, Roy 2025, arXiv:2503.05201; what excitations
share (:mod:`myopinn.methods.muscles.shared_drive`) and every spread is ours. A muscle that nobody
measured has no target, so nothing of it reaches the loss but through the moment and the priors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from myopinn.errors import ConfigError
from myopinn.methods.networks.attention import TransformerSettings

if TYPE_CHECKING:
    from torch import Tensor

    from myopinn.dataset.problem import Cycles, Problem
    from myopinn.methods.losses.trained_model import TrainedModel
    from myopinn.methods.muscles.personal_muscles import Range

# Settings that are bounds of a factor with its spread; the factor 1 is the scaled model's own.
FACTOR_FIELDS = ("common_strength", "strength", "fiber_length", "tendon_slack", "load_factor")
# Settings that are (lowest, start, highest, spread) of a value of its own.
VALUE_FIELDS = ("emg_gain", "fiber_damping", "activation_time_s", "deactivation_time_s", "delay_s")


def _factor(meaning: str, *values: float) -> tuple[float, ...]:
    told = f"bounds of the factor on {meaning}, and the spread of its logarithm between people"
    return field(default=values, metadata={"unit": "", "meaning": told})


def _value(meaning: str, unit: str, *values: float) -> tuple[float, ...]:
    told = f"{meaning}: lowest, at the start, highest, and the spread of its logarithm"
    return field(default=values, metadata={"unit": unit, "meaning": told})


def _weight(meaning: str, value: float, **more: Any) -> float:
    return field(default=value, metadata={"unit": "", "meaning": meaning, **more})


@dataclass(frozen=True)
class MusculoskeletalSettings(TransformerSettings):
    """Network, weights of the loss, bounds and spreads of a person's parameters; all are ours.

    Spreads between people: strength and architecture as in
    Holzbaur, Murray, Gold, Delp 2007 (doi 10.1016/j.jbiomech.2006.11.013) and Lieber, Fazeli, Botte
    1990 (J Hand Surg 15A:244).

    Raises
    ------
    ConfigError
        Where bounds exclude the generic value, a spread is not positive or a weight is negative.
    """

    drive: str = field(
        default="shared",
        metadata={
            "unit": "",
            "meaning": "shared: co-contraction and two drives, by mechanical advantage; free: each "
            "muscle for itself",
        },
    )
    driven: str = field(
        default="by_advantage",
        metadata={
            "unit": "",
            "meaning": "how muscles share a drive: by_advantage, or by_strength, which is "
            "advantage times maximal force",
        },
    )
    moment_weight: float = _weight("lambda of the moment's error", 1.0, search=(0.1, 10.0, "log"))
    deviation_weight: float = _weight("of deviations from what muscles share", 1.0)
    effort_weight: float = _weight("of the squared excitation of deep muscles, where free", 1.0)
    parameter_weight: float = _weight("of the parameters' distance from generic", 5e-4)
    deviation_spread: float = _weight("spread of the logarithm of excitation over shared", 0.1)
    envelope_error: tuple[float, ...] = field(
        default=(0.01, 0.12),
        metadata={"unit": "", "meaning": "expected error of an envelope: at rest, and share of it"},
    )
    moment_error: tuple[float, ...] = field(
        default=(0.02, 0.03),
        metadata={
            "unit": "",
            "meaning": "expected error of the moment: share of its range, and share of it",
        },
    )
    common_strength: tuple[float, ...] = _factor("all muscles' strength", 0.4, 2.5, 0.25)
    strength: tuple[float, ...] = _factor("each muscle's strength", 0.5, 2.0, 0.15)
    fiber_length: tuple[float, ...] = _factor("the optimal fibre length", 0.8, 1.25, 0.06)
    tendon_slack: tuple[float, ...] = _factor("the tendon slack length", 0.9, 1.1, 0.02)
    load_factor: tuple[float, ...] = _factor("a muscle's share of the work", 0.2, 5.0, 0.4)
    # The largest envelope of maximal contractions, by which envelopes are divided, is the largest
    # of some hundred independent values that scatter by an eighth: a third above their mean.
    emg_gain: tuple[float, ...] = _value("envelope over excitation", "", 0.4, 0.75, 1.3, 0.1)
    fiber_damping: tuple[float, ...] = _value("damping of the fibres", "", 0.01, 0.05, 0.3, 0.5)
    activation_time_s: tuple[float, ...] = _value("activation", "s", 0.006, 0.012, 0.03, 0.2)
    deactivation_time_s: tuple[float, ...] = _value("deactivation", "s", 0.02, 0.05, 0.12, 0.2)
    delay_s: tuple[float, ...] = _value("electromechanical delay", "s", 0.005, 0.02, 0.1, 0.4)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.drive not in ("shared", "free"):
            raise ConfigError("drive: shared or free.")
        if self.driven not in ("by_advantage", "by_strength"):
            raise ConfigError("driven: by_advantage or by_strength.")
        for name in ("moment", "deviation", "effort", "parameter"):
            if not getattr(self, f"{name}_weight") >= 0:
                raise ConfigError(f"{name}_weight: at least 0.")
        if not self.deviation_spread > 0:
            raise ConfigError("deviation_spread: above 0.")
        for name in ("envelope_error", "moment_error"):
            if len(getattr(self, name)) != 2 or not min(getattr(self, name)) > 0:
                raise ConfigError(f"{name}: two numbers above 0.")
        for name in FACTOR_FIELDS:
            values = getattr(self, name)
            if len(values) != 3 or not (0 < values[0] < 1 < values[1] and values[2] > 0):
                raise ConfigError(
                    f"{name}: a bound above 0 and below 1, one above 1, and a spread above 0; "
                    "bounds that exclude 1 exclude the generic value."
                )
        for name in VALUE_FIELDS:
            values = getattr(self, name)
            if len(values) != 4 or not (0 < values[0] < values[1] < values[2] and values[3] > 0):
                raise ConfigError(
                    f"{name}: lowest < start < highest, all above 0, and a spread above 0."
                )

    def ranges(self) -> dict[str, Range]:
        """Return bounds, start and spread of every parameter."""
        from myopinn.methods.muscles.personal_muscles import Range

        found = {}
        for name in FACTOR_FIELDS:
            low, high, spread = getattr(self, name)
            found[name] = Range(low, 1.0, high, spread)
        return {**found, **{name: Range(*getattr(self, name)) for name in VALUE_FIELDS}}


def described_prior(settings: MusculoskeletalSettings, *, personal: bool) -> str:
    """Say in a few words which priors make deep muscles identifiable."""
    if settings.drive == "shared":
        how = settings.driven.replace("_", " ")
        drive = f"drive shared {how}, deviations {settings.deviation_spread:g}"
    else:
        drive = f"effort {settings.effort_weight:g}"
    return f"{drive}; parameters {'near generic' if personal else 'generic'}"


def derive_inputs(problem: Problem, cycles: Cycles) -> dict[str, Tensor]:
    """Return length, velocity, moment arm and scaled parameters of the muscles in each cycle."""
    from myopinn.methods.joint.muscle_states import joint_muscle_states

    return joint_muscle_states(problem, cycles)


def build_model(
    settings: MusculoskeletalSettings, problem: Problem, *, personal: bool, moment: bool = True
) -> TrainedModel:
    """Build the network, the muscles behind it and their loss.

    Parameters
    ----------
    personal : bool
        Whether the muscles' parameters are learned.
    moment : bool
        Whether the moment has a part in the loss.
    """
    from myopinn.methods.deep.musculoskeletal_objective import (
        MusculoskeletalObjective,
        guesses_moment,
    )
    from myopinn.methods.muscles.personal_muscles import PersonalMuscles
    from myopinn.methods.muscles.shared_drive import FreeDrive, SharedDrive
    from myopinn.methods.networks.attention import cycle_transformer

    ranges = settings.ranges()
    muscles = PersonalMuscles(problem, ranges, learned=personal)
    drive = (
        SharedDrive(
            problem,
            ranges["load_factor"],
            settings.deviation_spread,
            settings.envelope_error,
            by_strength=settings.driven == "by_strength",
        )
        if settings.drive == "shared"
        else FreeDrive(problem)
    )
    inputs = len(problem.inputs) + guesses_moment(problem, drive)
    weights: Mapping[str, float] = {
        "moment": settings.moment_weight if moment else 0.0,
        "deviation": settings.deviation_weight,
        "effort": settings.effort_weight,
        "parameters": settings.parameter_weight,
    }
    return MusculoskeletalObjective(
        cycle_transformer(settings, inputs, drive.outputs, past_only=problem.past_only),
        drive,
        muscles,
        problem,
        gain=ranges["emg_gain"],
        envelope_error=settings.envelope_error,
        moment_error=settings.moment_error,
        weights=weights,
    )
