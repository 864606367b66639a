"""One picture file as an array of bytes, read with Pillow. Nothing large is unpacked before its size is known."""

import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from nnlab.datasets.files.deep_greys import as_bytes, is_deep, reach_of
from nnlab.datasets.files.whites import Whites
from nnlab.datasets.words import shown
from nnlab.errors import CancelledError, DatasetError
from nnlab.regular_file import open_regular

if TYPE_CHECKING:
    from PIL.Image import Image

# Formats that are pixels and nothing else: none of them runs another program.
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "PPM", "TIFF", "WEBP")
_ENDINGS = (
    *(".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".bmp", ".dib", ".gif"),
    *(".ppm", ".pgm", ".pbm", ".pnm", ".tif", ".tiff", ".webp"),
)
# What holds nothing but bytes.
_SHALLOW = (".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".bmp", ".dib", ".gif", ".webp")
_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
_MOST_PIXELS = 64 << 20
_GREY = ("1", "L", "LA", "La", "F", "I", "I;16", "I;16L", "I;16B", "I;16N")
_ORIENTATION = 274  # a tag of TIFF, which EXIF has from there
# How a picture comes to stand upright, by how the camera was held.
_TURNS: dict[int, Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.uint8]]] = {
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: pixels[::-1, ::-1].swapaxes(0, 1),
    8: lambda pixels: np.rot90(pixels),
}
_LYING = (5, 6, 7, 8)


def is_picture(entry: os.DirEntry[str]) -> bool:
    """By the name's ending, or by the first bytes where that is unknown."""
    if not entry.is_file():
        return False
    ending = os.path.splitext(entry.name)[1].lower()  # noqa: PTH122, this is asked of every file of a folder
    if ending:
        return ending in _ENDINGS
    try:
        with open_regular(Path(entry.path)) as file:
            return file.read(8).startswith(_MAGIC)
    except OSError:
        return False


def glance(path: Path) -> tuple[int, int, bool]:
    """Height, width, and whether there might be colour; only the header is read."""
    with _opened(path) as picture:
        size = (picture.width, picture.height) if _orientation(picture) in _LYING else (picture.height, picture.width)
        return *size, picture.mode not in _GREY


def has_color(path: Path) -> bool:
    """Whether any pixel is not grey."""
    with _opened(path) as picture:
        pixels = _as_mode(picture, 3, path, {})
        return bool((pixels[..., :1] != pixels[..., 1:]).any())


def depth(path: Path) -> tuple[str, float] | None:
    """The kind and the largest of a grey picture's numbers, where they are no bytes; of others only the header is read."""
    if os.path.splitext(path.name)[1].lower() in _SHALLOW:  # noqa: PTH122, this is asked of every file of a folder
        return None
    with _opened(path) as picture:
        return reach_of(picture, name_of(path)) if is_deep(picture) else None


def pixels_of(path: Path, shape: tuple[int, int, int], is_resized: bool, whites: Whites) -> npt.NDArray[np.uint8]:
    """The pixels (height, width, 1 or 3) of this shape, resized where that is wanted."""
    from PIL import Image

    height, width, channels = shape
    with _opened(path) as picture:
        turn = _TURNS.get(_orientation(picture))
        pixels = _as_mode(picture, channels, path, whites)
        if turn is not None:
            pixels = np.ascontiguousarray(turn(pixels))
        if is_resized and pixels.shape[:2] != (height, width):
            flat = Image.fromarray(pixels[..., 0] if channels == 1 else pixels)
            # Antialiased: shrinking averages over all pixels instead of picking some.
            pixels = np.asarray(flat.resize((width, height), Image.Resampling.BILINEAR)).reshape(shape)
        if pixels.shape != shape:
            raise DatasetError(f"{name_of(path)}: changed while it was read; try again")
        return pixels


@contextmanager
def _opened(path: Path) -> Iterator["Image"]:
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            # What Pillow has to remark about a picture that it reads, it would write to the terminal.
            warnings.simplefilter("ignore")
            # Not by its name: Pillow would map a TIFF that lies on its side with its height for its width.
            with open_regular(path) as file, Image.open(file, formats=_FORMATS) as picture:
                if picture.width * picture.height > _MOST_PIXELS:
                    raise DatasetError(
                        f"{name_of(path)}: has {picture.width:,} x {picture.height:,} pixels, more than nnlab unpacks; "
                        "make it smaller, or take it away"
                    )
                if picture.width * picture.height == 0:
                    raise DatasetError(f"{name_of(path)}: has no pixels; take it away")
                yield picture
    except (DatasetError, CancelledError):
        raise
    except UnidentifiedImageError:
        content = "is empty" if not path.stat().st_size else "is damaged, or no picture"
        raise DatasetError(f"{name_of(path)}: {content}; replace it, or take it away") from None
    except Image.DecompressionBombError:
        raise DatasetError(
            f"{name_of(path)}: has more pixels than nnlab unpacks; make it smaller, or take it away"
        ) from None
    except MemoryError:
        raise
    # Pillow's decoders answer damaged bytes with almost any exception.
    except Exception as error:
        raise DatasetError(
            f"{name_of(path)}: is damaged or cut short ({shown(error) or 'no reason given'}); replace it, or take it away"
        ) from None


def _as_mode(picture: "Image", channels: int, path: Path, whites: Whites) -> npt.NDArray[np.uint8]:
    """Grey (height, width, 1) or red, green and blue (height, width, 3). What is transparent lies on white."""
    from PIL import Image

    if is_deep(picture):
        return np.repeat(as_bytes(picture, name_of(path), whites)[..., np.newaxis], channels, axis=2)
    if "transparency" in picture.info or picture.mode in ("LA", "La", "PA", "RGBA", "RGBa"):
        colored = picture.convert("RGBA")
        ground = Image.new("RGBA", colored.size, (255, 255, 255, 255))
        picture = Image.alpha_composite(ground, colored)
    flat = picture.convert("L" if channels == 1 else "RGB")
    return np.asarray(flat).reshape(flat.height, flat.width, channels)


def _orientation(picture: "Image") -> int:
    """As EXIF has it: 1 where the picture stands upright, or where nobody knows."""
    from PIL import Image

    if picture.format == "TIFF":
        return 1  # Pillow has turned it already
    try:
        # That of PNG would read the whole file, in case that something is said after the pixels.
        return int(Image.Image.getexif(picture).get(_ORIENTATION, 1))
    # Damaged remarks about a picture are no reason to refuse it, and Pillow answers them with almost any exception.
    except Exception:
        return 1


def name_of(path: Path) -> str:
    """A picture as a sentence names it: with its folder, which is its class."""
    return shown(f"{path.parent.name}/{path.name}")
