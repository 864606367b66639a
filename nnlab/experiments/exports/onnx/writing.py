"""An ONNX file of a model, and of one with a code two more: of its encoder and its decoder."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab.atomic_file import write_atomically
from nnlab.errors import NnlabError
from nnlab.experiments.exports.onnx.checking import (
    TOLERANCE,
    Answer,
    code_answers,
    decoded_answers,
    differences,
    some_examples,
    whole_answers,
)
from nnlab.experiments.exports.onnx.describing import metadata_of, words_of
from nnlab.experiments.exports.onnx.encoding import onnx_bytes
from nnlab.experiments.exports.onnx.graph import Graph
from nnlab.experiments.exports.onnx.models import CODE, INPUT, decoder_graph, encoder_graph, whole_graph
from nnlab.experiments.exports.target import Source
from nnlab.experiments.exports.trained import Trained, learned
from nnlab.models.arrays import Array
from nnlab.models.capabilities import coder_of
from nnlab.optional import required
from nnlab.report import Report


@dataclass(frozen=True)
class Part:
    """A graph of its own: what it is called, how it is made, what comes in, and what nnlab answers to that."""

    name: str
    graph: Callable[[Trained], Graph]
    door: str
    answers: Callable[[Trained, Array], Mapping[str, Answer]]

    def path(self, output: Path) -> Path:
        """The file of the whole, or one beside it."""
        return output if self is WHOLE else output.with_name(f"{output.stem}-{self.name}{output.suffix}")


WHOLE = Part("whole", whole_graph, INPUT, whole_answers)
ENCODER = Part("encoder", encoder_graph, INPUT, code_answers)
DECODER = Part("decoder", decoder_graph, CODE, decoded_answers)


def write_source(source: Source, output: Path, report: Report) -> dict[str, Any]:
    """A model file's, or a run's of the store after its last step."""
    # Before anything that takes long.
    required("onnx")
    return write_onnx(learned(source, report), output, source.folders, report)


def write_onnx(trained: Trained, output: Path, folders: Sequence[Path], report: Report) -> dict[str, Any]:
    """Write the files, and hold them against nnlab where ONNX Runtime is there; what is to be told of them.

    Nothing is written where one of them cannot be made.
    """
    parts = (WHOLE, ENCODER, DECODER) if coder_of(trained.model) is not None else (WHOLE,)
    metadata, words = metadata_of(trained), words_of(trained)
    graphs = [part.graph(trained) for part in parts]
    contents = []
    for part, graph in zip(parts, graphs, strict=True):
        report(f"writing the {part.name}", math.nan)
        title = trained.experiment.name if part is WHOLE else f"{trained.experiment.name}, {part.name}"
        contents.append(onnx_bytes(graph, title, words, metadata))
    checked = _checked(trained, parts, contents, folders, report)
    for part, content in zip(parts, contents, strict=True):
        write_atomically(part.path(output), content)
    files = {part.name: str(part.path(output)) for part in parts if part is not WHOLE}
    return {**files, "opset": max(graph.opset for graph in graphs), **checked}


def _checked(
    trained: Trained, parts: Sequence[Part], contents: Sequence[bytes], folders: Sequence[Path], report: Report
) -> dict[str, Any]:
    """By how much ONNX Runtime's answers differ from nnlab's, by part and output; or why nobody has looked."""
    try:
        required("onnxruntime")
    except NnlabError as error:
        # The file is as good without, and worth having.
        return {"not_checked": str(error)}
    raw = some_examples(trained, folders, report)
    found: dict[str, float] = {}
    for part, content in zip(parts, contents, strict=True):
        report(f"checking the {part.name}", math.nan)
        rows = raw.inputs if part.door == INPUT else trained.codes(raw.inputs)
        apart = differences(content, part.door, rows, part.answers(trained, rows))
        found |= {(name if part is WHOLE else f"{part.name} {name}"): value for name, value in apart.items()}
    largest = max(found.values())
    told = {"checked_on": raw.words, "largest_difference": largest, "differences": found}
    if largest > TOLERANCE:
        told["caution"] = f"the answers differ by more than {TOLERANCE:g}, as those of large numbers may by rounding"
    return told
