"""`--to numpy`: an experiment as one file of Python that needs NumPy and nothing else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnlab.atomic_file import write_atomically
from nnlab.experiments.exports.scripts.code_lines import lines_of_code
from nnlab.experiments.exports.scripts.header import header
from nnlab.experiments.exports.scripts.layout import script_text
from nnlab.experiments.exports.scripts.numpy_models import numpy_model
from nnlab.experiments.exports.scripts.piece import Name
from nnlab.experiments.exports.scripts.program import Program, Wanted, gathered
from nnlab.experiments.exports.scripts.shared import Parts, parts_of
from nnlab.experiments.exports.target import Source
from nnlab.report import Report

_ROOTS = (Name("main", "main"), Name("model", "predict"))
_PROMISE = (
    "It prints the losses that `nnlab train --threads 1` reports for the same experiment, and ends in the same "
    "parameters_sha256 on the same computer."
)


def write(source: Source, output: Path, report: Report) -> Mapping[str, Any]:
    """Write the script, and beside it the examples that it cannot read or make by itself."""
    parts = parts_of(source, output, report)
    return written_beside(parts, numpy_script(parts), output)


def numpy_script(parts: Parts) -> str:
    """The text of the script."""
    program, settings = numpy_program(parts)
    return script_text(header(parts, ".py", "NumPy", _PROMISE), program, settings)


def numpy_program(parts: Parts, roots: tuple[Name, ...] = _ROOTS) -> tuple[Program, Mapping[str, Any]]:
    """Its parts, and the values of its constants."""
    model = numpy_model(parts)
    settings = {**parts.settings, **model.settings}
    return gathered(Wanted(roots, settings, {**parts.slots, **model.slots}, model.written)), settings


def written_beside(parts: Parts, text: str, output: Path) -> Mapping[str, Any]:
    """Write a script and what it needs beside it; what a person is told of it."""
    write_atomically(output, text.encode())
    return {"lines": lines_of_code(text), **write_beside(parts, output)}


def write_beside(parts: Parts, output: Path) -> Mapping[str, Any]:
    """Write the examples that a script cannot read or make by itself into its folder."""
    if parts.beside is None:
        return {}
    beside = output.with_name(f"{parts.name}.npz")
    write_atomically(beside, parts.beside)
    return {"beside": str(beside)}
