"""From an experiment to something that can be stepped."""

import math
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nnlab.datasets import Dataset, DatasetSettings, load_dataset
from nnlab.datasets.array_settings import ArraySettings
from nnlab.datasets.encoded import seen_through
from nnlab.datasets.files import FileSource
from nnlab.datasets.files.schema import Schema
from nnlab.datasets.loading import request_of
from nnlab.datasets.preparation import prepared
from nnlab.datasets.words import shown, shown_path, whole_path
from nnlab.errors import DatasetError, MissingEncoderError, ShapeError
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.fit import check_fit
from nnlab.experiments.model_file import SavedModel, load_model
from nnlab.experiments.places import cache_folder
from nnlab.models.capabilities import coder_of
from nnlab.models.layers.base import shape_text
from nnlab.models.model import Model
from nnlab.regular_file import is_there
from nnlab.report import Report, silent
from nnlab.resources import example_files
from nnlab.training import TrainingRun, prepare_data


def assemble(experiment: Experiment, folders: Sequence[Path], dataset: Dataset | None = None) -> TrainingRun:
    """Load the data (or take what is already loaded), build the model, and stand before the first step."""
    dataset = dataset or load_data(experiment.dataset, folders)
    data = prepare_data(dataset, experiment.dataset)
    return TrainingRun(build_model(experiment, dataset), data, experiment.training)


def load_data(
    settings: ArraySettings, folders: Sequence[Path], report: Report = silent, schema: Schema | None = None
) -> Dataset:
    """The dataset that the settings name, seen through their encoder where they name one.

    With a schema, a file is read as the data was that a model learned from.
    """
    try:
        if not settings.encoder:
            return _prepared(settings, folders, report, schema)
        return _encoded(settings, folders, report, schema)
    except MemoryError:
        raise DatasetError(
            "there is not enough memory for this data; close other programs, or set dataset.examples"
        ) from None


class LoadedData:
    """The data that was loaded last: who trains several experiments in a row loads once what they have in common."""

    def __init__(self) -> None:
        self._settings: ArraySettings | None = None
        self._dataset: Dataset | None = None
        # Trials of a cluster's worker may be trained side by side.
        self._lock = threading.Lock()

    def of(self, settings: DatasetSettings, folders: Sequence[Path], report: Report = silent) -> Dataset:
        """The data of an experiment; `report` is called only where it is to be loaded."""
        with self._lock:
            if self._dataset is None or self._settings != settings.arrays:
                self._settings, self._dataset = None, None
                report("loading the data", math.nan)
                self._dataset = load_data(settings, folders, report)
                self._settings = settings.arrays
            return self._dataset

    def forget(self) -> None:
        """Let go of it."""
        with self._lock:
            self._settings, self._dataset = None, None


def _prepared(settings: ArraySettings, folders: Sequence[Path], report: Report, schema: Schema | None) -> Dataset:
    source = settings.source
    if isinstance(source, FileSource) and schema is not None:
        dataset = source.load(request_of(settings, folders, report, cache_folder()), schema)
    else:
        dataset = load_dataset(settings, folders, report, cache_folder())
    return prepared(dataset, settings, report, cache_folder())


def _encoded(settings: ArraySettings, folders: Sequence[Path], report: Report, schema: Schema | None) -> Dataset:
    saved = load_model(find_encoder(settings.encoder, folders))
    if schema is not None:
        schema.check_encoder(settings.encoder, saved.checksum)
    coder = coder_of(saved.model)
    if coder is None:
        raise DatasetError(
            f"dataset.encoder: {settings.encoder} holds a model of kind {saved.experiment.model.kind}, "
            "expected an autoencoder, deep_belief or rbm"
        )
    # What the file holds is what the encoder sees; the classes are those of the model behind it.
    raw = replace(saved.schema, targets=schema.targets) if schema is not None else None
    dataset = _prepared(settings, folders, report, raw)
    if dataset.example_shape != saved.example_shape:
        raise DatasetError(_misfit(settings.encoder, saved, dataset))
    codes = seen_through(dataset, coder.encode, saved.scaling, saved.experiment.name)
    return replace(codes, encoder=saved.checksum)


def build_model(experiment: Experiment, dataset: Dataset) -> Model:
    """The experiment's model for this data; an error says which data it does not fit."""
    try:
        check_fit(experiment, dataset)
        return experiment.model.build(dataset.example_shape, dataset.targets, experiment.training.seed)
    except ShapeError as error:
        raise ShapeError(f"model on {dataset.title} ({shape_text(dataset.example_shape)}): {error}") from None


def find_encoder(name: str, folders: Sequence[Path]) -> Path:
    """The model file that dataset.encoder names: as it stands, or in one of the folders."""
    if not Path(name).name:
        # "." and "/" alone.
        raise DatasetError(f"dataset.encoder: '{shown(name)}' is a folder; give the path of an autoencoder's file")
    places = [Path(name), *(folder / name for folder in folders)]
    try:
        found = next((place for place in places if place.is_file()), None)
    except (OSError, ValueError):
        raise DatasetError(f"dataset.encoder: '{shown(name)}' is no file name") from None
    if found is None:
        looked = ", ".join(whole_path(place.parent) for place in places)
        recipe = _recipe(Path(name), places)
        how = f"train it first (nnlab train {shown_path(str(recipe))})" if recipe else "train an autoencoder"
        sentence = f"dataset.encoder: {shown_path(name)} was not found (looked in {looked}); {how}, or give the file's path"
        raise MissingEncoderError(name, recipe, sentence)
    return found


def _recipe(name: Path, places: Sequence[Path]) -> Path | None:
    """The experiment that trains the encoder of this name: a model is saved under the name of its experiment's file."""
    wanted = name.with_suffix(".toml").name
    beside = (place.parent / wanted for place in places)
    shipped = (path for path in example_files() if path.name == wanted)
    return next((path for path in (*beside, *shipped) if is_there(path)), None)


def _misfit(name: str, saved: SavedModel, dataset: Dataset) -> str:
    return (
        f"dataset.encoder: {name} encodes examples of {shape_text(saved.example_shape)}, "
        f"but {dataset.title} has {shape_text(dataset.example_shape)}; choose the data it was trained on"
    )
