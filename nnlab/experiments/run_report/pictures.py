"""Arrays as pictures: PNG, and within the page as text in an address of their own."""

import base64
import io
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from nnlab.colors import CLASS_COLORS
from nnlab.experiments.run_report.markup import Markup, element
from nnlab.models.arrays import Array
from nnlab.probes.mosaic import best_mosaic

Pixels = npt.NDArray[np.uint8]
_NEUTRAL, _GAP = 247, 255
_MOST_SIDE = 1200
_LEAST_SIDE = 480


class Png(NamedTuple):
    """An image as the content of a file, and how many pixels it has."""

    content: bytes
    width: int
    height: int


def signed_pixels(values: Array, bound: float) -> Pixels:
    """Orange, neutral, blue (..., 3) for -bound ... bound; what is no number is white."""
    share = np.clip(np.nan_to_num(values / bound if bound else values * 0), -1, 1)[..., None]
    ends = np.where(share < 0, rgb(CLASS_COLORS[0]), rgb(CLASS_COLORS[1]))
    colors = _NEUTRAL + (ends - _NEUTRAL) * np.abs(share) ** 0.8
    return np.where(np.isnan(values)[..., None], _GAP, np.round(colors)).astype(np.uint8)


def grey_pixels(values: Array, low: float, high: float) -> Pixels:
    """Black to white (..., 3) for low ... high."""
    share = np.clip((np.nan_to_num(values, nan=high) - low) / ((high - low) or 1.0), 0, 1)
    return np.round(255 * share[..., None].repeat(3, axis=-1)).astype(np.uint8)


def rgb(color: str) -> Array:
    """The parts of "#RRGGBB" (3,), 0 to 255."""
    return np.array([int(color[place : place + 2], 16) for place in (1, 3, 5)], float)


def colored(pixels: Pixels) -> Pixels:
    """Of one channel three."""
    return pixels if pixels.shape[-1] == 3 else pixels[..., :1].repeat(3, axis=-1)


def mosaic(tiles: Pixels, aspect: float = 2.0) -> Pixels:
    """Pictures (n, height, width, 3) side by side (height, width, 4), with nothing between them."""
    count, height, width, _ = tiles.shape
    place = best_mosaic(count, height, width, aspect)
    channels = np.stack([place.assemble(tiles[..., channel].astype(np.float32)) for channel in range(3)], axis=-1)
    opaque = np.where(np.isnan(channels[..., :1]), 0, 255)
    return np.concatenate([np.nan_to_num(channels), opaque], axis=-1).astype(np.uint8)


def picture(pixels: Pixels, words: str, most: int = _MOST_SIDE) -> Markup:
    """An image (height, width, 3 or 4) with the words for who cannot see it; a small one is enlarged without smoothing."""
    height, width = pixels.shape[:2]
    scale = max(1, min(_LEAST_SIDE // width, _LEAST_SIDE // height))
    image = png(pixels, most)
    address = f"data:image/png;base64,{base64.b64encode(image.content).decode()}"
    return element("img", src=address, alt=words, width=image.width * scale, height=image.height * scale)


def png(pixels: Pixels, most: int = _MOST_SIDE) -> Png:
    """An image (height, width, 3 or 4) as a file, with so many pixels at most a side."""
    image = Image.fromarray(np.ascontiguousarray(pixels))
    image.thumbnail((most, most), Image.Resampling.BOX)
    content = io.BytesIO()
    image.save(content, "PNG", optimize=True)
    return Png(content.getvalue(), image.width, image.height)
