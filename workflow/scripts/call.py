"""Call the function of the package that a rule names, with the rule's own files and parameters.

The names of the rule's inputs, outputs and params are the keyword arguments of the function. The
params ``function`` (which one) and ``code`` (the digest that makes an edit of it rerun the rule)
are the workflow's own; ``code`` is passed on to a function that asks for it.
"""

import importlib
import inspect
import logging
import sys

snakemake = snakemake  # noqa: F821, PLW0127 - injected by the workflow


def named(entries):
    """Give the named entries of a rule as plain text and lists of text."""
    return {
        key: str(value) if isinstance(value, str) else [str(v) for v in value]
        for key, value in entries.items()
    }


def main():
    """Call the function; what it says goes to the job's log as well as to the screen."""
    handlers = [logging.StreamHandler(sys.stderr)]
    if snakemake.log:
        handlers.append(logging.FileHandler(str(snakemake.log[0]), mode="w", encoding="utf-8"))
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(name)s: %(message)s", handlers=handlers
    )
    params = dict(snakemake.params.items())
    module, _, function = params.pop("function").rpartition(".")
    call = getattr(importlib.import_module(module), function)
    if "code" not in inspect.signature(call).parameters:
        params.pop("code")
    try:
        call(**named(snakemake.input), **named(snakemake.output), **params)
    except Exception:
        logging.exception("%s.%s failed", module, function)
        raise


main()
