"""What was learned, with all that it takes to feed it: of a model file, of a run of the store, or of a run that stands."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nnlab.datasets.files.schema import Schema
from nnlab.datasets.scaling import Scaling
from nnlab.experiments.assembly import find_encoder
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.exports.target import Source
from nnlab.experiments.journal.replay import run_at
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.model_file import SavedModel, load_model
from nnlab.experiments.places import runs_folder
from nnlab.models.arrays import Array
from nnlab.models.capabilities import coder_of
from nnlab.models.model import Model
from nnlab.report import Report
from nnlab.training import TrainingRun


@dataclass(frozen=True, eq=False)
class Trained:
    """A model, how its inputs are prepared, and the encoder through which it sees the data, if it does.

    schema: how the data was read that it learned from    step: after how many updates it is so
    """

    experiment: Experiment
    model: Model
    scaling: Scaling
    schema: Schema
    step: int
    encoder: "Trained | None" = None

    @property
    def door(self) -> "Trained":
        """What raw examples come into first: the encoder, or the model itself."""
        return self.encoder or self

    def fed(self, raw: Array) -> Array:
        """Examples as they stand in the data (N, ...), as the model takes them."""
        inputs = raw if self.encoder is None else self.encoder.codes(raw)
        return self.scaling.apply(inputs, out=np.empty(inputs.shape, np.float32))

    def codes(self, raw: Array) -> Array:
        """Of raw examples the codes (N, dims), laid flat."""
        coder = coder_of(self.model)
        assert coder is not None
        return coder.encode(self.fed(raw)).reshape(len(raw), -1).astype(np.float32)


def learned(source: Source, report: Report) -> Trained:
    """A model file's, or a run's of the store after its last step."""
    dataset = source.experiment.dataset
    if source.model is not None:
        saved = load_model(source.model)
        # Where data and encoder lie may have been said anew.
        return of_file(replace(saved, experiment=replace(saved.experiment, dataset=dataset)), source.folders)
    assert source.run is not None
    store, _ = open_store(runs_folder())
    with closing(store):
        record = store.run(source.run)
        standing = run_at(store, record, record.step, source.folders, report)
    return of_run(standing.run, standing.experiment, source.folders)


def of_file(saved: SavedModel, folders: Sequence[Path]) -> Trained:
    """A model file's, with the encoder found in the folders."""
    trained = Trained(saved.experiment, saved.model, saved.scaling, saved.schema, saved.step)
    return _with_encoder(trained, folders)


def of_run(run: TrainingRun, experiment: Experiment, folders: Sequence[Path]) -> Trained:
    """A run's, as it stands."""
    data = run.data.dataset
    schema = Schema(data.example_shape, str(data.train.inputs.dtype), data.columns, data.targets, data.encoder, data.whites)
    return _with_encoder(Trained(experiment, run.model, run.data.scaling, schema, run.step), folders)


def _with_encoder(trained: Trained, folders: Sequence[Path]) -> Trained:
    name = trained.experiment.dataset.encoder
    if not name:
        return trained
    saved = load_model(find_encoder(name, folders))
    trained.schema.check_encoder(name, saved.checksum)
    return replace(trained, encoder=Trained(saved.experiment, saved.model, saved.scaling, saved.schema, saved.step))
