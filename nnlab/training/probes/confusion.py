"""Which classes are taken for which."""

from dataclasses import dataclass

from nnlab.models.arrays import Array
from nnlab.training.evaluation import evaluate
from nnlab.training.loop import TrainingRun
from nnlab.training.probes.selection import Selection


@dataclass(frozen=True)
class ConfusionPicture:
    """The confusion matrix of the validation examples at the end of the last epoch, true class by row."""

    epoch: int
    confusion: Array
    class_names: tuple[str, ...]
    is_restored: bool = False  # whether these are the parameters of an epoch that were put back at the end


def probe_confusion(run: TrainingRun, selection: Selection) -> ConfusionPicture:
    """The last evaluation's matrix; before the first epoch ends, the untrained model is evaluated once."""
    names = run.data.dataset.class_names
    if run.evaluation is None:
        run.evaluation = evaluate(run.model, run.data.learning, run.data.split.validation, len(names))
    return ConfusionPicture(run.kept_epoch or run.epoch, run.evaluation.confusion.copy(), names, run.kept_epoch > 0)
