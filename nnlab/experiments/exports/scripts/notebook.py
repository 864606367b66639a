"""`--to notebook`: the NumPy script's parts as the cells of a notebook, with their equations as text between them."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nnlab.atomic_file import write_atomically
from nnlab.experiments.exports.scripts.code_lines import lines_of_code
from nnlab.experiments.exports.scripts.header import introduction
from nnlab.experiments.exports.scripts.layout import Section, constants_text, imports_text, literal, sections_of
from nnlab.experiments.exports.scripts.notebook_texts import described
from nnlab.experiments.exports.scripts.numpy_script import numpy_program, write_beside
from nnlab.experiments.exports.scripts.piece import Name
from nnlab.experiments.exports.scripts.program import Program
from nnlab.experiments.exports.scripts.shared import Parts, parts_of
from nnlab.experiments.exports.target import Source
from nnlab.report import Report

_ROOTS = (
    Name("data.load", "load_data"),
    Name("model", "build"),
    Name("model", "predict"),
    Name("training", "train"),
    Name("evaluation", "evaluate"),
    Name("main", "told"),
    Name("main", "parameters"),
)
_REST = "All together"
_DATA = """import os

data = load_data(Path(os.environ.get("NNLAB_DATA", ".")))
model = build(data)"""
_TRAINING = """for event in train(model, data):
    if isinstance(event, Epoch):
        words = told("train", event.train_loss, event.train_score)
        if event.validation_loss is not None:
            figures = event.validation_loss, event.validation_score
            words += "   " + told("validation", *figures)
        print(f"epoch {event.epoch}   {words}")"""
_TEST = """if len(data.test.inputs):
    print(told("test", *evaluate(model, *data.test)))"""
_CHECKSUM = """import hashlib

hashlib.sha256(parameters(model).tobytes()).hexdigest()"""


def write(source: Source, output: Path, report: Report) -> Mapping[str, Any]:
    """Write the notebook, and beside it the examples that it cannot read or make by itself."""
    parts = parts_of(source, output, report)
    program, values = numpy_program(parts, _ROOTS)
    notebook = notebook_of(parts, program, values)
    write_atomically(output, (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode())
    code = "\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")
    return {"lines": lines_of_code(code), **write_beside(parts, output)}


def notebook_of(parts: Parts, program: Program, values: Mapping[str, Any]) -> dict[str, Any]:
    """In Jupyter's format, version 4."""
    cells: list[dict[str, Any]] = [
        {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": text.splitlines(keepends=True)}
        for number, (kind, text) in enumerate(_cells(parts, program, values), 1)
    ]
    for cell in cells:
        if cell["cell_type"] == "code":
            cell |= {"execution_count": None, "outputs": []}
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _cells(parts: Parts, program: Program, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    title, *others = introduction(parts)
    yield "markdown", "\n\n".join([f"# {title}", *others])
    # A script would know its own place.
    place = f"\n\n__file__ = {literal(f'{parts.name}.ipynb')}" if parts.beside is not None else ""
    yield "code", imports_text(program.outside) + place
    yield "markdown", "## Settings"
    yield "code", constants_text(program, values)
    *chapters, last = sections_of(program)
    for section in chapters:
        yield from _chapter(section)
    yield "markdown", f"## {last.title}"
    yield "code", last.source
    yield from _run(parts)


def _chapter(section: Section) -> Iterator[tuple[str, str]]:
    """A part that is explained begins a cell, with those that only it needs and that stand before it."""
    heading, waiting = f"## {section.title}", []
    for part in section.parts:
        waiting.append(part.source)
        if text := described(part):
            yield "markdown", "\n\n".join(filter(None, (heading, text)))
            yield "code", "\n\n\n".join(waiting)
            heading, waiting = "", []
    if waiting:
        yield "markdown", heading or f"### {_REST}"
        yield "code", "\n\n\n".join(waiting)


def _run(parts: Parts) -> Iterator[tuple[str, str]]:
    source = parts.experiment.dataset.source
    if parts.beside is None and source.published is not None:
        files = f"a folder `{source.name}` with the four IDX files of {parts.data.dataset.title}"
        yield "markdown", f"`NNLAB_DATA`, or the folder that this is run in, holds {files}."
    yield "code", _DATA
    yield "markdown", "A line for each epoch. Every update is an event, too: a `Step`."
    yield "code", _TRAINING
    yield "code", _TEST
    yield "markdown", "On the same computer these are the parameters that `nnlab train --threads 1` ends in."
    yield "code", _CHECKSUM
