"""Which tensor of a file is which of the model, and how it is turned: by declaration of the layers, in every convention."""

from collections.abc import Mapping

import numpy as np
import pytest

from nnlab.errors import SettingError
from nnlab.experiments.imports.comparing import compared
from nnlab.experiments.imports.conventions import CONVENTIONS
from nnlab.experiments.imports.offered import Offered, WeightsFile
from nnlab.experiments.imports.wanted import wanted_tensors
from nnlab.models import MLPSettings
from nnlab.models.arrays import Array
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.capabilities import reconstructing
from nnlab.models.cnn import CNNSettings
from nnlab.models.layers import LAYERS
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.parallel import Parallel
from nnlab.models.layers.pool2d import MaxPool2D
from nnlab.models.layers.residual import Residual
from nnlab.models.layers.shape import Code, Flatten, Reshape
from nnlab.models.model import Model
from nnlab.models.rbm_settings import RBMSettings
from tests.targets import numbered

MLP = MLPSettings((Dense(5), BatchNorm(), ReLU(), Dense(3), Softmax()))


def file_of(tensors: Mapping[str, Array], is_safetensors: bool = True) -> WeightsFile:
    def offered(name: str, tensor: Array) -> Offered:
        return Offered(name, tensor.shape, tensor.dtype.name, lambda: tensor)

    return WeightsFile(tuple(offered(name, tensor) for name, tensor in tensors.items()), is_safetensors)


def drawn(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed + sum(shape)).normal(size=shape).astype(np.float32)


def imported(
    model: Model, shape, tensors: Mapping[str, Array], layout: str = "auto", is_safetensors=True
) -> dict[str, Array]:
    found = compared(model, shape, file_of(tensors, is_safetensors), layout)
    assert found.match.fits, [row for row in found.rows if not row.fits]
    return {pair.slot.name: pair.slot.ours(pair.offered.numbers()) for pair in found.match.pairs if pair.offered}


TORCH_MLP = {
    "0.weight": drawn(5, 4),
    "0.bias": drawn(5),
    "1.weight": drawn(5, seed=1),
    "1.bias": drawn(5, seed=2),
    "1.running_mean": drawn(5, seed=3),
    "1.running_var": drawn(5, seed=4),
    "1.num_batches_tracked": np.array(7),
    "3.weight": drawn(3, 5),
    "3.bias": drawn(3),
}


def test_every_layer_that_learns_says_what_its_tensors_are_elsewhere():
    for kind, layer in LAYERS.items():
        one = layer()
        if one.inner_layers or not one.learns:
            assert not layer.counterparts, kind
            continue
        own = {**one.parameter_shapes((8, 8, 2) if one.takes_pictures else (8,)), **one.buffer_shapes((8,))}
        for framework in {convention.framework for convention in CONVENTIONS.values()} - {""}:
            assert set(layer.counterparts[framework]) == set(own), (kind, framework)


def test_a_state_dict_is_matched_layer_by_layer_and_turned():
    found = imported(MLP.build((4,), numbered(3)), (4,), TORCH_MLP)
    np.testing.assert_array_equal(found["dense1.weight"], TORCH_MLP["0.weight"].T)
    np.testing.assert_array_equal(found["batch_norm1.scale"], TORCH_MLP["1.weight"])
    np.testing.assert_array_equal(found["batch_norm1.variance"], TORCH_MLP["1.running_var"])
    np.testing.assert_array_equal(found["dense2.weight"], TORCH_MLP["3.weight"].T)


def test_names_of_a_persons_own_and_a_common_beginning_change_nothing():
    own = {"0": "module.net.fc1", "1": "module.net.norm", "3": "module.net.out"}
    renamed = {f"{own[name[0]]}{name[1:]}": tensor for name, tensor in TORCH_MLP.items()}
    assert set(imported(MLP.build((4,), numbered(3)), (4,), renamed)) == set(
        imported(MLP.build((4,), numbered(3)), (4,), TORCH_MLP)
    )


def test_keras_arrays_come_by_name_or_in_order():
    model = MLP.build((4,), numbered(3))
    named = {
        "dense/kernel": drawn(4, 5),
        "dense/bias": drawn(5),
        "batch_normalization/gamma": drawn(5, seed=1),
        "batch_normalization/beta": drawn(5, seed=2),
        "batch_normalization/moving_mean": drawn(5, seed=3),
        "batch_normalization/moving_variance": drawn(5, seed=4),
        "dense_1/kernel": drawn(5, 3),
        "dense_1/bias": drawn(3),
    }
    by_name = imported(model, (4,), named, is_safetensors=False)
    np.testing.assert_array_equal(by_name["dense1.weight"], named["dense/kernel"])
    np.testing.assert_array_equal(by_name["batch_norm1.mean"], named["batch_normalization/moving_mean"])
    in_order = {f"arr_{place}": tensor for place, tensor in enumerate(named.values())}
    for name, tensor in imported(model, (4,), in_order, is_safetensors=False).items():
        np.testing.assert_array_equal(tensor, by_name[name], err_msg=name)


def test_a_bias_that_a_layer_does_not_have_is_zero():
    model = MLPSettings((Dense(5), ReLU(), Dense(3), Softmax())).build((4,), numbered(3))
    found = compared(model, (4,), file_of({"a.weight": drawn(5, 4), "b.weight": drawn(3, 5), "b.bias": drawn(3)}))
    assert found.match.fits
    rows = {row.own: row for row in found.rows}
    assert rows["dense1.bias"].words == "not in the file: 0" and rows["dense2.bias"].file == "b.bias"


def test_what_does_not_fit_stands_beside_what_fits_nothing():
    tensors = {**TORCH_MLP, "3.weight": drawn(4, 5), "3.bias": drawn(4), "7.weight": drawn(9, 9)}
    found = compared(MLP.build((4,), numbered(3)), (4,), file_of(tensors))
    assert not found.match.fits and found.layout == "torch"
    wrong = [(row.own, row.own_shape, row.file, row.file_shape, row.words) for row in found.rows if not row.fits]
    assert wrong == [
        ("dense2.weight", "5 x 3", "3.weight", "4 x 5", "expected 3 x 5"),
        ("dense2.bias", "3", "3.bias", "4", "expected 3"),
        ("", "", "7.weight", "9 x 9", "not in the model"),
    ]


def test_what_only_lies_beside_what_is_left_is_not_imported_though_its_shape_would_fit():
    """A layer of the file that lacks its running figures is none of the model's."""
    tensors = {name: tensor for name, tensor in TORCH_MLP.items() if "running" not in name}
    found = compared(MLP.build((4,), numbered(3)), (4,), file_of(tensors))
    assert not found.match.fits
    rows = {row.own: (row.file, row.fits, row.words) for row in found.rows}
    assert rows["batch_norm1.mean"] == ("", False, "not in the file")
    assert rows["dense1.weight"] == ("0.weight", True, "turned")
    assert not rows["batch_norm1.scale"][1]


def test_square_matrices_that_fit_both_ways_are_told_and_can_be_said():
    model = MLPSettings((Dense(4), ReLU(), Dense(4), Softmax())).build((4,), numbered(4))
    tensors = {"a": drawn(4, 4), "b": drawn(4), "c": drawn(4, 4, seed=1), "d": drawn(4, seed=1)}
    assert "as nnlab has them the shapes would fit, too" in compared(model, (4,), file_of(tensors)).caution
    as_torch, as_nnlab = (imported(model, (4,), tensors, layout) for layout in ("torch", "nnlab"))
    np.testing.assert_array_equal(as_torch["dense1.weight"], as_nnlab["dense1.weight"].T)
    with pytest.raises(SettingError, match="layout: 'torh' is not known; did you mean 'torch'"):
        compared(model, (4,), file_of(tensors), "torh")


def test_an_encoder_comes_before_its_decoder_whatever_their_names():
    layers = (Dense(4), ReLU(), Dense(4), Code(), Dense(4), ReLU(), Dense(4), Sigmoid())
    model = AutoencoderSettings(layers).build((4,), None)
    names = ["decoder.0", "decoder.2", "encoder.0", "encoder.2"]
    from nnlab.experiments.imports.safetensors_weights import natural

    ordered = sorted((f"{name}.{own}" for name in names for own in ("weight", "bias")), key=natural)
    tensors = {
        name: drawn(4, 4, seed=place) if "weight" in name else drawn(4, seed=place) for place, name in enumerate(ordered)
    }
    found = imported(model, (4,), tensors)
    np.testing.assert_array_equal(found["dense1.weight"], tensors["encoder.0.weight"].T)
    np.testing.assert_array_equal(found["dense3.weight"], tensors["decoder.0.weight"].T)


def test_a_machine_takes_its_tensors_either_way_round():
    model = RBMSettings(hidden=3).build((5,), None)
    theirs = {"W": drawn(3, 5), "v_bias": drawn(5), "h_bias": drawn(3)}
    found = imported(model, (5,), theirs)
    np.testing.assert_array_equal(found["rbm.weight"], theirs["W"].T)
    np.testing.assert_array_equal(found["rbm.hidden_bias"], theirs["h_bias"])
    ours = imported(model, (5,), {"W": drawn(5, 3), "a": drawn(5), "b": drawn(3)}, is_safetensors=False)
    np.testing.assert_array_equal(ours["rbm.weight"], drawn(5, 3))


# What comes after a picture laid flat, before one is made, and around it.
FLAT_CASES = {
    "dense behind flatten": CNNSettings((Conv2D(3), MaxPool2D(), Flatten(), Dense(3), Softmax())),
    "normalised between": CNNSettings((Conv2D(3), Flatten(), BatchNorm(), ReLU(), Dense(4), Dense(3), Softmax())),
    "colour laid flat at the door": MLPSettings((Dense(5), ReLU(), Dense(3), Softmax())),
    "a way around": CNNSettings((Conv2D(2), Flatten(), Residual((Dense(6), ReLU(), Dense(32))), Dense(3), Softmax())),
    "side by side": CNNSettings((Conv2D(2), Parallel(((Flatten(),), (MaxPool2D(), Flatten()))), Dense(3), Softmax())),
    "a picture made": AutoencoderSettings(
        (Conv2D(2), Flatten(), Dense(4), Code(), Dense(32), BatchNorm(), ReLU(), Reshape((4, 4, 2)), Conv2D(3, padding="2"))
    ),
    "given back flat": AutoencoderSettings((Dense(5), Code(), Dense(108), Sigmoid())),
}


@pytest.mark.peers
@pytest.mark.parametrize("name", FLAT_CASES)
def test_pictures_laid_flat_go_channel_by_channel_in_pytorch(name: str):
    """A model of PyTorch's own layers, built by hand of the same layers, answers as nnlab does with its weights."""
    from tests.experiments.imports.plain_torch import plain_model, torch

    settings, shape = FLAT_CASES[name], (6, 6, 3)
    model = settings.build(shape, numbered(3), 1)
    theirs = plain_model(model, shape).eval()
    generator = torch.Generator().manual_seed(4)
    state = {
        key: (0.5 + torch.rand(tensor.shape, generator=generator)) * 0.2 if tensor.is_floating_point() else tensor
        for key, tensor in theirs.state_dict().items()
    }
    theirs.load_state_dict(state)
    found = imported(model, shape, {key: tensor.numpy() for key, tensor in state.items()}, "torch")
    for key, tensor in found.items():
        holder = model.parameters if key in model.parameters.shapes else model.buffers
        holder.view(key)[...] = tensor
    x = np.random.default_rng(1).random((5, *shape)).astype(np.float32)
    with torch.no_grad():
        y = theirs(torch.from_numpy(x).permute(0, 3, 1, 2).contiguous()).numpy()
    outputs = model.predict(x)
    if reconstructing(model) is not None:
        y, outputs = y.reshape(5, 3, 6, 6).transpose(0, 2, 3, 1), outputs.reshape(5, *shape)
    np.testing.assert_allclose(outputs, y, atol=2e-5)
    otherwise = imported(model, shape, {key: tensor.numpy() for key, tensor in state.items()}, "torch-channels-last")
    assert any(not np.array_equal(found[key], otherwise[key]) for key in found)
    for slot in (slot for layer in wanted_tensors(model, shape, CONVENTIONS["torch"]) for slot in layer.slots):
        np.testing.assert_array_equal(slot.theirs(slot.ours(state_of(state, found, slot))), state_of(state, found, slot))


def state_of(state, found, slot) -> Array:
    """Their tensor of a slot, found again by its turned numbers."""
    return next(
        tensor.numpy()
        for tensor in state.values()
        if tuple(tensor.shape) == slot.shape_there and np.array_equal(slot.ours(tensor.numpy()), found[slot.name])
    )
