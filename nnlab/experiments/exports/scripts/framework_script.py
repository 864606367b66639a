"""`--to torch` and `--to keras`: an experiment as one file of Python in the words of a framework."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnlab.experiments.exports.scripts.framework_models import framework_model
from nnlab.experiments.exports.scripts.framework_pieces import pieces_of_training
from nnlab.experiments.exports.scripts.frameworks import FRAMEWORKS, Framework, pieces_of
from nnlab.experiments.exports.scripts.header import header
from nnlab.experiments.exports.scripts.layout import script_text
from nnlab.experiments.exports.scripts.numpy_script import written_beside
from nnlab.experiments.exports.scripts.piece import Name
from nnlab.experiments.exports.scripts.program import Program, Wanted, gathered
from nnlab.experiments.exports.scripts.shared import Parts, parts_of
from nnlab.experiments.exports.target import Source
from nnlab.report import Report

_ROOTS = (Name("main", "main"), Name("model", "predict"))
_PROMISE = (
    "It begins at the weights that nnlab begins at and takes the batches in nnlab's order: its losses are those of nnlab "
    "but for rounding, which grows over the steps."
)
_DRAWS = (
    "It begins at the weights that nnlab begins at and takes the batches in nnlab's order. Masks and noise are drawn by the "
    "framework, so that its losses are like nnlab's and not the same."
)


def write(framework: str, source: Source, output: Path, report: Report) -> Mapping[str, Any]:
    """Write the script, and beside it the examples that it cannot read or make by itself."""
    parts = parts_of(source, output, report)
    return written_beside(parts, framework_script(FRAMEWORKS[framework], parts), output)


def framework_script(framework: Framework, parts: Parts) -> str:
    """The text of the script."""
    program, settings = framework_program(framework, parts)
    promise = _DRAWS if settings.get("DRAWS") else _PROMISE
    head = header(parts, framework.suffix, framework.needs, promise, environment="")
    return script_text(head, program, settings, framework.prelude)


def framework_program(framework: Framework, parts: Parts) -> tuple[Program, Mapping[str, Any]]:
    """Its parts, and the values of its constants."""
    model = framework_model(framework, parts)
    settings = {**parts.settings, **model.settings, "IN_PARTS": False}
    slots = {
        **parts.slots,
        **model.slots,
        "optimizers.momentum": framework.named("optimizer"),
        "penalty.add_penalty": framework.named("penalty.add_penalty"),
        "penalty.clip": framework.named("gradient.clip"),
    }
    written = {**pieces_of(framework), **pieces_of_training(framework, parts), **model.written}
    return gathered(Wanted(_ROOTS, settings, slots, written)), settings
