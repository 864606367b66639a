"""`nnlab doctor`: what this installation is, and what is wrong with it."""

import argparse

from nnlab.commands.answer import answer
from nnlab.commands.options import data_option, json_option

_UNWELL = 1


def describe(parser: argparse.ArgumentParser) -> None:
    """Tell versions, processor, BLAS, screen, folders and data, and what is wrong: a page to add to a report of a fault."""
    data_option(parser)
    json_option(parser)


def run(chosen: argparse.Namespace) -> int:
    """Look at everything; exit status 1 where something is wrong."""
    from nnlab.desktop.doctor import examine, page_of, problems_of
    from nnlab.experiments.places import data_folders

    sections = examine(data_folders(chosen.data))
    problems = problems_of(sections)
    report = {"sections": {section.title: section.facts for section in sections}, "problems": problems}
    answer(report, chosen.json, lambda _: page_of(sections))
    return _UNWELL if problems else 0
