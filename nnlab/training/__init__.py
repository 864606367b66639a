"""Training: settings, the data as a model sees it, the loop, and what is found out at the end of an epoch."""

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
