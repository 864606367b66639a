"""Makes the pictures of the gallery: trains an example, and draws what it has become.

    python benchmarks/pictures.py [NAME ...] [--data DIR]

Without names all are made anew. Each is trained as its file says, or for as long as its row here says where that would take
minutes, and drawn by what nnlab itself looks with. The files go to resources/examples/pictures.
"""

import argparse
import io
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from gallery_drawing import SIZE, boundary, codes, confusion, curves, function, heat, paved
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

PICTURES = ROOT / "resources" / "examples" / "pictures"
MOST_BYTES = 15_000
_SHADES = 5  # of either sign


@dataclass(frozen=True)
class Trained:
    """A run as it stands at its end, and the curves to there: rows of (step, loss) and of (step, validation loss)."""

    run: Any
    losses: np.ndarray
    validation: np.ndarray

    @property
    def score(self) -> float:
        """Of the validation examples, at the end."""
        found = self.run.evaluation
        return float(found.score) if found is not None else float("nan")


def trained(experiment: Any, folders: list[Path]) -> Trained:
    """After its last step."""
    from nnlab.experiments.assembly import assemble

    run = assemble(experiment, folders)
    losses, validation = [], []
    for step in run:
        losses.append((step.number, step.loss))
        if step.epoch_end is not None and step.epoch_end.validation is not None:
            validation.append((step.number, step.epoch_end.validation.loss))
    return Trained(run, np.array(losses), np.array(validation).reshape(-1, 2))


def weights_of(found: Trained) -> Image.Image:
    """What each unit of the first layer answers to."""
    from nnlab.experiments.run_report.pictures import signed_pixels
    from nnlab.probes import look

    tiles = look(found.run, "weights").value.tiles
    finite = np.abs(tiles[np.isfinite(tiles)])
    # Few shades, so that the file is small.
    shares = np.round(_SHADES * np.clip(tiles / np.percentile(finite, 99.5), -1, 1)) / _SHADES
    return paved(signed_pixels(shares, 1.0))


def maps_of(found: Trained) -> Image.Image:
    """What the last layer that makes maps makes of an example."""
    from nnlab.experiments.run_report.pictures import grey_pixels
    from nnlab.probes import Selection, look

    # Of some examples the one with the most ink.
    inputs, _ = found.run.data.learning.gather(found.run.data.split.validation[:50])
    example = int(inputs.reshape(len(inputs), -1).mean(axis=1).argmax())
    rows = look(found.run, "feature_maps", Selection(part="validation", example=example)).value.rows
    tiles = next(row.tiles for row in rows if row.what == "after")
    tiles = tiles[tiles.max(axis=(1, 2)) > 0]
    return paved(grey_pixels(tiles, 0.0, float(np.percentile(tiles, 99.5))))


def reconstructions_of(found: Trained) -> Image.Image:
    """Originals, what was made of them before, and what the network draws."""
    from nnlab.experiments.run_report.pictures import colored, grey_pixels
    from nnlab.probes import Selection, look
    from nnlab.probes.reconstructions import ReconstructionsOptions

    selection = Selection(part="validation", options=ReconstructionsOptions(shown=14))
    seen = look(found.run, "reconstructions", selection).value
    rows = [seen.original, *([seen.corrupted] if len(seen.corrupted) else []), seen.reconstruction]
    pictures = [colored(grey_pixels(row.mean(axis=-1), *seen.extremes)) for row in rows]
    if len(pictures) == 2:
        pictures = [pictures[0][:7], pictures[1][:7], pictures[0][7:], pictures[1][7:]]
    else:
        pictures = [row[:5] for row in pictures]
    return paved(np.concatenate(pictures), columns=len(pictures[0]))


def fooled_of(found: Trained) -> Image.Image:
    """Digits, and below each of them what the network is sure to be the next class."""
    from nnlab.datasets.drawing import Drawing
    from nnlab.experiments.run_report.pictures import colored
    from nnlab.probes.analyses.fooling import fool
    from nnlab.report import silent

    test = found.run.data.dataset.test
    rows = [test.inputs[:7], test.inputs[7:14]]
    fooled = [
        np.array([fool(found.run, Drawing(test.inputs[at]), int(test.labels[at] + 1) % 10, silent).pixels for at in places])
        for places in (range(7), range(7, 14))
    ]
    return paved(colored(np.concatenate([rows[0], fooled[0], rows[1], fooled[1]])), columns=7)


def samples_of(found: Trained) -> Image.Image:
    """What a machine dreams."""
    from nnlab.experiments.run_report.pictures import colored
    from nnlab.probes import Observer, Selection
    from nnlab.probes.chains import ChainOptions

    observer = Observer()
    for number in (0, 1):
        # The first look is where they begin.
        options = ChainOptions(chains=28, steps=500, plays=True, look=number)
        seen = observer.look(found.run, "samples", Selection(options=options)).value
    return paved(colored(seen.pictures))


def curves_of(found: Trained) -> Image.Image:
    """The loss, and that of the validation."""
    return curves([found.losses, found.validation])


Draw = Callable[[Trained], Image.Image]
# What is drawn of each, and what is set so that it does not take minutes.
ROWS: dict[str, tuple[Draw, tuple[str, ...]]] = {
    **dict.fromkeys(("xor", "circles", "moons", "spirals"), (boundary, ())),
    "sine": (function, ()),
    "digits-mlp": (weights_of, ()),
    "mnist-mlp": (weights_of, ("training.epochs=3",)),
    "mnist-cnn": (maps_of, ("training.epochs=1",)),
    "mnist-cnn-deep": (maps_of, ("training.epochs=1", "dataset.examples=10000")),
    "digits-residual": (maps_of, ()),
    "fashion-mlp": (confusion, ("training.epochs=3",)),
    "mnist-autoencoder": (reconstructions_of, ("training.epochs=4",)),
    "mnist-denoising-autoencoder": (reconstructions_of, ("training.epochs=4",)),
    "fashion-sparse-autoencoder": (weights_of, ("training.epochs=8",)),
    "fashion-rbm": (weights_of, ("training.epochs=4",)),
    "mnist-rbm": (samples_of, ("training.epochs=4",)),
    "mnist-latent-svm": (codes, ("training.epochs=3",)),
    "mnist-deep-autoencoder": (reconstructions_of, ("training.epochs=12", "dataset.examples=15000")),
    "fashion-two-hidden": (weights_of, ("training.epochs=4",)),
    "kaggle-mlp-full-batch": (curves_of, ("training.epochs=60",)),
    "classics/smallest-net-for-the-spirals": (boundary, ()),
    "classics/squares-instead-of-layers": (boundary, ()),
    "classics/sines-instead-of-layers": (boundary, ()),
    "classics/zeros-as-weights": (weights_of, ()),
    "classics/one-batch": (curves_of, ()),
    "classics/hidden-25": (weights_of, ()),
    "classics/random-labels": (curves_of, ()),
    "classics/self-taught-features": (weights_of, ("training.epochs=6",)),
    "classics/self-taught-classifier": (confusion, ("training.epochs=10",)),
    "classics/patches-and-edges": (weights_of, ()),
    "classics/fooling-pictures": (fooled_of, ("training.epochs=2",)),
    "classics/rbm-300": (samples_of, ("training.epochs=8",)),
    "classics/rbm-exact": (weights_of, ()),
}


def one(name: str, folders: list[Path]) -> Image.Image:
    """The picture of an experiment."""
    from nnlab.experiments.examples import example_named
    from nnlab.experiments.experiment import load_experiment, with_settings
    from nnlab.experiments.headless_training import run_experiment

    (draw, settings), before = ROWS[name], example_named(name).after
    with TemporaryDirectory() as folder:
        if before:
            first = with_settings(load_experiment(example_named(before).path), list(ROWS[before][1]))
            run_experiment(first, folders, Path(folder), 1)
        experiment = with_settings(load_experiment(example_named(name).path), list(settings))
        return draw(trained(experiment, [*folders, Path(folder)]))


def several(name: str, folders: list[Path]) -> Image.Image:
    """The picture of a comparison: the validation curves of all its runs."""
    from nnlab.experiments.examples import example_named
    from nnlab.experiments.variations import load_variations

    found = load_variations(example_named(name).path)
    return curves([trained(experiment, folders).validation for experiment in found.experiments], are_runs=True)


def swept(name: str, folders: list[Path]) -> Image.Image:
    """The picture of a sweep: a trial's score by the two settings that were varied first."""
    from nnlab.experiments.examples import example_named
    from nnlab.experiments.sweeps.sweep_file import load_sweep

    sweep = load_sweep(example_named(name).path)
    first, second = (axis.name for axis in sweep.axes[:2])
    rows = []
    for chosen in sweep.proposed([]):
        rows.append((chosen[first], chosen[second], trained(sweep.experiment(chosen), folders).score))
    return heat(rows)


def saved(image: Image.Image, name: str) -> int:
    """Write it with as many colours as fit; how many bytes there are."""
    image = image.convert("RGBA").resize(SIZE) if image.size != SIZE else image.convert("RGBA")
    for colors in (256, 128, 64, 32, 16):
        content = io.BytesIO()
        image.quantize(colors, Image.Quantize.FASTOCTREE).save(content, "PNG", optimize=True)
        if content.tell() < MOST_BYTES:
            break
    path = PICTURES / f"{name.rpartition('/')[2]}.png"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.getvalue())
    return content.tell()


def main() -> None:
    """Make those that are named, or all."""
    from nnlab.experiments.examples import EXAMPLES
    from nnlab.experiments.places import data_folders

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--data", type=Path)
    chosen = parser.parse_args()
    folders = data_folders(chosen.data)
    for name in chosen.names or [example.file for example in EXAMPLES]:
        begun = time.perf_counter()
        kinds = {"comparisons": several, "sweeps": swept}
        size = saved(kinds.get(name.partition("/")[0], one)(name, folders), name)
        print(f"{name:44} {size:6,} bytes  {time.perf_counter() - begun:6.1f} s", flush=True)


if __name__ == "__main__":
    main()
