"""The muscle geometry of a person."""

from __future__ import annotations

from myopinn.files.netcdf import Layout, Quantity

GEOMETRY = Layout(
    "muscle geometry: polynomials of the scaled model's muscle-tendon lengths",
    {
        # l = sum_k coefficient_k * prod_j x_j^exponent_kj with x = (q - centre) / half_range
        "coefficient": Quantity(("muscle", "term"), "m", "coefficients of the length polynomial"),
        "exponent": Quantity(("term", "coordinate"), "", "exponent of each scaled coordinate"),
        "centre": Quantity(("coordinate",), "rad", "centre of the fitted range"),
        "half_range": Quantity(("coordinate",), "rad", "half of the fitted range"),
        "crosses": Quantity(("muscle", "coordinate"), "", "1 where the muscle crosses the joint"),
        "length_rms": Quantity(("muscle",), "m", "rms error of the length on states not fitted"),
        "moment_arm_rms": Quantity(
            ("muscle", "coordinate"), "m", "rms error of the moment arm on states not fitted"
        ),
        "max_isometric_force": Quantity(("muscle",), "N", "of the scaled model"),
        "optimal_fiber_length": Quantity(("muscle",), "m", "of the scaled model"),
        "tendon_slack_length": Quantity(("muscle",), "m", "of the scaled model"),
        "pennation_angle_at_optimal": Quantity(("muscle",), "rad", "of the scaled model"),
    },
    {
        "muscle": Quantity(("muscle",), "", "name in the model"),
        "coordinate": Quantity(("coordinate",), "", "name in the model"),
    },
    {"recording": "laboratory's entry in the configuration", "subject": "person"},
)
