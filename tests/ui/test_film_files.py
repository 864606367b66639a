"""A film as a file: what is written is read again as it was photographed, or nothing was written at all."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.errors import CancelledError, SaveError
from nnlab.ui.timeline.film_files import write_film
from nnlab.ui.timeline.film_plan import spread_steps
from tests.sentences import assert_one_sentence


def pictures(count: int) -> list[bytes]:
    """Each of one colour, another one each time."""
    found = []
    for number in range(count):
        image, content = Image.new("RGB", (40, 30), (20 * number, 100, 255 - 20 * number)), io.BytesIO()
        image.save(content, "PNG")
        found.append(content.getvalue())
    return found


def test_a_gif_has_every_picture_and_goes_at_the_speed_that_was_asked_for(tmp_path: Path):
    path = write_film(tmp_path / "film.gif", pictures(7), 10)
    with Image.open(path) as film:
        assert (film.n_frames, film.size, film.info["loop"]) == (7, (40, 30), 0)
        for number in range(7):
            film.seek(number)
            assert film.info["duration"] == (800 if number == 6 else 100)
            colour = np.asarray(film.convert("RGB"))[15, 20]
            np.testing.assert_allclose(colour, (20 * number, 100, 255 - 20 * number), atol=8)
    assert [place.name for place in tmp_path.iterdir()] == ["film.gif"]


def test_pictures_are_written_as_they_are_into_a_folder_that_is_free(tmp_path: Path):
    made = pictures(3)
    for name in ("weights", "weights-2"):
        place = write_film(tmp_path / "weights", made, 10)
        assert place == tmp_path / name
        assert [one.name for one in sorted(place.iterdir())] == ["0001.png", "0002.png", "0003.png"]
        assert [one.read_bytes() for one in sorted(place.iterdir())] == made


@pytest.mark.parametrize("name", ["film.gif", "film"])
def test_what_is_cancelled_or_fails_leaves_nothing(name: str, tmp_path: Path):
    def cancel(what: str, share: float) -> None:
        if share > 0.3:
            raise CancelledError("no more")

    with pytest.raises(CancelledError):
        write_film(tmp_path / name, pictures(5), 10, cancel)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(SaveError) as caught:
        write_film(tmp_path / "nowhere" / name, pictures(2), 10)
    assert_one_sentence(caught.value, "not saved")
    with pytest.raises(SaveError) as caught:
        write_film(tmp_path / name, [], 10)
    assert_one_sentence(caught.value, "no pictures")


def test_steps_are_spread_over_all_with_both_ends():
    assert spread_steps(0, 10, 3) == (0, 5, 10)
    assert spread_steps(4, 6, 100) == (4, 5, 6)
    steps = spread_steps(0, 12_345, 100)
    assert (len(steps), steps[0], steps[-1]) == (100, 0, 12_345)
    assert list(steps) == sorted(set(steps))
