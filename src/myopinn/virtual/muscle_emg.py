"""What a person's muscles show electrodes: amplitude by excitation, frequencies by fibre length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from myopinn.virtual.people import Person

if TYPE_CHECKING:
    import numpy as np

    from myopinn.virtual.simulation import Truth

# Between which the pace of a muscle's EMG is held.
_SLOWEST, _FASTEST = 0.4, 2.5


def seen_by_electrodes(
    person: Person, truth: Truth, covered: Sequence[str]
) -> tuple[np.ndarray, np.ndarray | None]:
    """Give the amplitude of muscles' EMG, and the pace of their frequencies, in a trial.

    The amplitude is a power of the excitation, as between muscles that recruit motor units
    differently (Lawrence, De Luca 1983, doi:10.1152/jappl.1983.54.6.1653). A stretched fibre is
    thinner, its potentials travel slower and last longer (Arendt-Nielsen, Gantchev, Sinkjaer 1992,
    Electroencephalogr Clin Neurophysiol 85:166): the pace is a power of the length by the optimal
    one.

    Parameters
    ----------
    covered : sequence of str
        Muscles with an electrode.

    Returns
    -------
    amplitude : array, shape (time, muscle)
        1 at full excitation.
    pace : array, shape (time, muscle), or None
        1 at the optimal length; None where no length changes it.
    """
    import numpy as np

    traits, muscles = person.traits, {muscle.name: muscle for muscle in person.anatomy.muscles}
    columns = [person.anatomy.muscle_names.index(name) for name in covered]
    amplitude = truth.excitation[:, columns]
    power = np.array([traits.emg_power.get(name, 1.0) for name in covered])
    if (power != 1.0).any():
        amplitude = amplitude**power
    slowing = np.array([traits.spectrum_power.get(name, 0.0) for name in covered])
    if not slowing.any():
        return amplitude, None
    optimal = np.array([muscles[name].optimal_fiber_length_m for name in covered])
    stretch = truth.fiber_length[:, columns] / optimal
    return amplitude, np.clip(stretch**-slowing, _SLOWEST, _FASTEST)
