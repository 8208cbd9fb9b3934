"""What the entries of a task come to."""

from __future__ import annotations

from myopinn.files.documents import Document

SETTINGS = Document(
    "resolved settings of the entries of a task",
    {
        "task": "name of the task",
        "settings": "by question (empty for the task itself), recording and entry a value for each "
        "setting",
        "meanings": "by variant a text for each setting",
    },
)
