"""Small pieces of photographs, in which an autoencoder finds edges."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from nnlab.datasets.dataset import Dataset, Examples
from nnlab.datasets.source import LoadRequest, Source
from nnlab.errors import DatasetError
from nnlab.randomness import random_stream
from nnlab.settings import setting

_PHOTOGRAPHS = ("china.jpg", "flower.jpg")
# It is cut off at three deviations, which become 0.1 and 0.9 of white: a sigmoid reaches them.
_DEVIATIONS, _SWING = 3.0, 0.4
# What varies less is left pale: the noise of a clear sky says nothing.
_LEAST_CONTRAST = 0.04

Patches = npt.NDArray[np.float32]


@dataclass(frozen=True)
class PatchesSource(Source):
    """Squares from anywhere in two photographs, grey; the test patches come from a stream of their own.

    Of each patch x' = (x - mean) / sqrt(variance + c^2), without brightness and with one contrast (Coates et al. 2011).
    """

    name: ClassVar[str] = "patches"
    about: ClassVar[str] = "small pieces of two photographs, from scikit-learn"
    is_drawn_by_seed: ClassVar[bool] = True

    pieces: int = setting(
        10_000,
        "Patches",
        minimum=8,
        maximum=1_000_000,
        help="Pieces to learn from, those for validation included; a fifth as many again are cut for the test.",
    )
    size: int = setting(8, "Size", minimum=3, maximum=64, unit="px", help="Height and width of a piece.")

    def load(self, request: LoadRequest) -> Dataset:
        """Cut anew."""
        photographs = [_grey(name) for name in _PHOTOGRAPHS]
        cut = [
            _cut(photographs, self.size, count, random_stream(request.seed, f"patches.{part}"))
            for part, count in (("train", self.pieces), ("test", max(self.pieces // 5, 4)))
        ]
        train, test = (_examples(patches / _DEVIATIONS) for patches in cut)
        source = "photographs by D. Buechele (china) and vultilion (flower), from scikit-learn"
        return Dataset(self.name, "Patches of photographs", train, test, None, source, "CC BY 2.0")


def _grey(name: str) -> Patches:
    """A photograph that scikit-learn brings (height, width), 0 to 1, without importing scikit-learn."""
    from PIL import Image

    spec = importlib.util.find_spec("sklearn")
    if spec is None or spec.origin is None:
        raise DatasetError("the photographs come with scikit-learn, which is not installed; install nnlab again")
    try:
        with Image.open(Path(spec.origin).parent / "datasets" / "images" / name) as image:
            return np.asarray(image.convert("L")).astype(np.float32) / np.float32(255)
    except OSError as error:
        raise DatasetError(
            f"{name}: scikit-learn's photograph cannot be read ({error}); install scikit-learn again"
        ) from None


def _cut(photographs: list[Patches], size: int, count: int, rng: np.random.Generator) -> Patches:
    """So many squares (count, size, size) from anywhere, each of one brightness and contrast."""
    patches = np.empty((count, size, size), np.float32)
    which = rng.integers(len(photographs), size=count)
    places = rng.random((count, 2))
    for number, (photograph, share) in enumerate(zip(which, places, strict=True)):
        picture = photographs[photograph]
        top, left = (int(part * (side - size + 1)) for part, side in zip(share, picture.shape, strict=True))
        patches[number] = picture[top : top + size, left : left + size]
    patches -= patches.mean(axis=(1, 2), keepdims=True)
    patches /= np.sqrt(np.square(patches).mean(axis=(1, 2), keepdims=True) + _LEAST_CONTRAST**2)
    return patches


def _examples(patches: Patches) -> Examples:
    """As pictures of bytes, 0 in the middle between black and white."""
    bright = 0.5 + _SWING * np.clip(patches, -1, 1)
    inputs = np.round(255 * bright).astype(np.uint8)[..., np.newaxis]
    return Examples(inputs, np.zeros(len(inputs), np.intp))
