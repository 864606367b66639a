"""The engine, in pure NumPy: no Qt, no files, no clock, no printing. MODELS has one row per kind of model."""

from collections.abc import Mapping
from typing import Any

from nnlab.errors import SettingError
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.cnn import CNNSettings
from nnlab.models.deep_belief import DeepBeliefSettings
from nnlab.models.layers import layer_from_table, listed_layers
from nnlab.models.linear_svm import LinearSVMSettings
from nnlab.models.mlp import MLPSettings
from nnlab.models.model import Model, ModelSettings, check_layer_count
from nnlab.models.rbm_settings import RBMSettings
from nnlab.settings import nearest
from nnlab.words import shown_value

MODELS: dict[str, type[ModelSettings]] = {
    settings.kind: settings
    for settings in (MLPSettings, CNNSettings, AutoencoderSettings, RBMSettings, DeepBeliefSettings, LinearSVMSettings)
}

__all__ = ["MODELS", "MLPSettings", "Model", "ModelSettings", "model_from_table"]


def model_from_table(table: Mapping[str, Any]) -> ModelSettings:
    """Model settings from the [model] table of an experiment file."""
    plain = dict(table)
    kind = plain.pop("kind", "mlp")
    if not isinstance(kind, str) or kind not in MODELS:
        raise SettingError(f"model.kind: {shown_value(kind)} is not known; {nearest(str(kind), MODELS)}")
    if "layers" in plain:
        entries = plain["layers"]
        if not isinstance(entries, list | tuple):
            raise SettingError('model.layers: expected a list of layers, e.g. [{ kind = "dense", units = 64 }, "relu"]')
        check_layer_count(listed_layers(entries))
        plain["layers"] = tuple(layer_from_table(entry, f"model.layers.{number}") for number, entry in enumerate(entries))
    return MODELS[kind].from_table(plain)
