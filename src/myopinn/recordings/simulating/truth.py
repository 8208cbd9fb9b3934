"""The truth file of a trial: every quantity that a laboratory cannot see.

Kept apart from the recordings; only the evaluation may open it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from myopinn.files.layouts.truth import TRUTH
from myopinn.files.netcdf import write_netcdf
from myopinn.virtual.people import Person

if TYPE_CHECKING:
    from myopinn.virtual.simulation import Truth


def write_truth(recording: str, person: Person, truth: Truth, path: Path | str) -> None:
    """Write the truth of a trial."""
    anatomy = person.anatomy
    dataset = TRUTH.build(
        {name: getattr(truth, name) for name in TRUTH.variables},
        {
            "time_s": truth.time_s,
            "muscle": list(anatomy.muscle_names),
            "coordinate": list(anatomy.coordinates),
        },
        {
            "recording": recording,
            "subject": person.name,
            "sharing_law": person.law,
            "electromechanical_delay_s": person.electromechanical_delay_s,
            "activation_s": person.muscles.activation_s,
            "deactivation_s": person.muscles.deactivation_s,
        },
    )
    write_netcdf(dataset, path, TRUTH)
