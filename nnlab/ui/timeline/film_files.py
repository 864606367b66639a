"""A film as a file: pictures one after the other become a GIF, or a folder of PNGs."""

import contextlib
import io
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from nnlab.atomic_file import write_atomically
from nnlab.errors import SaveError
from nnlab.experiments.places import free_path
from nnlab.report import Report, silent

GIF = ".gif"
# A GIF counts time in hundredths of a second, and programs slow down what is faster than this.
_LEAST_HUNDREDTHS = 2
# The last picture stays for so many times as long as others.
_LAST_STAYS = 8


def write_film(path: Path, pictures: Sequence[bytes], per_second: float, report: Report = silent) -> Path:
    """Write pictures, each a PNG of one size, as the ending of the path says; where the film then lies.

    A file called .gif; else a folder of that name, or of the next that is free, with 0001.png and so on. Written whole, or
    not at all.
    """
    if not pictures:
        raise SaveError(f"{path}: not saved, the film has no pictures; choose at least two")
    if path.suffix.lower() == GIF:
        write_atomically(path, _gif(pictures, per_second, report))
        return path
    return _write_folder(path, pictures, report)


def _gif(pictures: Sequence[bytes], per_second: float, report: Report) -> bytes:
    frames = []
    for number, picture in enumerate(pictures):
        report("writing the film", number / len(pictures))
        with Image.open(io.BytesIO(picture)) as image:
            # Colours of this picture alone: films change theirs, and a palette in common would be of none.
            frames.append(image.convert("RGB").quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE))
    duration = max(round(100 / per_second), _LEAST_HUNDREDTHS) * 10
    durations = [duration] * (len(frames) - 1) + [duration * _LAST_STAYS]
    content = io.BytesIO()
    frames[0].save(content, "GIF", save_all=True, append_images=frames[1:], duration=durations, loop=0, optimize=False)
    return content.getvalue()


def _write_folder(path: Path, pictures: Sequence[bytes], report: Report) -> Path:
    unfinished: str | None = None
    try:
        unfinished = tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name[:50]}.", suffix=".nnlab-unfinished")
        for number, picture in enumerate(pictures):
            report("writing the pictures", number / len(pictures))
            (Path(unfinished) / f"{number + 1:04d}.png").write_bytes(picture)
        Path(unfinished).chmod(0o755)
        place = free_path(path.parent, path.name, "")
        Path(unfinished).rename(place)
        unfinished = None
        return place
    except OSError as error:
        raise SaveError(f"{path}: not saved ({error.strerror or error}); choose another place") from None
    finally:
        if unfinished is not None:
            with contextlib.suppress(OSError):
                shutil.rmtree(unfinished)
