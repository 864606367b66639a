"""`nnlab predict`: a file of examples in, a file of classes out."""

import argparse
from pathlib import Path

from nnlab.commands.answer import answer
from nnlab.commands.options import common_options


def describe(parser: argparse.ArgumentParser) -> None:
    """Predict the classes of a file's examples as ImageId,Label (of pictures File,Label), or their values."""
    parser.add_argument("model", type=Path, help="a model file (.safetensors)")
    parser.add_argument("inputs", type=Path, help="a CSV, .npy, .npz or IDX file, or a folder of pictures")
    parser.add_argument("--output", type=Path, required=True, metavar="OUT.csv", help="the file to write")
    common_options(parser)


def run(chosen: argparse.Namespace) -> int:
    """Predict, and tell how often each class came out."""
    from nnlab.experiments.places import data_folders
    from nnlab.experiments.prediction import predict_file

    folders = data_folders(chosen.data, chosen.model.parent)
    answer(predict_file(chosen.model, chosen.inputs, chosen.output, folders, chosen.threads), chosen.json)
    return 0
