"""Training: settings, the loop, what it reports, and the probes that look into a model while it learns."""

from nnlab.training.data import TrainingData, prepare_data
from nnlab.training.epoch_end import EpochEnd
from nnlab.training.evaluation import Evaluation, evaluate
from nnlab.training.loop import TrainingRun, train
from nnlab.training.settings import TrainingSettings
from nnlab.training.step import Step

__all__ = [
    "EpochEnd",
    "Evaluation",
    "Step",
    "TrainingData",
    "TrainingRun",
    "TrainingSettings",
    "evaluate",
    "prepare_data",
    "train",
]
