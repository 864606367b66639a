"""The whole report as one HTML page: of one run, or of several beside each other."""

import time
from collections.abc import Sequence

from nnlab import __version__
from nnlab.experiments.run_report.curves import curves, swatch
from nnlab.experiments.run_report.looks import looks
from nnlab.experiments.run_report.markup import Content, Markup, element, section, together
from nnlab.experiments.run_report.reported import Reported
from nnlab.experiments.run_report.reproducing import reproducing
from nnlab.experiments.run_report.sections import (
    by_hand,
    changed_before,
    figures,
    layers,
    machine,
    settings,
    summary,
)
from nnlab.report import Report, silent
from nnlab.resources import resource
from nnlab.words import shown


def run_page(reported: Reported, before: Reported | None, report: Report = silent, axis: str = "epochs") -> str:
    """A run: what it was told, what came of it, what can be seen in it, and how to have it again."""
    return _page(
        reported.record.name or reported.heading,
        element("p", reported.heading, class_="muted"),
        summary(reported),
        figures([reported]),
        curves([reported], axis),
        changed_before(reported, before),
        by_hand(reported),
        _looked_at(reported, report),
        settings([reported]),
        layers(reported),
        machine(reported),
        reproducing(reported),
    )


def comparison_page(
    reports: Sequence[Reported], partings: Sequence[str], report: Report = silent, axis: str = "epochs"
) -> str:
    """Runs beside each other: in what they differ, and then each by itself."""
    title = f"{', '.join(f'run {reported.record.number:,}' for reported in reports)} compared"
    return _page(
        title[:1].upper() + title[1:],
        settings(reports),
        figures(reports),
        curves(reports, axis),
        section("Where they part", *(element("p", sentence) for sentence in partings)),
        *(_of_one(reported, place, report) for place, reported in enumerate(reports)),
    )


def _of_one(reported: Reported, place: int, report: Report) -> Markup:
    """A run within a comparison."""
    return element(
        "article",
        element("h2", swatch(place), reported.heading),
        summary(reported),
        by_hand(reported),
        _looked_at(reported, report),
        layers(reported),
        machine(reported),
        reproducing(reported),
    )


def _looked_at(reported: Reported, report: Report) -> Markup:
    trouble = element("p", f"Not all can be shown: {reported.problem}.".replace("..", "."), class_="trouble")
    return section(
        "What can be seen",
        trouble if reported.problem else "",
        looks(reported.run, report) if reported.run is not None else "",
    )


def _page(title: str, *content: Content) -> str:
    style = Markup(resource("report.css").read_text("utf-8"))
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="generator", content=f"nnlab {__version__}"),
        element("title", shown(title)),
        element("style", style),
    )
    written = f"Written by nnlab {__version__} on {time.strftime('%Y-%m-%d at %H:%M')}."
    body = element(
        "body",
        element("main", element("h1", shown(title, 120)), *content),
        element("footer", element("p", written, class_="muted")),
    )
    return together(Markup("<!DOCTYPE html>\n"), element("html", head, body, lang="en"), "\n")
