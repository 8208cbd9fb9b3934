"""An entry under a task's variants: which variant, what it is shown, and how it is trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# What an entry may be shown instead of what the task's selection says, and what that means.
SHOWN = {
    "time_input": "whether the position in the cycle is an input",
    "channels": "EMG channels",
    "train_cycles": "training cycles, drawn from those of each fold",
    "measured_emg": "whether measured envelopes are inputs",
    "moment_input": "whether the joint's moment is an input",
    "conditions": "of the movements that are trained on",
    "calibration": "isometric contractions that are trained on as well",
}
# Keys that an entry may have; all others are the variant's own Settings. Of a ceiling, "truth" says
# what it is shown.
SHARED = ("variant", "training", "truth", *SHOWN)


@dataclass(frozen=True)
class Entry:
    """One way to solve a task, as the configuration writes it under a name of its own.

    Attributes
    ----------
    variant : str
        The module of :mod:`myopinn.variants`; the entry's own name where it names none.
    settings : mapping
        What is left for the variant's Settings.
    shown : mapping
        What replaces the task's selection
        (:class:`myopinn.dataset.selection.Selection`): the keys of :data:`SHOWN`.
    training : mapping
        What replaces the task's training slice, such as a learning rate of its own.
    """

    variant: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, name: str, values: Mapping[str, Any]) -> Entry:
        """Take an entry apart.

        Parameters
        ----------
        name : str
            The entry's name.
        values : mapping
            What stands under it; the schema has closed the shared keys.
        """
        return cls(
            variant=values.get("variant", name),
            settings={key: value for key, value in values.items() if key not in SHARED},
            shown={key: values[key] for key in SHOWN if key in values},
            training=values.get("training", {}),
        )
