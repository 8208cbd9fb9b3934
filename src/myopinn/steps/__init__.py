"""The steps of the workflow, one module per rule: read files, call the science, write files."""
