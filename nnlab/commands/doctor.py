"""`nnlab doctor`: what this installation is, and what is wrong with it."""

import argparse

from nnlab.commands.answer import Report, answer
from nnlab.commands.options import data_option, json_option

_UNWELL = 1


def describe(parser: argparse.ArgumentParser) -> None:
    """Tell versions, processor, BLAS, screen, folders and data, and what is wrong: a page to add to a report of a fault."""
    data_option(parser)
    json_option(parser)


def run(chosen: argparse.Namespace) -> int:
    """Look at everything; exit status 1 where something is wrong."""
    from nnlab.desktop.doctor import examine
    from nnlab.experiments.places import data_folders

    sections = examine(data_folders(chosen.data))
    problems = [problem for section in sections for problem in section.problems]
    report = {"sections": {section.title: section.facts for section in sections}, "problems": problems}
    answer(report, chosen.json, _page)
    return _UNWELL if problems else 0


def _page(report: Report) -> str:
    width = max(len(name) for facts in report["sections"].values() for name in facts)
    lines = []
    for title, facts in report["sections"].items():
        lines += [title, *(f"  {name:{width}}  {value}" for name, value in facts.items()), ""]
    problems = report["problems"]
    return "\n".join([*lines, *(f"wrong: {problem}" for problem in problems)] if problems else [*lines, "nothing is wrong"])
