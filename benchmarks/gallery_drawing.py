"""How the gallery's pictures are drawn: one size, no frame, and nothing that is for one theme alone."""

from typing import Any

import numpy as np
from PIL import Image, ImageDraw

SIZE = (408, 228)
# Lines and points are drawn larger and made smaller, so that their edges are smooth.
_FINE = 3
_GREY = (128, 136, 146)
_MARGIN = 14
_REACH = 0.6
# Of eight tiles so many must be seen: seven stand in one row alone, six in two.
_ENOUGH = 0.7


def _palette() -> list[tuple[int, int, int]]:
    from nnlab.colors import CLASS_COLORS

    return [tuple(int(color[at : at + 2], 16) for at in (1, 3, 5)) for color in CLASS_COLORS]


def _run_palette() -> list[tuple[int, int, int]]:
    from nnlab.colors import RUN_COLORS

    return [tuple(int(color[at : at + 2], 16) for at in (1, 3, 5)) for color in RUN_COLORS]


def paved(tiles: np.ndarray, columns: int = 0) -> Image.Image:
    """Tiles (n, height, width, 3) side by side with free gaps; as many as fill the picture best."""
    count, height, width, _ = tiles.shape
    rows, columns = (-(-count // columns), columns) if columns else _paving(count, height, width)
    zoom = _zoom(rows, columns, height, width)
    across, up = zoom * width + 1, zoom * height + 1
    image = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    left, top = (SIZE[0] - columns * across) // 2, (SIZE[1] - rows * up) // 2
    large = np.asarray(tiles[: rows * columns], np.uint8).repeat(zoom, axis=1).repeat(zoom, axis=2)
    for number, tile in enumerate(large):
        row, column = divmod(number, columns)
        image.paste(Image.fromarray(np.ascontiguousarray(tile)), (left + column * across, top + row * up))
    return image


def _zoom(rows: int, columns: int, height: int, width: int) -> int:
    """How many pixels become of one: a whole number, so that tiles are sharp and files small."""
    return max(min((SIZE[0] // columns - 1) // width, (SIZE[1] // rows - 1) // height), 1)


def _paving(count: int, height: int, width: int) -> tuple[int, int]:
    """Rows and columns that fill the picture, with some tiles at least."""
    fitting = [(rows, columns) for rows in range(1, 7) for columns in range(1, 11) if rows * columns <= count]
    enough = [pair for pair in fitting if pair[0] * pair[1] >= _ENOUGH * min(count, 8)]
    return max(enough, key=lambda pair: _zoom(*pair, height, width) ** 2 * pair[0] * pair[1])


def boundary(found: Any) -> Image.Image:
    """The plane in the classes' colours, as strong as the network is sure, with the points on it."""
    run = found.run
    dataset, model = run.data.dataset, run.model
    points, labels = dataset.train.inputs, run.data.learning.examples.labels
    low, high = points.min(axis=0), points.max(axis=0)
    centre, half = (low + high) / 2, _REACH * float((high - low).max())
    aspect = SIZE[0] / SIZE[1]
    x = np.linspace(centre[0] - half * aspect, centre[0] + half * aspect, SIZE[0])
    y = np.linspace(centre[1] + half, centre[1] - half, SIZE[1])
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    parts = []
    for part in np.array_split(grid, 20):
        scaled = run.data.scaling.apply(part, out=np.empty(part.shape, np.float32))
        parts.append(model.probabilities(model.predict(scaled)).copy())
    probability = np.concatenate(parts).reshape(SIZE[1], SIZE[0], -1)
    colors = np.array(_palette(), float)[: probability.shape[2]]
    share = 0.6 * np.clip((probability.max(axis=2, keepdims=True) - 0.5) * 2, 0, 1) + 0.05
    # Few shades, so that the file is small.
    share = np.round(share * 20) / 20
    mixed = colors[probability.argmax(axis=2)] * share + 250 * (1 - share)
    fine = Image.fromarray(mixed.astype(np.uint8)).resize((SIZE[0] * _FINE, SIZE[1] * _FINE), Image.Resampling.NEAREST)
    pen, radius = ImageDraw.Draw(fine), 4.2 * _FINE
    scale = SIZE[1] * _FINE / (2 * half)
    for (across, up), label in zip(points[:350], labels[:350], strict=True):
        at = ((across - x[0]) * scale, (y[0] - up) * scale)
        box = (at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius)
        pen.ellipse(box, fill=_palette()[label], outline="white", width=_FINE)
    return fine.resize(SIZE, Image.Resampling.LANCZOS)


def curves(lines: list[np.ndarray], are_runs: bool = False) -> Image.Image:
    """Losses (rows of step and loss) over the steps, logarithmically: of training and validation, or of several runs."""
    image, pen = _sheet()
    known = [line[np.isfinite(line).all(axis=1)] for line in lines]
    smooth = [_thinned(line) for line in known if len(line)]
    lows = np.concatenate([line[:, 1] for line in smooth])
    low, high = np.log(max(lows.min(), 1e-6)), np.log(lows.max())
    ends = max(line[:, 0].max() for line in smooth)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        at = _FINE * (_MARGIN + share * (SIZE[1] - 2 * _MARGIN))
        pen.line([(_FINE * _MARGIN, at), (_FINE * (SIZE[0] - _MARGIN), at)], fill=(*_GREY, 70), width=_FINE)
    colors = _run_palette() if are_runs else [_palette()[1], _palette()[0]]
    for number, line in enumerate(smooth):
        across = _MARGIN + line[:, 0] / ends * (SIZE[0] - 2 * _MARGIN)
        share = (np.log(np.maximum(line[:, 1], 1e-6)) - low) / max(high - low, 1e-6)
        down = SIZE[1] - _MARGIN - share * (SIZE[1] - 2 * _MARGIN)
        places = [(_FINE * a, _FINE * d) for a, d in zip(across, down, strict=True)]
        pen.line(places, fill=(*colors[number % len(colors)], 255), width=4 * _FINE, joint="curve")
    return image.resize(SIZE, Image.Resampling.LANCZOS)


def _thinned(line: np.ndarray) -> np.ndarray:
    """Means of 120 stretches."""
    parts = np.array_split(line, min(120, len(line)))
    return np.array([part.mean(axis=0) for part in parts])


def function(found: Any) -> Image.Image:
    """Of one input the curve that was learned, over the points."""
    run = found.run
    x, y = run.data.dataset.train.inputs[:, 0], run.data.dataset.train.targets[:, 0]
    image, pen = _sheet()

    def place(a: float, b: float) -> tuple[float, float]:
        across = _MARGIN + (a - x.min()) / (x.max() - x.min()) * (SIZE[0] - 2 * _MARGIN)
        down = SIZE[1] - _MARGIN - (b - y.min()) / (y.max() - y.min()) * (SIZE[1] - 2 * _MARGIN)
        return _FINE * across, _FINE * down

    radius = 3.5 * _FINE
    for a, b in zip(x, y, strict=True):
        at = place(a, b)
        pen.ellipse((at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius), fill=(*_palette()[1], 120))
    grid = np.linspace(x.min(), x.max(), 200, dtype=np.float32)[:, None]
    scaled = run.data.scaling.apply(grid, out=np.empty(grid.shape, np.float32))
    told = run.data.learning.in_own_units(run.model.predict(scaled))[:, 0]
    line = [place(a, b) for a, b in zip(grid[:, 0], told, strict=True)]
    pen.line(line, fill=(*_palette()[0], 255), width=4 * _FINE, joint="curve")
    return image.resize(SIZE, Image.Resampling.LANCZOS)


def codes(found: Any) -> Image.Image:
    """Codes by their two strongest directions, in the classes' colours."""
    run = found.run
    inputs, labels = run.data.testing.gather(np.arange(450))
    flat = inputs.reshape(len(inputs), -1).astype(np.float64)
    flat -= flat.mean(axis=0)
    _, _, directions = np.linalg.svd(flat, full_matrices=False)
    places = flat @ directions[:2].T
    low, high = np.percentile(places, (1, 99), axis=0)
    share = np.clip((places - low) / (high - low), 0, 1)
    image, pen = _sheet()
    radius = 4 * _FINE
    for (a, b), label in zip(share, labels, strict=True):
        at = _spot(a, b)
        pen.ellipse((at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius), fill=(*_palette()[label % 10], 190))
    return image.resize(SIZE, Image.Resampling.LANCZOS)


def confusion(found: Any) -> Image.Image:
    """True classes by row, what they were taken for by column."""
    from nnlab.probes import look

    counts = look(found.run, "confusion").value.confusion.astype(float)
    shares = (counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)) ** 0.5
    return _cells(shares)


def heat(rows: list[tuple[Any, Any, float]]) -> Image.Image:
    """Trials by two of their settings, the best strong: cells where they are a grid, else points."""
    scores = np.nan_to_num(np.array([row[2] for row in rows]), nan=-np.inf)
    share = np.argsort(np.argsort(scores)) / max(len(rows) - 1, 1)
    places = np.stack([_places([row[axis] for row in rows]) for axis in (0, 1)], axis=1)
    sides = [len(np.unique(places[:, axis])) for axis in (0, 1)]
    if sides[0] * sides[1] == len(rows):
        cells = np.zeros(sides)
        for (a, b), one in zip(places, share, strict=True):
            cells[round(a * (sides[0] - 1)), round(b * (sides[1] - 1))] = one
        return _cells(cells)
    image, pen = _sheet()
    for (a, b), one in zip(places, share, strict=True):
        at, radius = _spot(a, b), 7 * _FINE
        pen.ellipse((at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius), fill=(*_shade(one), 255))
    return image.resize(SIZE, Image.Resampling.LANCZOS)


def _places(values: list[Any]) -> np.ndarray:
    """From 0 to 1: few different values evenly, numbers by their logarithms."""
    known = sorted(set(values), key=values.index if isinstance(values[0], str) else None)
    if len(known) <= 12:
        return np.array([known.index(value) for value in values]) / max(len(known) - 1, 1)
    logs = np.log(np.array(values, float))
    return (logs - logs.min()) / (logs.max() - logs.min())


def _spot(a: float, b: float) -> tuple[float, float]:
    """Where 0 to 1 across and 0 to 1 down lie on the fine sheet."""
    return _FINE * (_MARGIN + a * (SIZE[0] - 2 * _MARGIN)), _FINE * (_MARGIN + b * (SIZE[1] - 2 * _MARGIN))


def _shade(share: float) -> tuple[int, ...]:
    """One colour, pale at 0 and strong at 1."""
    pale, strong = np.array((214, 227, 244)), np.array(_palette()[1])
    return tuple(int(part) for part in pale + (strong - pale) * share)


def _cells(shares: np.ndarray) -> Image.Image:
    """A table of numbers from 0 to 1 as cells of one colour, pale to strong."""
    image = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    rows, columns = shares.shape
    across, up = SIZE[0] // columns, SIZE[1] // rows
    left, top = (SIZE[0] - across * columns) // 2, (SIZE[1] - up * rows) // 2
    for (row, column), share in np.ndenumerate(shares):
        x, y = left + column * across, top + row * up
        pen.rectangle((x + 1, y + 1, x + across - 2, y + up - 2), fill=(*_shade(share), 255))
    return image


def _sheet() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGBA", (SIZE[0] * _FINE, SIZE[1] * _FINE), (0, 0, 0, 0))
    return image, ImageDraw.Draw(image, "RGBA")
