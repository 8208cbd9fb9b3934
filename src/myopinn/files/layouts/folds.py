"""The folds of a split."""

from __future__ import annotations

from myopinn.files.documents import Document

FOLDS = Document(
    "folds of a split of a recording",
    {
        "recording": "laboratory's entry in the configuration",
        "split": "name of the split",
        "folds": "of each: name, subject, and the trials to train, to stop, to test and to adapt, "
        "each as subject/trial",
        "dropped": "who is left out of the split, and why",
    },
)
