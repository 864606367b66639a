"""What a written graph answers, by ONNX Runtime, held against what nnlab itself answers, on real examples."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.datasets.split import spread
from nnlab.errors import NnlabError
from nnlab.experiments.assembly import load_data
from nnlab.experiments.exports.onnx.models import CODE, LABEL, PROBABILITIES, RECONSTRUCTION, SCORES, VALUES
from nnlab.experiments.exports.trained import Trained
from nnlab.models.arrays import Array
from nnlab.models.capabilities import coder_of, predicting, reconstructing
from nnlab.optional import required
from nnlab.report import Report
from nnlab.targets import Values

# Of probabilities; of larger numbers as a share of the largest.
TOLERANCE = 1e-5
_MOST_EXAMPLES = 256
# Of ONNX Runtime's: errors, which it raises anyhow, and nothing below.
_ERRORS_ALONE = 3


@dataclass(frozen=True, eq=False)
class RawExamples:
    """Examples to ask with, as they stand in the data, and what they are in words."""

    inputs: Array
    words: str


@dataclass(frozen=True, eq=False)
class Answer:
    """What nnlab answers; of values told in the data's own units as the model tells them:  (own - offset) / unit."""

    numbers: Array
    offset: Array | float = 0.0
    unit: Array | float = 1.0

    def difference(self, found: Array) -> float:
        """The largest, as a share of the largest number where that is above 1; of labels the share that are others."""
        if self.numbers.dtype.kind in "iu":
            return float(np.mean(found != self.numbers))
        own = (found.reshape(self.numbers.shape).astype(np.float64) - self.offset) / self.unit
        with np.errstate(invalid="ignore"):
            # Where both overflowed alike, there is no difference.
            apart = np.where((own == self.numbers) | (np.isnan(own) & np.isnan(self.numbers)), 0, np.abs(own - self.numbers))
        return float(apart.max(initial=0)) / max(1.0, float(np.abs(self.numbers).max(initial=0)))


def some_examples(trained: Trained, folders: Sequence[Path], report: Report) -> RawExamples:
    """Of the test examples of its data, or where there are none of the others; made up where the data cannot be had."""
    report("loading the data", math.nan)
    door = trained.door
    settings = replace(trained.experiment.dataset, encoder="", classes="", examples=0)
    try:
        data = load_data(settings, folders, schema=replace(door.schema, targets=None, encoder=""))
    except NnlabError:
        return RawExamples(_made_up(door), "made-up examples, for the data is not at hand")
    part = data.test if len(data.test) else data.train
    if part.inputs.shape[1:] != door.schema.example_shape or part.inputs.dtype != np.dtype(door.schema.dtype):
        return RawExamples(_made_up(door), "made-up examples, for the data is of another kind now")
    inputs = np.asarray(part.inputs[spread(np.arange(len(part)), _MOST_EXAMPLES)])
    return RawExamples(inputs, f"{len(inputs):,} {'test' if part is data.test else 'training'} examples")


def _made_up(door: Trained) -> Array:
    """Bytes, or numbers that are 0 ... 1 once scaled."""
    rng, dtype = np.random.default_rng(0), np.dtype(door.schema.dtype)
    shape = (_MOST_EXAMPLES, *door.schema.example_shape)
    if dtype == np.uint8:
        return rng.integers(0, 256, shape, np.uint8)
    return door.scaling.undo(rng.random(shape)).astype(dtype)


def whole_answers(trained: Trained, raw: Array) -> dict[str, Answer]:
    """By the name of an output what nnlab's own predict, encode and reconstruct say."""
    inputs, model = trained.fed(raw), trained.model
    predictor, giving = predicting(model), reconstructing(model)
    if predictor is None:
        assert giving is not None
        return {**code_answers(trained, raw), RECONSTRUCTION: Answer(giving.reconstruct(inputs))}
    outputs = predictor.predict(inputs).copy()
    if isinstance(predictor.targets, Values):
        values = trained.scaling.values
        return {VALUES: Answer(outputs, values.mean, values.deviation) if values is not None else Answer(outputs)}
    name = PROBABILITIES if predictor.gives_probabilities else SCORES
    return {name: Answer(outputs), LABEL: Answer(predictor.predicted(outputs).astype(np.int64))}


def code_answers(trained: Trained, raw: Array) -> dict[str, Answer]:
    """The codes alone."""
    return {CODE: Answer(trained.codes(raw))}


def decoded_answers(trained: Trained, codes: Array) -> dict[str, Answer]:
    """What nnlab's own decode says of codes."""
    coder = coder_of(trained.model)
    assert coder is not None
    return {RECONSTRUCTION: Answer(coder.decode(codes))}


def differences(content: bytes, name: str, rows: Array, answers: Mapping[str, Answer]) -> dict[str, float]:
    """By the name of an output how far ONNX Runtime is from nnlab, given these rows all at once, and the first alone."""
    session = _session(content)
    names = list(answers)
    together, alone = session.run(names, {name: rows}), session.run(names, {name: rows[:1]})
    return {
        name: max(
            answers[name].difference(found),
            replace(answers[name], numbers=answers[name].numbers[:1]).difference(first),
        )
        for name, found, first in zip(names, together, alone, strict=True)
    }


def _session(content: bytes) -> Any:
    runtime = required("onnxruntime")
    options = runtime.SessionOptions()
    options.log_severity_level = _ERRORS_ALONE
    return runtime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
