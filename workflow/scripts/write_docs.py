"""Write the pages that are made of the code into a folder; `make docs` runs it.

They are the reference of a configuration's keys, with its schema, and of the files of the flow.
"""

import sys
from pathlib import Path

from myopinn.config.reference import reference_files
from myopinn.files.reference import files_page
from myopinn.steps.read_study import Installed

FOLDER = Path(sys.argv[1])
pages = reference_files(FOLDER, Installed()) | {FOLDER / "files.md": files_page()}
for file, text in pages.items():
    file.write_text(text, encoding="utf-8")
