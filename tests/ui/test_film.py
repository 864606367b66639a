"""The past as a film: played, and exported."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QDialog, QFileDialog

from nnlab.ui.exporting import photograph
from nnlab.ui.timeline.film import SPEEDS
from nnlab.ui.timeline.film_export import FilmExport
from nnlab.ui.timeline.film_plan import FilmDialog, FilmPlan
from tests.ui.traveller import Traveller


def test_the_film_plays_to_the_end_and_stops_where_a_person_takes_the_handle(traveller: Traveller):
    film = traveller.session.film
    traveller.train(30)
    seen = []
    traveller.travel.arrived.connect(lambda arrival: seen.append(arrival.step))
    film.choose(SPEEDS[0])
    traveller.window.commands["film"].trigger()
    traveller.driver.wait_for(lambda: len(seen) > 4)
    assert film.is_playing
    traveller.travel.go_to(3)
    assert not film.is_playing
    traveller.arrive(3)
    seen.clear()
    film.choose(replace(SPEEDS[0], seconds=0.4))
    traveller.window.timeline.play.click()
    traveller.driver.wait_for(lambda: not film.is_playing)
    assert not traveller.travel.is_past
    assert seen == sorted(seen)
    film.choose(SPEEDS[-1])
    seen.clear()
    traveller.go(25)
    traveller.window.timeline.play.click()
    traveller.driver.wait_for(lambda: not film.is_playing)
    assert [step for step in seen if step > 25] == [26, 27, 28, 29]


def exported(traveller: Traveller, path: Path, plan: FilmPlan, act: Callable[[FilmExport], None] | None = None) -> list:
    """What is said at the end of an export of the view in front."""
    view = traveller.window.stage.current
    export, said = FilmExport(traveller.session, view, plan, path), []
    export.done.connect(lambda place, count: said.append((place, count)))
    export.failed.connect(said.append)
    export.cancelled.connect(lambda: said.append("cancelled"))
    export.begin()
    if act is not None:
        act(export)
    traveller.driver.wait_for(lambda: len(said) == 1)
    return said


def test_the_film_of_a_view_is_exported_as_it_was_from_step_to_step(traveller: Traveller, tmp_path: Path):
    window = traveller.window
    view = traveller.driver.see(window, "boundary")
    traveller.train(30)
    traveller.go(12)
    place = tmp_path / "boundary"
    assert exported(traveller, place, FilmPlan((0, 10, 20, 30), 300, 10, "")) == [(str(place), 4)]
    traveller.arrive(12)
    with Image.open(place / "0001.png") as first, Image.open(place / "0004.png") as last:
        assert first.size[0] == last.size[0] == 300
        assert np.abs(np.asarray(first, float) - np.asarray(last, float)).mean() > 1
    traveller.go(10)
    traveller.driver.wait_for(lambda: view.moment.step == 10)
    now = photograph(view, 300)
    assert np.abs(pixels(now) - pixels((place / "0002.png").read_bytes())).mean() < 0.1
    traveller.now()
    film = tmp_path / "boundary.gif"
    assert exported(traveller, film, FilmPlan(tuple(range(0, 31, 3)), 200, 10)) == [(str(film), 11)]
    with Image.open(film) as opened:
        assert (opened.n_frames, opened.size[0]) == (11, 200)
    traveller.driver.settle(window)
    assert view.moment.step == 30
    assert not traveller.travel.is_past


def test_of_each_step_one_picture_is_taken_however_often_it_is_answered(traveller: Traveller, tmp_path: Path):
    traveller.driver.see(traveller.window, "boundary")
    traveller.train(30)
    place = tmp_path / "boundary"

    def answer_twice(export: FilmExport) -> None:
        traveller.travel.arrived.connect(export._on_arrived)

    assert exported(traveller, place, FilmPlan((0, 15, 30), 300, 10, ""), answer_twice) == [(str(place), 3)]
    first, second = ((place / name).read_bytes() for name in ("0001.png", "0002.png"))
    assert np.abs(pixels(first) - pixels(second)).mean() > 1


def pixels(content: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image.convert("RGB"), float)


def test_an_export_that_is_cancelled_or_disturbed_writes_nothing(traveller: Traveller, tmp_path: Path):
    traveller.train(10)
    plan, path = FilmPlan(tuple(range(11)), 200, 10), tmp_path / "film.gif"
    assert exported(traveller, path, plan, lambda export: export.cancel()) == ["cancelled"]
    traveller.driver.settle(traveller.window)
    assert not traveller.travel.is_past
    (said,) = exported(traveller, path, plan, lambda export: traveller.session.reset())
    assert "not exported" in said
    assert not path.exists()


def test_an_export_is_asked_for_shown_and_told(traveller: Traveller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    window, path = traveller.window, tmp_path / "weights.gif"
    traveller.driver.see(window, "weights")
    traveller.train(12)
    asked = []

    def answer(dialog: FilmDialog) -> int:
        dialog.pictures.setValue(5)
        asked.append(dialog.plan)
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(FilmDialog, "exec", answer)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), "GIF (*.gif)"))
    window.commands["export_film"].trigger()
    traveller.driver.wait_for(lambda: "The film was saved" in window.notice.text)
    assert asked[0].steps == (0, 3, 6, 9, 12)
    with Image.open(path) as film:
        assert film.n_frames == 5
    assert window.memory.value("figures") == str(tmp_path)
