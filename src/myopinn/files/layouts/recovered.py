"""What the analysis recovered of virtual people, beside what happened."""

from __future__ import annotations

from myopinn.files.tables import NUMBER, TEXT, WHOLE, Column, Table

_RECORDING = {"recording": Column(TEXT, "laboratory's entry in the configuration")}
_SUBJECT = {"subject": Column(TEXT, "person")}
_QUANTITY = {
    "condition": Column(TEXT, "condition of the trial"),
    "quantity": Column(TEXT, "joint_angle, joint_moment, excitation or muscle_force"),
    "name": Column(TEXT, "joint or muscle"),
    "unit": Column(TEXT, "of the quantity; an angle is in degrees"),
}
RECOVERED = Table(
    "errors of what the analysis recovered of virtual people",
    {
        **_RECORDING,
        **_SUBJECT,
        "session": Column(TEXT, "session of the trial; empty over all trials"),
        "trial": Column(TEXT, "trial, or 'all' for a person's trials put together"),
        **_QUANTITY,
        "n_samples": Column(WHOLE, "samples that are compared"),
        "r": Column(NUMBER, "Pearson's correlation", "1"),
        "rmse": Column(NUMBER, "rms error", "as the row says"),
        "nrmse": Column(NUMBER, "rms error by the range of the truth", "1"),
        "range": Column(NUMBER, "of the truth", "as the row says"),
    },
)
RECOVERED_CURVES = Table(
    "mean cycles of virtual people, true and recovered",
    {
        **_RECORDING,
        **_SUBJECT,
        **_QUANTITY,
        "cycle_percent": Column(NUMBER, "place in the cycle", "%"),
        "truth": Column(NUMBER, "mean over cycles of what happened", "as the row says"),
        "recovered": Column(
            NUMBER, "mean over cycles of what the analysis says; empty where nothing", "as the row"
        ),
        "n_cycles": Column(WHOLE, "cycles of the person and condition"),
    },
)
