"""Which masses can be true: those of a person and of what a hand holds."""

from __future__ import annotations

from myopinn.errors import ConfigError

# From a premature child to the heaviest adults; what is outside is in g, lb or N, or mistyped.
BODY_KG = (2.0, 300.0)
# From an empty hand to more than anyone lifts with one; what is outside is in g or N.
LOAD_KG = (0.0, 100.0)


def check_body_mass(value: float, where: str) -> float:
    """Hold the mass of a person to what can be true.

    Parameters
    ----------
    value : float
        kg.
    where : str
        Where it stands, for the message.

    Returns
    -------
    float
        The mass, unchanged.

    Raises
    ------
    ConfigError
        Naming place, value and range; NaN is refused as well.
    """
    low, high = BODY_KG
    if not low <= value <= high:
        raise ConfigError(
            f"{where} is {value:g}, but people weigh {low:g} to {high:g} kg. Remedy: write the "
            "body mass in kg, or leave it out where the C3D file holds it."
        )
    return float(value)


def check_load(value: float, where: str) -> float:
    """Hold a load in the hand to what can be true; parameters as of :func:`check_body_mass`.

    Raises
    ------
    ConfigError
        Naming place, value and range; NaN is refused as well.
    """
    low, high = LOAD_KG
    if not low <= value <= high:
        raise ConfigError(
            f"{where} is {value:g}, but a hand holds {low:g} (empty) to {high:g} kg. Remedy: write "
            "the load in kg."
        )
    return float(value)
