"""Augmentation: what pictures go through anew each time they are learned from."""

import numpy as np

from .settings import (
    FLIP_HORIZONTAL,
    FLIP_VERTICAL,
    GROUND,
    JITTER,
    MOVED,
    ROTATION,
    SHIFT,
)


def augment(inputs: np.ndarray, rng: np.random.Generator) -> None:
    """Change a scaled batch (N, height, width, channels) or (N, features) in place."""
    if MOVED:
        signs, shifts = moves(len(inputs), rng)
        if ROTATION:
            turn(inputs, signs, shifts, rng)
        else:
            move(inputs, signs, shifts)
    if JITTER:
        inputs += rng.standard_normal(inputs.shape, np.float32) * JITTER


def moves(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """For every example, down and across: 1 or -1 (mirrored), and a shift in pixels."""
    signs = np.ones((count, 2), np.intp)
    if FLIP_VERTICAL:
        signs[:, 0] = 2 * rng.integers(0, 2, count) - 1
    if FLIP_HORIZONTAL:
        signs[:, 1] = 2 * rng.integers(0, 2, count) - 1
    return signs, rng.integers(-SHIFT, SHIFT + 1, (count, 2))


def move(inputs: np.ndarray, signs: np.ndarray, shifts: np.ndarray) -> None:
    """Mirror and shift by whole pixels."""
    count, height, width, _ = inputs.shape
    rows = sources(height, signs[:, 0], shifts[:, 0])
    columns = sources(width, signs[:, 1], shifts[:, 1])
    inside = ((rows >= 0) & (rows < height))[:, :, None, None] & (
        (columns >= 0) & (columns < width)
    )[:, None, :, None]
    moved = inputs[
        np.arange(count)[:, None, None],
        np.clip(rows, 0, height - 1)[:, :, None],
        np.clip(columns, 0, width - 1)[:, None, :],
    ]
    inputs[...] = np.where(inside, moved, np.array(GROUND, np.float32))


def sources(size: int, sign: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """From which row or column each one comes (N, size); outside where from nowhere."""
    place = np.arange(size)[None, :] - shift[:, None]
    return np.where(sign[:, None] > 0, place, size - 1 - place)


def turn(
    inputs: np.ndarray, signs: np.ndarray, shifts: np.ndarray, rng: np.random.Generator
) -> None:
    """Turn by any angle about the centre: each pixel is mixed from four neighbours."""
    count, height, width, channels = inputs.shape
    angle = np.radians(rng.uniform(-ROTATION, ROTATION, (count, 1, 1)))
    middle, centre = (height - 1) / 2, (width - 1) / 2
    y = np.arange(height)[None, :, None] - middle - shifts[:, 0, None, None]
    x = np.arange(width)[None, None, :] - centre - shifts[:, 1, None, None]
    rows = signs[:, 0, None, None] * (np.cos(angle) * y - np.sin(angle) * x) + middle
    columns = signs[:, 1, None, None] * (np.sin(angle) * y + np.cos(angle) * x) + centre
    # A frame of ground around the picture: what lies outside fades in.
    framed = np.empty((count, height + 2, width + 2, channels), np.float32)
    framed[...] = GROUND
    framed[:, 1:-1, 1:-1] = inputs
    rows, columns = np.clip(rows + 1, 0, height + 1), np.clip(columns + 1, 0, width + 1)
    top = np.minimum(rows.astype(np.intp), height)
    left = np.minimum(columns.astype(np.intp), width)
    down, right = (rows - top)[..., None], (columns - left)[..., None]
    which = np.arange(count)[:, None, None]
    upper = framed[which, top, left] * (1 - right)
    upper = upper + framed[which, top, left + 1] * right
    lower = framed[which, top + 1, left] * (1 - right)
    lower = lower + framed[which, top + 1, left + 1] * right
    inputs[...] = upper * (1 - down) + lower * down
