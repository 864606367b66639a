"""Every kind of model as a graph: raw examples in, and out of it what nnlab's own predict, encode and reconstruct say."""

import json
from dataclasses import replace

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings
from nnlab.datasets.files.schema import Schema
from nnlab.datasets.scaling import Scaling
from nnlab.datasets.value_scaling import ValueScaling
from nnlab.errors import SaveError
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.exports.onnx.encoding import onnx_bytes
from nnlab.experiments.exports.onnx.models import decoder_graph, encoder_graph, whole_graph
from nnlab.experiments.exports.trained import Trained
from nnlab.models import MLPSettings
from nnlab.models.arrays import Array
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.capabilities import coder_of, predicting
from nnlab.models.cnn import CNNSettings
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.gelu import GELU
from nnlab.models.layers.noise import Dropout
from nnlab.models.layers.parallel import Parallel
from nnlab.models.layers.pool2d import MaxPool2D
from nnlab.models.layers.residual import Residual
from nnlab.models.layers.shape import Code, Flatten
from nnlab.models.linear_svm import LinearSVMSettings
from nnlab.models.losses import MeanSquaredError
from nnlab.models.model import ModelSettings
from nnlab.models.rbm_settings import RBMSettings
from nnlab.targets import Targets, Values
from tests.models.test_models import CLASSES, MODEL_CASES, PICTURE
from tests.targets import numbered

pytestmark = pytest.mark.peers
pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
from tests.experiments.exports.onnx.runtime import assert_close, model_of, ops_of, run, shapes_of  # noqa: E402

BYTES = Scaling(np.array([1 / 255], np.float32), np.array([0], np.float32), "unit")


def trained(settings: ModelSettings, shape=PICTURE, targets: Targets = None, scaling=BYTES, dtype="uint8") -> Trained:
    """A model of these settings with parameters and buffers none of which is what it begins with."""
    model = settings.build(shape, targets or numbered(CLASSES), 1)
    rng = np.random.default_rng(5)
    model.parameters.values[...] += rng.normal(0, 0.2, model.parameters.size).astype(np.float32)
    model.buffers.values[...] = rng.uniform(0.5, 1.5, model.buffers.size)
    experiment = Experiment("A case", DatasetSettings("digits"), settings)
    return Trained(experiment, model, scaling, Schema(shape, dtype, targets=targets or numbered(CLASSES)), 7)


def pictures(shape=PICTURE, count: int = 9) -> Array:
    return np.random.default_rng(2).integers(0, 256, (count, *shape), np.uint8)


def answered(one: Trained, raw: Array, graph=whole_graph) -> dict[str, Array]:
    return run(onnx_bytes(graph(one), "a model", "", {}), raw)


@pytest.mark.parametrize("place", range(len(MODEL_CASES)), ids=lambda place: f"{MODEL_CASES[place].kind}-{place}")
def test_every_kind_of_model_answers_as_nnlab_does(place: int):
    one, raw = trained(MODEL_CASES[place]), pictures()
    found, inputs = answered(one, raw), one.fed(raw)
    if (predictor := predicting(one.model)) is not None:
        outputs = predictor.predict(inputs).copy()
        name = "probabilities" if predictor.gives_probabilities else "scores"
        assert set(found) == {name, "label"}
        assert_close(found[name], outputs)
        np.testing.assert_array_equal(found["label"], predictor.predicted(outputs))
        return
    assert set(found) == {"code", "reconstruction"}
    coder = coder_of(one.model)
    assert_close(found["code"], coder.encode(inputs))
    assert_close(found["reconstruction"], one.model.reconstruct(inputs).reshape(len(raw), *PICTURE))
    codes = coder.encode(inputs)
    assert_close(answered(one, raw, encoder_graph)["code"], codes)
    beyond = (codes * 3 - 1).astype(np.float32)
    decoded = answered(one, beyond, decoder_graph)["reconstruction"]
    assert_close(decoded, coder.decode(beyond).reshape(len(raw), *PICTURE))


def test_a_single_output_names_the_second_class_above_the_threshold():
    settings = MLPSettings((Dense(4), ReLU(), Dense(1), Sigmoid()), "binary_cross_entropy")
    one, raw = trained(settings, targets=numbered(2)), pictures()
    logits = np.log(1 / one.model.predict(one.fed(raw)) - 1)
    one.model.parameters.view("dense2.bias")[...] += np.median(logits)
    outputs, found = one.model.predict(one.fed(raw)).copy(), answered(one, raw)
    assert_close(found["probabilities"], outputs)
    assert 0 < found["label"].sum() < len(raw)
    np.testing.assert_array_equal(found["label"], one.model.predicted(outputs))
    linear = trained(MLPSettings((Dense(1),), "mean_squared_error"), targets=numbered(2))
    linear.model.parameters.values[-1] = 0.2
    np.testing.assert_array_equal(
        answered(linear, raw)["label"], linear.model.predicted(linear.model.predict(linear.fed(raw)))
    )


def test_colour_pictures_and_layers_of_layers_keep_the_public_order():
    inner = (Conv2D(4, padding="same"), BatchNorm(), GELU())
    settings = CNNSettings(
        (
            *(Conv2D(4, padding="same"), Residual((*inner, Residual((Conv2D(4, padding="1"),)))), Dropout(0.5)),
            *(Parallel(((), (Conv2D(2, kernel=1),), (MaxPool2D(1, 1),))), MaxPool2D(), Flatten(), Dense(3), Softmax()),
        )
    )
    each = Scaling(np.array([0.01, 0.02, 0.03], np.float32), np.array([-1, 0.5, 0], np.float32), "standard")
    one, raw = trained(settings, (6, 8, 3), scaling=each), pictures((6, 8, 3))
    assert_close(answered(one, raw)["probabilities"], one.model.predict(one.fed(raw)))
    content = onnx_bytes(whole_graph(one), "a model", "", {})
    # One way in, and one out before what is flat.
    assert ops_of(content).count("Transpose") == 2
    assert model_of(content).opset_import[0].version == 20


def test_values_come_out_in_the_units_of_the_data_and_large_numbers_go_in():
    values = Values(("time", "mass"), ("s", "kg"))
    factor = np.array([1e-3, 2.0, 1e-6])
    scaling = Scaling(factor, -np.array([1.7e9, 0, 3]) * factor, "standard")
    scaling = replace(scaling, values=ValueScaling(np.array([1.7e9, 0.1]), np.array([60.0, 1e-7])))
    one = trained(MLPSettings((Dense(5), ReLU(), Dense(2)), MeanSquaredError()), (3,), values, scaling, "float64")
    raw = np.array([1.7e9, 0, 3]) + np.random.default_rng(0).normal(0, 1, (20, 3)) * [1000, 0.5, 1e6]
    found = answered(one, raw)["values"]
    wanted = scaling.values.undo(one.model.predict(one.fed(raw)))
    assert found.dtype == np.float64 and np.abs((found - wanted) / scaling.values.deviation).max() < 1e-5


def test_a_latent_machine_has_its_encoder_inside():
    halves = (Conv2D(2, padding="same"), ReLU(), Flatten(), Dense(4), Code(), Dense(16), Sigmoid())
    encoder = trained(AutoencoderSettings(halves))
    codes = Scaling(np.array([1, 2, 3, 4], np.float32), np.array([0, 0, 1, 0], np.float32), "standard")
    machine = replace(trained(LinearSVMSettings(), (4,), scaling=codes, dtype="float32"), encoder=encoder)
    raw = pictures()
    scores = machine.model.predict(codes.apply(encoder.codes(raw), out=np.empty((9, 4), np.float32)))
    content = onnx_bytes(whole_graph(machine), "a model", "", {})
    assert_close(run(content, raw)["scores"], scores)
    names = {node.name for node in model_of(content).graph.node}
    assert {"encoder.conv2d1/Conv", "encoder.dense1/Gemm", "dense1/Gemm"} <= names
    assert "encoder.dense2/Gemm" not in names


def test_tied_weights_stand_in_the_file_once():
    one = trained(AutoencoderSettings((Dense(5), Code(), Dense(16), Sigmoid()), tied=True))
    numbers = {tensor.name for tensor in model_of(onnx_bytes(whole_graph(one), "a model", "", {})).graph.initializer}
    assert {name for name in numbers if name.startswith("dense")} == {"dense1.weight", "dense1.bias", "dense2.bias"}


@pytest.mark.parametrize("place", range(len(MODEL_CASES)), ids=lambda place: f"{MODEL_CASES[place].kind}-{place}")
def test_every_tensor_has_its_shape_and_the_batch_is_free(place: int):
    content = onnx_bytes(whole_graph(trained(MODEL_CASES[place])), "a model", "", {})
    shapes, graph = shapes_of(content), model_of(content).graph
    assert {output for node in graph.node for output in node.output} <= set(shapes)
    assert all(axes[0] == "N" and all(type(axis) is int and axis > 0 for axis in axes[1:]) for axes in shapes.values())
    assert len({node.name for node in graph.node}) == len(graph.node)


def test_the_file_says_what_it_is():
    one = trained(RBMSettings(hidden=5))
    content = onnx_bytes(whole_graph(one), "odd \udce4 name", "words", {"classes": json.dumps(["a", "b"])})
    model = model_of(content)
    assert (model.producer_name, model.graph.name, model.graph.doc_string) == ("nnlab", "odd ? name", "words")
    assert {entry.key: entry.value for entry in model.metadata_props} == {"classes": '["a", "b"]'}
    # Opset 13, and the format that came with it.
    assert (model.opset_import[0].version, model.ir_version) == (13, 7)


def test_a_model_that_no_file_can_hold_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nnlab.experiments.exports.onnx.encoding._MOST_BYTES", 100)
    with pytest.raises(SaveError, match=r"an ONNX file holds up to"):
        onnx_bytes(whole_graph(trained(LinearSVMSettings())), "a model", "", {})
