"""How often the verdicts on planned comparisons are right, as simulated before the study."""

from __future__ import annotations

from myopinn.files.tables import NUMBER, TEXT, WHOLE, Column, Table

POWER = Table(
    "power of the planned comparisons of a task",
    {
        "task": Column(TEXT, "task"),
        "recording": Column(TEXT, "recording"),
        "split": Column(TEXT, "how trials were held out"),
        "target": Column(TEXT, "joint coordinate or muscle"),
        "entry": Column(TEXT, "entry whose error is compared"),
        "versus": Column(TEXT, "what it is held against"),
        "against": Column(TEXT, "errors are against the reference or the truth"),
        "family": Column(TEXT, "family of tests that are corrected for each other"),
        "tests": Column(WHOLE, "tests in the family"),
        "unit": Column(TEXT, "unit of margin and spreads"),
        "people": Column(WHOLE, "number of people"),
        "seeds": Column(WHOLE, "seeds that are averaged within each person"),
        "sd_people": Column(NUMBER, "SD of the difference between people"),
        "sd_seeds": Column(NUMBER, "SD of the difference between seeds of one person"),
        "source": Column(TEXT, "where the spreads come from: configuration or pilot"),
        "margin": Column(NUMBER, "smallest effect of interest"),
        "true": Column(TEXT, "what is true in the simulated studies: none or margin"),
        "true_difference": Column(NUMBER, "the same as a number, of all tests of the family"),
        "better": Column(NUMBER, "share of studies with this verdict", "1"),
        "worse": Column(NUMBER, "share of studies with this verdict", "1"),
        "equivalent": Column(NUMBER, "share of studies with this verdict", "1"),
        "undecided": Column(NUMBER, "share of studies with this verdict", "1"),
        "right": Column(NUMBER, "share of studies with the right one", "1"),
        "wanted": Column(NUMBER, "share that is wanted", "1"),
        "people_to_decide": Column(NUMBER, "people for the share wanted; missing above 400"),
        "detectable": Column(NUMBER, "true difference that the share wanted finds"),
        "studies": Column(WHOLE, "simulated studies"),
    },
)
