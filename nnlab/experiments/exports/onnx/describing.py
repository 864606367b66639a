"""What an ONNX file says of its model besides the graph: names of classes, values and columns, and where it comes from."""

import json

from nnlab import __version__
from nnlab.datasets.files.csv_layout import CSVLayout
from nnlab.experiments.exports.trained import Trained
from nnlab.models.capabilities import predicting
from nnlab.targets import Values, class_names


def words_of(trained: Trained) -> str:
    """A sentence or two for whoever opens the file."""
    experiment, steps = trained.experiment, f"{trained.step:,} steps"
    seen = f", seen through {trained.encoder.experiment.name}" if trained.encoder is not None else ""
    return (
        f"{experiment.model.title} '{experiment.name}' after {steps} of training on {experiment.dataset.source.name}{seen}. "
        "Examples go in as the data has them: scaling is inside. The first axis, N, is free."
    )


def metadata_of(trained: Trained) -> dict[str, str]:
    """Texts by name; lists and tables are JSON.

    nnlab, experiment, model, step    classes: by the numbers that label tells    values: names and units
    columns: of a table those that go in, in this order, with their places in the file from 1
    """
    told = predicting(trained.model)
    targets = told.targets if told is not None else None
    metadata = {
        "nnlab": __version__,
        "experiment": trained.experiment.name,
        "model": trained.experiment.model.kind,
        "step": str(trained.step),
    }
    if isinstance(targets, Values):
        metadata["values"] = json.dumps({"names": targets.names, "units": targets.units})
    elif names := class_names(targets):
        metadata["classes"] = json.dumps(names)
    if (table := trained.door.schema.columns) is not None:
        layout = CSVLayout.from_table(table)
        names = layout.feature_names or ("",) * layout.features
        columns = [{"name": name, "place": place + 1} for name, place in zip(names, layout.feature_places, strict=True)]
        metadata["columns"] = json.dumps(columns)
    return metadata
