"""A run of the store as files that other programs and other people read."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nnlab.atomic_file import write_atomically
from nnlab.errors import SaveError, SettingError
from nnlab.experiments.experiment import save_experiment
from nnlab.experiments.journal.continuation import curves_of
from nnlab.experiments.journal.curve_parts import history_of
from nnlab.experiments.journal.replay import run_at
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.model_content import model_bytes
from nnlab.report import Report, silent
from nnlab.settings import nearest
from nnlab.training.history import History

_ENDINGS = (".toml", ".csv", ".safetensors")


def export_run(
    store: RunStore,
    number: int,
    path: Path,
    step: int | None = None,
    folders: Sequence[Path] = (),
    report: Report = silent,
) -> None:
    """Its experiment (.toml), its curves (.csv), or its model after some step (.safetensors), by the ending of the file."""
    record, ending = store.run(number), path.suffix.lower()
    if ending == ".toml":
        save_experiment(record.present_experiment(), path)
    elif ending == ".csv":
        write_atomically(path, _curves(history_of(store.curves(number), record.step, record.score)).encode())
    elif ending == ".safetensors":
        if step is not None and step > record.step:
            raise SettingError(f"--step {step:,}: run {number:,} ends at step {record.step:,}; give that or an earlier one")
        standing = run_at(store, record, record.step if step is None else step, folders, report)
        history = curves_of(store, record, standing.run)
        write_atomically(path, model_bytes(standing.run, standing.experiment, {}, history))
    else:
        raise SaveError(f"{path.name}: a run is exported as {', '.join(_ENDINGS)}; {nearest(ending, _ENDINGS)}")


def _curves(history: History) -> str:
    """Every step's figures and the seconds of training up to it, with those of an epoch in the row of its last step."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns, tables = history.steps, [history.epochs, *([history.energies] if len(history.energies["step"]) else [])]
    extra = {
        name: dict(zip(table["step"].values.astype(int).tolist(), column.values, strict=True))
        for table in tables
        for name, column in table.items()
        if name not in columns
    }
    writer.writerow([*columns, "seconds", *extra])
    seconds = history.seconds_after(columns["step"].values)
    for row, second in zip(np.column_stack([column.values for column in columns.values()]), seconds, strict=True):
        number = int(row[0])
        of_epoch = (ends.get(number, "") for ends in extra.values())
        writer.writerow([number, *row[1:], "" if np.isnan(second) else second, *of_epoch])
    return text.getvalue()
