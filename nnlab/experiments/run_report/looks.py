"""What can be seen in a run after its last step: the same looks as the window's views, as pictures and tables."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from nnlab.colors import CLASS_COLORS
from nnlab.errors import CancelledError, NnlabError
from nnlab.experiments.run_report.markup import Content, Markup, element, together
from nnlab.experiments.run_report.pictures import colored, picture, rgb
from nnlab.experiments.run_report.plot import Line, plot
from nnlab.experiments.run_report.run_pictures import RUN_PICTURES
from nnlab.models.capabilities import predicting
from nnlab.probes import START, look
from nnlab.probes.predictions import PredictionsOptions
from nnlab.probes.selection import PART_ADJECTIVES
from nnlab.report import Report
from nnlab.targets import Values
from nnlab.training import TrainingRun

_MOST_CLASSES = 30
_SHOWN = 24
_SMALL = 168  # pixels of a picture among many


def looks(run: TrainingRun, report: Report) -> Markup:
    """All that fit its model and its data; one that fails is left out."""
    found = []
    for title, look_at in _LOOKS.items():
        report(f"looking: {title.lower()}", float("nan"))
        try:
            # Of a model that has just gone back from infinity some outputs may still be.
            with np.errstate(all="ignore"):
                inner = look_at(run)
        except CancelledError:
            raise
        except NnlabError:
            continue
        if inner:
            found.append(element("section", element("h3", title), inner, class_="look"))
    return together(*found)


def _confusion(run: TrainingRun) -> Markup:
    """True classes by row, what they were taken for by column."""
    names = run.data.dataset.class_names
    if predicting(run.model) is None or not 1 < len(names) <= _MOST_CLASSES:
        return Markup()
    found = look(run, "confusion").value
    shares = found.confusion / np.maximum(found.confusion.sum(axis=1, keepdims=True), 1)
    head: list[Content] = ["true \\ predicted", *names]
    rows = [
        element(
            "tr",
            element("th", name, scope="row"),
            *(
                _cell(int(count), share, row == column)
                for column, (count, share) in enumerate(zip(found.confusion[row], shares[row], strict=True))
            ),
        )
        for row, name in enumerate(names)
    ]
    top = element("thead", element("tr", *(element("th", each, scope="col") for each in head)))
    words = f"{found.confusion.sum():,} {PART_ADJECTIVES[found.part]} examples"
    return together(
        element("div", element("table", top, element("tbody", *rows), class_="confusion"), class_="wide"),
        element("p", words, class_="muted"),
    )


def _cell(count: int, share: float, is_right: bool) -> Markup:
    color = ", ".join(f"{part:.0f}" for part in rgb(CLASS_COLORS[1 if is_right else 0]))
    style = f"background:rgba({color}, {min(1.0, share) * 0.6:.2f})" if count else None
    return element("td", f"{count:,}" if count else "", style=style)


def _mistakes(run: TrainingRun) -> Markup:
    """The most confident ones, of what was held back."""
    dataset = run.data.dataset
    if predicting(run.model) is None or not dataset.class_names or not dataset.is_image:
        return Markup()
    found = look(run, "predictions", replace(START, options=PredictionsOptions(shown=_SHOWN))).value
    names = dataset.class_names
    figures = []
    for tile, pixels in enumerate(found.pictures):
        true, predicted = int(found.labels[tile]), int(found.predicted[tile])
        chance = "" if found.gives_scores else f" {found.probability[tile, predicted]:.0%}"
        words = f"{names[true]} predicted as {names[predicted]}{chance}"
        figures.append(_captioned(picture(colored(pixels), words, _SMALL), words))
    if not figures:
        return element("p", f"There is no mistake among {found.examples:,} {PART_ADJECTIVES[found.part]} examples.")
    words = f"{found.mistakes:,} mistakes among {found.examples:,} {PART_ADJECTIVES[found.part]} examples"
    return together(element("div", *figures, class_="gallery"), element("p", words, class_="muted"))


def _values(run: TrainingRun) -> Markup:
    """What was predicted against what is true, of the first value."""
    if predicting(run.model) is None or not isinstance(run.data.dataset.targets, Values):
        return Markup()
    found = look(run, "predicted_values").value
    name = found.targets.names[found.value] if found.targets.names else "value"
    ends = np.array([found.true.min(), found.true.max()])
    lines = [
        Line(ends, ends, "#6B7280", is_faint=True),
        Line(found.true, found.predicted, CLASS_COLORS[1], is_points=True),
    ]
    return plot("Predicted against true values", lines, f"{name}, true", f"{name}, predicted")


def _pictured(name: str) -> Callable[[TrainingRun], Markup]:
    """What there is of the pictures of a run by this name."""

    def look_at(run: TrainingRun) -> Markup:
        found = RUN_PICTURES[name](run)
        return Markup() if found is None else _captioned(picture(found.pixels, found.words), found.words)

    return look_at


_LOOKS: dict[str, Callable[[TrainingRun], Markup]] = {
    "Boundary": _pictured("Boundary"),
    "Weights": _pictured("Weights"),
    "Confusion": _confusion,
    "Mistakes": _mistakes,
    "Predicted values": _values,
    "Reconstructions": _pictured("Reconstructions"),
    "Samples": _pictured("Samples"),
}


def _captioned(image: Markup, words: str) -> Markup:
    return element("figure", image, element("figcaption", words))
