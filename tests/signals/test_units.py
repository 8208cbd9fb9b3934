"""Units as laboratories spell them, against the definitions that SciPy keeps."""

import pytest
from scipy import constants

from myopinn.signals.units import (
    FORCE_N,
    LENGTH_M,
    VOLTAGE_V,
    force_in_newtons,
    length_in_metres,
    moment_in_newton_metres,
    voltage_in_volts,
)

LENGTHS = {
    **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), 1.0),
    **{"dm": constants.deci, "cm": constants.centi, "mm": constants.milli, "um": constants.micro},
    **dict.fromkeys(("in", "inch", "inches"), constants.inch),
    "ft": constants.foot,
}
FORCES = {
    **dict.fromkeys(("n", "newton", "newtons"), 1.0),
    **{"kn": constants.kilo, "lbf": constants.lbf},
}
VOLTAGES = {
    **dict.fromkeys(("v", "volt", "volts"), 1.0),
    **{"mv": constants.milli, "uv": constants.micro, "nv": constants.nano},
}


def test_every_unit_has_its_value_in_si():
    for known, reference in ((LENGTH_M, LENGTHS), (FORCE_N, FORCES), (VOLTAGE_V, VOLTAGES)):
        assert known == pytest.approx(reference, rel=1e-12)


def test_a_moment_is_a_force_times_a_length_in_every_pair_of_units():
    for force, newtons in FORCES.items():
        for length, metres in LENGTHS.items():
            for text in (f"{force}{length}", f"{force}*{length}", f"{force.upper()}.{length}"):
                assert moment_in_newton_metres(text) == pytest.approx(newtons * metres, rel=1e-12)


def test_units_as_laboratories_spell_them():
    assert length_in_metres(" MM") == 1e-3
    assert length_in_metres("µm") == length_in_metres("μm") == 1e-6
    assert moment_in_newton_metres("N mm") == moment_in_newton_metres("N-mm") == 1e-3
    assert moment_in_newton_metres("N·m") == moment_in_newton_metres("Newton_Meter") == 1.0
    # A micro sign survives in many encodings; two code points of it, and a byte that is none.
    for volts in ("µV", "μV", "uV", "\udcb5V", "\N{REPLACEMENT CHARACTER}V"):
        assert voltage_in_volts(volts) == 1e-6


@pytest.mark.parametrize(
    ("read", "units"),
    [
        (length_in_metres, ("deg", "", "N", "Nm", "V")),
        (force_in_newtons, ("kg", "", "mm", "Nm", "V")),
        (voltage_in_volts, ("%", "", "m", "N", "mVV")),
        # A length or a force alone is no moment.
        (moment_in_newton_metres, ("mm", "m", "N", "kN", "", "Nms", "V")),
    ],
)
def test_what_is_no_unit_of_its_kind_is_none(read, units):
    assert [read(unit) for unit in units] == [None] * len(units)
