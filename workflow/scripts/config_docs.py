"""Write the reference of a configuration's keys into a folder; `make config-docs` runs it."""

import sys

from myopinn.config.reference import reference_files
from myopinn.steps.read_study import Installed

for file, text in reference_files(sys.argv[1], Installed()).items():
    file.write_text(text, encoding="utf-8")
