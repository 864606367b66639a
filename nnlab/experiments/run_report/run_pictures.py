"""What can be drawn of a run as it stands: arrays of pixels with the words for who cannot see them, or none."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from nnlab.colors import CLASS_COLORS
from nnlab.datasets.split import spread
from nnlab.experiments.run_report.pictures import Pixels, colored, grey_pixels, mosaic, rgb, signed_pixels
from nnlab.models.arrays import Array
from nnlab.models.capabilities import predicting, reconstructing, sampled_machines
from nnlab.probes import START, Observer, Selection, look
from nnlab.probes.chains import ChainOptions
from nnlab.probes.magnitude import magnitude
from nnlab.probes.reconstructions import ReconstructionsOptions
from nnlab.probes.selection import PART_ADJECTIVES
from nnlab.targets import Values
from nnlab.training import TrainingRun
from nnlab.words import figure

_MOST_TILES = 256
_MOST_POINTS = 600
_RECONSTRUCTED = 16
_CHAINS, _GIBBS_STEPS = 36, 200
# Pixels of the picture for one of the boundary's, the share of a class's colour where it is sure, half a point's side.
_ZOOM, _STRONGEST, _HALF = 5, 0.45, 3


class RunPicture(NamedTuple):
    """Pixels (height, width, 3 or 4), and what they are."""

    pixels: Pixels
    words: str


def boundary_picture(run: TrainingRun) -> RunPicture | None:
    """The plane in the classes' colours, as strong as the network is sure, with points of the training examples."""
    dataset = run.data.dataset
    if not dataset.is_plane or predicting(run.model) is None or isinstance(dataset.targets, Values):
        return None
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
    return RunPicture(pixels[::-1].astype(np.uint8), "The class that the network gives every point of the plane")


def weights_picture(run: TrainingRun) -> RunPicture:
    """The first layer's."""
    found = look(run, "weights").value
    tiles = found.tiles[:_MOST_TILES]
    bound = magnitude(tiles)
    some = "" if len(tiles) == len(found.tiles) else f", the first {len(tiles):,} of {len(found.tiles):,} pictures"
    words = f"{found.layer}{some}: orange is −{figure(bound, 3)} or less, blue +{figure(bound, 3)} or more"
    return RunPicture(mosaic(signed_pixels(tiles, bound)), words)


def reconstructions_picture(run: TrainingRun) -> RunPicture | None:
    """Originals above what the model makes of them."""
    if reconstructing(run.model) is None:
        return None
    options = ReconstructionsOptions(shown=_RECONSTRUCTED)
    found = look(run, "reconstructions", replace(START, options=options)).value
    rows = [found.original, *([found.corrupted] if len(found.corrupted) else []), found.reconstruction]
    stacked = [_row(colored(grey_pixels(row.mean(axis=-1), *found.extremes))) for row in rows]
    known = found.surveyed_error[np.isfinite(found.surveyed_error)]
    names = "original, corrupted and reconstruction" if len(rows) == 3 else "original and reconstruction"
    examples = f"{PART_ADJECTIVES[found.part]} examples"
    words = f"{names} of {examples}" + (f", mean squared error {figure(known.mean())}" if len(known) else "")
    return RunPicture(np.concatenate(stacked), words)


def samples_picture(run: TrainingRun) -> RunPicture | None:
    """What the machine dreams, begun at noise."""
    if not sampled_machines(run.model):
        return None
    observer, options = Observer(), ChainOptions(chains=_CHAINS, steps=_GIBBS_STEPS, plays=True)
    # The first look is where they begin.
    found = [observer.look(run, "samples", Selection(options=replace(options, look=number))).value for number in (0, 1)][-1]
    if found.pictures is None:
        return None
    words = f"{len(found.pictures)} chains, {found.steps:,} Gibbs steps after noise"
    return RunPicture(mosaic(colored(found.pictures), 1.0), words)


RUN_PICTURES: dict[str, Callable[[TrainingRun], RunPicture | None]] = {
    "Boundary": boundary_picture,
    "Weights": weights_picture,
    "Reconstructions": reconstructions_picture,
    "Samples": samples_picture,
}


def _row(tiles: Array) -> Array:
    """Pictures (n, height, width, 3) beside each other, with white around."""
    framed = np.pad(tiles, ((0, 0), (0, 1), (0, 1), (0, 0)), constant_values=255)
    return np.concatenate(list(framed), axis=1)
