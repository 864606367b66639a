"""What ONNX Runtime answers, for tests to hold against nnlab."""

from typing import Any

import numpy as np
import pytest

from nnlab.models.arrays import Array

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")


def model_of(content: bytes) -> Any:
    """The file as ONNX reads it."""
    return onnx.load_from_string(content)


def run(content: bytes, rows: Array) -> dict[str, Array]:
    """By the names of the outputs what comes out for what goes in at the one door."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    names = [port.name for port in session.get_outputs()]
    return dict(zip(names, session.run(names, {session.get_inputs()[0].name: rows}), strict=True))


def shapes_of(content: bytes) -> dict[str, list[int | str]]:
    """Of every tensor that flows, by its name: its axes, a free one by its letter."""
    graph = model_of(content).graph
    return {
        value.name: [axis.dim_param or axis.dim_value for axis in value.type.tensor_type.shape.dim]
        for value in (*graph.input, *graph.value_info, *graph.output)
    }


def ops_of(content: bytes) -> list[str]:
    """The operators in the order in which they run."""
    return [node.op_type for node in model_of(content).graph.node]


def assert_close(found: Array, wanted: Array, tolerance: float = 1e-5) -> None:
    """Within a share of the largest number where that is above 1."""
    assert found.shape == wanted.shape and found.dtype == wanted.dtype
    assert np.abs(found.astype(np.float64) - wanted).max() <= tolerance * max(1, np.abs(wanted).max())
