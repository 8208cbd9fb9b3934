"""Which muscles turn a joint the same way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import xarray as xr


def agonists_of(
    geometry: Mapping[str, Any] | xr.Dataset, coordinate: str
) -> dict[str, tuple[str, ...]]:
    """Give of each muscle that crosses a joint the others that turn it the same way.

    Two muscles are agonists where their moment arms have one sign on average over the range of the
    joint that their paths were fitted on, all other joints in the middle of theirs. As the moment
    arm is minus the slope of the length, its mean is minus what the length changes over the range.

    Parameters
    ----------
    geometry : mapping or Dataset
        A person's arrays of the layout :data:`myopinn.files.layouts.geometry.GEOMETRY`.
    coordinate : str

    Returns
    -------
    dict of muscle to muscles
    """
    own = [str(name) for name in np.asarray(geometry["coordinate"])].index(coordinate)
    crosses = np.asarray(geometry["crosses"])[:, own].astype(bool)
    names = np.asarray(geometry["muscle"])
    muscles = [str(m) for m, here in zip(names, crosses, strict=True) if here]
    # Scaled joint angles run from -1 to 1; where the others are 0, only their power 0 is left.
    exponent = np.asarray(geometry["exponent"], dtype=int)
    alone = np.delete(exponent, own, axis=1).sum(axis=1) == 0
    power = exponent[alone, own]
    coefficient = np.asarray(geometry["coefficient"], dtype=float)[crosses][:, alone]
    side = np.sign(coefficient @ ((-1.0) ** power - 1.0))
    return {
        muscle: tuple(
            other
            for other, there in zip(muscles, side, strict=True)
            if other != muscle and there == here
        )
        for muscle, here in zip(muscles, side, strict=True)
    }


def agonists_by_person(
    geometries: Mapping[tuple[str, str], xr.Dataset], coordinates: Mapping[str, str]
) -> dict[tuple[str, str], dict[str, tuple[str, ...]]]:
    """Give everybody's agonists about the joint that is studied in their recording.

    Parameters
    ----------
    geometries : mapping of recording and subject to geometry
    coordinates : mapping of recording to coordinate

    Returns
    -------
    dict of recording and subject to dict of muscle to muscles
        Empty where a geometry lacks the joint.
    """
    return {
        person: agonists_of(shape, coordinates[person[0]])
        if coordinates.get(person[0], "") in np.asarray(shape["coordinate"])
        else {}
        for person, shape in geometries.items()
    }
