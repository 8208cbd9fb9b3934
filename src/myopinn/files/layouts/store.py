"""Where the runs of a study are kept."""

from __future__ import annotations

from myopinn.files.documents import Document

STORE = Document(
    "store of a study's runs",
    {
        "server": "where runs are kept, without a password; empty for the study's own database",
        "experiments": "names of its experiments",
    },
)
