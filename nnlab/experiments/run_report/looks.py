"""What can be seen in a run after its last step: the same looks as the window's views, as pictures and tables."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from nnlab.colors import CLASS_COLORS
from nnlab.datasets.split import spread
from nnlab.errors import CancelledError, NnlabError
from nnlab.experiments.run_report.markup import Content, Markup, element, together
from nnlab.experiments.run_report.pictures import grey_pixels, mosaic, picture, rgb, signed_pixels
from nnlab.experiments.run_report.plot import Line, plot
from nnlab.models.arrays import Array
from nnlab.models.capabilities import predicting, reconstructing, sampled_machines
from nnlab.probes import Observer, Selection, look
from nnlab.probes.chains import ChainOptions
from nnlab.probes.predictions import PredictionsOptions
from nnlab.probes.reconstructions import ReconstructionsOptions
from nnlab.report import Report
from nnlab.targets import Values
from nnlab.training import TrainingRun

_MOST_TILES = 256
_MOST_CLASSES = 30
_MOST_POINTS = 600
_SHOWN = 24
_SMALL = 168  # pixels of a picture among many
_RECONSTRUCTED = 16
_CHAINS, _GIBBS_STEPS = 36, 200
_COVERED_PERCENT = 99.5
# Pixels of the picture for one of the boundary's, the share of a class's colour where it is sure, half a point's side.
_ZOOM, _STRONGEST, _HALF = 5, 0.45, 3


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


def _boundary(run: TrainingRun) -> Markup:
    """The plane in the classes' colours, as strong as the network is sure, with points of the training examples."""
    dataset = run.data.dataset
    if not dataset.is_plane or predicting(run.model) is None or isinstance(dataset.targets, Values):
        return Markup()
    field = look(run, "boundary").value
    probability = np.nan_to_num(field.probability)
    colors = np.array([rgb(CLASS_COLORS[label % len(CLASS_COLORS)]) for label in range(probability.shape[2])])
    strength = probability.max(axis=2, keepdims=True)
    # Paler than the points.
    share = _STRONGEST * strength
    mixed = (probability @ colors) * share + 255 * (1 - share)
    learning = run.data.learning.examples
    index = spread(run.data.split.train, _MOST_POINTS)
    left, right, bottom, top = field.extent
    places = np.clip((learning.inputs[index] - (left, bottom)) / (right - left, top - bottom), 0, 1) * (len(mixed) - 1)
    pixels = np.repeat(np.repeat(mixed, _ZOOM, axis=0), _ZOOM, axis=1)
    for (across, up), label in zip(np.round(places * _ZOOM).astype(int), learning.labels[index], strict=True):
        for half, color in ((_HALF + 1, 255), (_HALF, colors[label])):
            pixels[max(up - half, 0) : up + half, max(across - half, 0) : across + half] = color
    return picture(pixels[::-1].astype(np.uint8), "The class that the network gives every point of the plane")


def _weights(run: TrainingRun) -> Markup:
    """The first layer's."""
    found = look(run, "weights").value
    tiles = found.tiles[:_MOST_TILES]
    finite = np.abs(tiles[np.isfinite(tiles)])
    bound = float(np.percentile(finite, _COVERED_PERCENT)) if finite.size else 0.0
    some = "" if len(tiles) == len(found.tiles) else f", the first {len(tiles):,} of {len(found.tiles):,} pictures"
    words = f"{found.layer}{some}: orange is −{bound:.3g} or less, blue +{bound:.3g} or more"
    return _captioned(picture(mosaic(signed_pixels(tiles, bound)), words), words)


def _confusion(run: TrainingRun) -> Markup:
    """True classes by row, what they were taken for by column."""
    names = run.data.dataset.class_names
    if predicting(run.model) is None or not 1 < len(names) <= _MOST_CLASSES:
        return Markup()
    found = look(run, "confusion").value
    shares = found.confusion / np.maximum(found.confusion.sum(axis=1, keepdims=True), 1)
    head: list[Content] = ["is \\ called", *names]
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
    words = f"{found.confusion.sum():,} {found.part} examples"
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
    part = "validation" if len(run.data.split.validation) else "test"
    found = look(run, "predictions", Selection(part=part, options=PredictionsOptions(shown=_SHOWN))).value
    names = dataset.class_names
    figures = []
    for tile, pixels in enumerate(found.pictures):
        true, predicted = int(found.labels[tile]), int(found.predicted[tile])
        chance = "" if found.gives_scores else f" {found.probability[tile, predicted]:.0%}"
        words = f"is {names[true]}, called {names[predicted]}{chance}"
        figures.append(_captioned(picture(_colored(pixels), words, _SMALL), words))
    if not figures:
        return element("p", f"There is no mistake among {found.examples:,} {found.part} examples.")
    words = f"{found.mistakes:,} mistakes among {found.examples:,} {found.part} examples"
    return together(element("div", *figures, class_="gallery"), element("p", words, class_="muted"))


def _reconstructions(run: TrainingRun) -> Markup:
    """Originals above what the model makes of them."""
    if reconstructing(run.model) is None:
        return Markup()
    part = "validation" if len(run.data.split.validation) else "test"
    options = ReconstructionsOptions(shown=_RECONSTRUCTED)
    found = look(run, "reconstructions", Selection(part=part, options=options)).value
    rows = [found.original, *([found.corrupted] if len(found.corrupted) else []), found.reconstruction]
    stacked = [_row(_colored(grey_pixels(row.mean(axis=-1), *found.extremes))) for row in rows]
    known = found.surveyed_error[np.isfinite(found.surveyed_error)]
    names = "original, corrupted and reconstruction" if len(rows) == 3 else "original and reconstruction"
    words = f"{names} of {found.part} examples" + (f", mean squared error {known.mean():.4g}" if len(known) else "")
    return _captioned(picture(np.concatenate(stacked), words), words)


def _samples(run: TrainingRun) -> Markup:
    """What the machine dreams, begun at noise."""
    if not sampled_machines(run.model):
        return Markup()
    observer, options = Observer(), ChainOptions(chains=_CHAINS, steps=_GIBBS_STEPS, plays=True)
    # The first look is where they begin.
    found = [observer.look(run, "samples", Selection(options=replace(options, look=number))).value for number in (0, 1)][-1]
    if found.pictures is None:
        return Markup()
    words = f"{len(found.pictures)} chains, {found.steps:,} Gibbs steps after noise"
    return _captioned(picture(mosaic(_colored(found.pictures), 1.0), words), words)


def _values(run: TrainingRun) -> Markup:
    """What was predicted against what is true, of the first value."""
    if predicting(run.model) is None or not isinstance(run.data.dataset.targets, Values):
        return Markup()
    found = look(run, "predicted_values", Selection(part="validation")).value
    name = found.targets.names[found.value] if found.targets.names else "value"
    ends = np.array([found.true.min(), found.true.max()])
    lines = [
        Line(ends, ends, "#6B7280", is_faint=True),
        Line(found.true, found.predicted, CLASS_COLORS[1], is_points=True),
    ]
    return plot("Predicted against true values", lines, f"{name}, true", f"{name}, predicted")


_LOOKS: dict[str, Callable[[TrainingRun], Markup]] = {
    "Boundary": _boundary,
    "Weights": _weights,
    "Confusion": _confusion,
    "Mistakes": _mistakes,
    "Predicted values": _values,
    "Reconstructions": _reconstructions,
    "Samples": _samples,
}


def _captioned(image: Markup, words: str) -> Markup:
    return element("figure", image, element("figcaption", words))


def _row(tiles: Array) -> Array:
    """Pictures (n, height, width, 3) beside each other, with white around."""
    framed = np.pad(tiles, ((0, 0), (0, 1), (0, 1), (0, 0)), constant_values=255)
    return np.concatenate(list(framed), axis=1)


def _colored(pixels: Array) -> Array:
    """Of one channel three."""
    return pixels if pixels.shape[-1] == 3 else pixels[..., :1].repeat(3, axis=-1)
