"""From the word that names it to what is exported: an experiment file, a model file, or the number of a run."""

from collections.abc import Callable, Sequence
from pathlib import Path

from nnlab.errors import ExperimentError, NotTomlError, SettingError
from nnlab.experiments.experiment import load_experiment, with_settings
from nnlab.experiments.exports import Export, Source
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.model_file import load_model
from nnlab.words import shown


def found_source(word: str, folders: Sequence[Path], assignments: Sequence[str], opened: Callable[[], RunStore]) -> Source:
    """Read it; `opened` opens the store of runs, where a run is meant."""
    if word.isdecimal():
        number = int(word)
        store = opened()
        return Source(with_settings(store.run(number).first_experiment(), list(assignments)), tuple(folders), run=number)
    path = Path(word)
    if path.suffix == ".safetensors":
        experiment = load_model(path).experiment
        return Source(with_settings(experiment, list(assignments)), (*folders, path.parent), model=path)
    try:
        experiment = load_experiment(path)
    except NotTomlError:
        if path.suffix.lower() == ".toml":
            raise
        expected = "an experiment (.toml), a model (.safetensors) or the number of a run"
        raise ExperimentError(f"{path.name}: expected {expected}; train one on data first, and export that") from None
    return Source(with_settings(experiment, list(assignments)), (*folders, path.parent))


def check_takes(source: Source, target: str, export: Export, assignments: Sequence[str] = ()) -> None:
    """That there is something learned to export where that is what is exported, and no wish to have it otherwise."""
    if export.needs_model and source.model is None and source.run is None:
        raise ExperimentError(
            f"--to {target}: an experiment has learned nothing yet; give a model (.safetensors) or the number of a run"
        )
    # Where the data of a model lies may have changed since.
    learned = [text for text in assignments if source.model is None or not text.startswith("dataset.")]
    if export.needs_model and learned:
        raise SettingError(
            f"--set {shown(learned[0])}: --to {target} writes what was learned, which no setting changes; leave it out"
        )
