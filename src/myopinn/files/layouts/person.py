"""What the recordings say of a person."""

from __future__ import annotations

from myopinn.files.documents import Document

PERSON_FILE = "person.json"
PERSON = Document(
    "what the recordings say of a person", {"mass_kg": "body mass, kg; NaN where nothing states it"}
)
