"""What stands beside the fits of an entry under one split: which they are, and what they see."""

from __future__ import annotations

from myopinn.files.documents import Document

FITS_FILE = "about.json"
OF_FITS = {
    "task": "name of the task",
    "variant": "entry of the task, or level of a question",
    "recording": "laboratory's entry in the configuration",
    "split": "name of the split",
}
# Attributes of every file of one person: read them with `myopinn.records.cells.Cell.of`.
OF_A_CELL = {**OF_FITS, "subject": "person"}
FITS = Document(
    "description of the fits of an entry under one split",
    {
        **OF_FITS,
        "told": "what the entry's answers rest on, and whose trials it has learned from",
        "prior": "what it assumes of what nothing measures",
    },
)
