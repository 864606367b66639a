"""Options that commands share."""

import argparse
from pathlib import Path

from nnlab.terminal import whole


def common_options(parser: argparse.ArgumentParser) -> None:
    """Where the data lies, how many threads, and in which form to answer."""
    data_option(parser)
    parser.add_argument("--threads", type=whole(0), default=0, help="threads of the engine (default: all cores)")
    json_option(parser)


def helpers_option(parser: argparse.ArgumentParser) -> None:
    """How many processes train."""
    text = "processes that share every batch, this one among them (default: as many as pay, 1 where --threads is given)"
    parser.add_argument("--helpers", type=whole(0), default=0, metavar="N", help=text)


def data_option(parser: argparse.ArgumentParser, default: Path | str | None = None) -> None:
    """Where the data lies."""
    text = "a folder that holds mnist/, fashion-mnist/ (or set NNLAB_DATA)"
    parser.add_argument("--data", type=Path, default=default, metavar="DIR", help=text)


def json_option(parser: argparse.ArgumentParser, default: bool | str = False) -> None:
    """An answer for programs."""
    parser.add_argument("--json", action="store_true", default=default, help="print one JSON object and nothing else")
