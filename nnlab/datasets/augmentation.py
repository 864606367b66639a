"""Augmentation on the fly: every time a picture is learned from, it is mirrored, moved, turned and blurred by noise anew."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from nnlab.datasets.array_settings import ArraySettings
from nnlab.datasets.dataset import Dataset
from nnlab.errors import DatasetError
from nnlab.settings import setting

Floats = npt.NDArray[np.floating]


_GROUP = "Augmentation"


@dataclass(frozen=True)
class AugmentationSettings(ArraySettings):
    """What is done to examples anew each time they appear."""

    flip_horizontal: bool = setting(
        False, "Flip left-right", group=_GROUP, help="Every picture is mirrored in half of its appearances."
    )
    flip_vertical: bool = setting(
        False, "Flip up-down", group=_GROUP, help="Every picture is turned over in half of its appearances."
    )
    shift: int = setting(
        0,
        "Shift",
        minimum=0,
        maximum=64,
        zero="off",
        unit="pixels",
        group=_GROUP,
        help="Pictures are moved by up to so many pixels in both directions, anew each time.",
    )
    rotation: float = setting(
        0.0,
        "Rotation",
        minimum=0.0,
        maximum=180.0,
        zero="off",
        unit="°",
        group=_GROUP,
        help="Pictures are turned by up to so many degrees either way, anew each time.",
    )
    jitter: float = setting(
        0.0,
        "Noise on inputs",
        minimum=0.0,
        maximum=5.0,
        zero="off",
        group=_GROUP,
        help="x ← x + e, e ~ N(0, deviation²): noise added to every scaled input, anew each time.",
    )


@dataclass(frozen=True)
class Augmentation:
    """x'(p) = x(A p)  with A a mirroring, a turn about the centre and a shift, drawn for each example; then x' + noise.

    shift pixels, rotation degrees, jitter in scaled units. What comes in from outside the picture is `ground`, the scaled
    value of black, for each channel.
    """

    flip_horizontal: bool
    flip_vertical: bool
    shift: int
    rotation: float
    jitter: float
    ground: Floats

    @classmethod
    def of(cls, settings: AugmentationSettings, dataset: Dataset, ground: Floats) -> Self | None:
        """The augmentation that the settings ask for, or None; an error where the data has no pictures to turn."""
        wanted = cls(
            settings.flip_horizontal, settings.flip_vertical, settings.shift, settings.rotation, settings.jitter, ground
        )
        if wanted.moves and not dataset.is_image:
            asked = next(
                name for name in ("flip_horizontal", "flip_vertical", "shift", "rotation") if getattr(settings, name)
            )
            raise DatasetError(
                f"dataset.{asked}: {dataset.title} has rows of {dataset.example_shape[0]} numbers, no pictures to move; "
                + ("set dataset.layout = 'auto'" if settings.layout == "flat" else "only dataset.jitter suits it")
            )
        return wanted if wanted.moves or wanted.jitter else None

    @property
    def moves(self) -> bool:
        """Whether pixels change their places."""
        return self.flip_horizontal or self.flip_vertical or self.shift > 0 or self.rotation > 0

    def apply(self, inputs: Floats, rng: np.random.Generator) -> None:
        """Change a scaled batch, (N, height, width, channels) or (N, features), in place."""
        if self.moves:
            if self.rotation:
                self._turn(inputs, rng)
            else:
                self._move(inputs, rng)
        if self.jitter:
            noise = rng.standard_normal(inputs.shape, np.float32)
            np.multiply(noise, self.jitter, out=noise)
            np.add(inputs, noise, out=inputs, casting="same_kind")

    def _move(self, inputs: Floats, rng: np.random.Generator) -> None:
        """Flips and shifts by whole pixels: numbers are copied, none is mixed."""
        count, height, width, _ = inputs.shape
        signs, shifts = self._draw(count, rng)
        rows = _sources(height, signs[:, 0], shifts[:, 0])
        columns = _sources(width, signs[:, 1], shifts[:, 1])
        inside = ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[:, None, :]
        moved = inputs[
            np.arange(count)[:, None, None],
            np.clip(rows, 0, height - 1)[:, :, None],
            np.clip(columns, 0, width - 1)[:, None, :],
        ]
        np.copyto(inputs, np.where(inside[..., None], moved, self.ground))

    def _turn(self, inputs: Floats, rng: np.random.Generator) -> None:
        """Any angle: each pixel is mixed from the four around the place it comes from (bilinear interpolation)."""
        count, height, width, channels = inputs.shape
        signs, shifts = self._draw(count, rng)
        angle = np.radians(rng.uniform(-self.rotation, self.rotation, (count, 1, 1)))
        centre_row, centre_column = (height - 1) / 2, (width - 1) / 2
        y = np.arange(height)[None, :, None] - centre_row - shifts[:, 0, None, None]
        x = np.arange(width)[None, None, :] - centre_column - shifts[:, 1, None, None]
        rows = signs[:, 0, None, None] * (np.cos(angle) * y - np.sin(angle) * x) + centre_row
        columns = signs[:, 1, None, None] * (np.sin(angle) * y + np.cos(angle) * x) + centre_column
        # A frame of ground around the picture, so that what lies outside fades in like any neighbour.
        framed = np.empty((count, height + 2, width + 2, channels), inputs.dtype)
        framed[...] = self.ground
        framed[:, 1:-1, 1:-1] = inputs
        rows, columns = np.clip(rows + 1, 0, height + 1), np.clip(columns + 1, 0, width + 1)
        top, left = np.minimum(rows.astype(np.intp), height), np.minimum(columns.astype(np.intp), width)
        down, right = (rows - top)[..., None], (columns - left)[..., None]
        which = np.arange(count)[:, None, None]
        upper = framed[which, top, left] * (1 - right) + framed[which, top, left + 1] * right
        lower = framed[which, top + 1, left] * (1 - right) + framed[which, top + 1, left + 1] * right
        np.copyto(inputs, upper * (1 - down) + lower * down, casting="same_kind")

    def _draw(self, count: int, rng: np.random.Generator) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """For every example, down and across: 1 or -1, and a shift in pixels."""
        signs = np.ones((count, 2), np.intp)
        for axis, flips in enumerate((self.flip_vertical, self.flip_horizontal)):
            if flips:
                signs[:, axis] = 2 * rng.integers(0, 2, count) - 1
        return signs, rng.integers(-self.shift, self.shift + 1, (count, 2))


def _sources(size: int, sign: npt.NDArray[np.intp], shift: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """From which row or column each one comes, (N, size); outside of the picture where it comes from nowhere."""
    place = np.arange(size)[None, :] - shift[:, None]
    return np.where(sign[:, None] > 0, place, size - 1 - place)
