"""`nnlab evaluate`: a saved model, measured."""

import argparse
from pathlib import Path

from nnlab.commands.answer import answer
from nnlab.commands.options import common_options


def describe(parser: argparse.ArgumentParser) -> None:
    """Measure a saved model on test examples."""
    parser.add_argument("model", type=Path, help="a model file (.safetensors)")
    parser.add_argument("--log-likelihood", action="store_true", help="an RBM's test log-likelihood in nats, by annealing")
    parser.add_argument("--dataset", help="test on this dataset, by its name or path, instead of the one it was trained on")
    common_options(parser)


def run(chosen: argparse.Namespace) -> int:
    """Measure, and tell the figures."""
    from nnlab.experiments.places import data_folders
    from nnlab.experiments.saved_evaluation import evaluate_model

    folders = data_folders(chosen.data, chosen.model.parent)
    answer(evaluate_model(chosen.model, folders, chosen.dataset, chosen.threads, chosen.log_likelihood), chosen.json)
    return 0
