"""Every number that is drawn lies where its axes say, whatever the numbers are."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from nnlab.experiments.run_report.fewer_points import fewer_points
from nnlab.experiments.run_report.plot import Frame, Line, drawing, plot, svg

SVG = "{http://www.w3.org/2000/svg}"


def drawn(picture: str) -> list[np.ndarray]:
    """The points of every line (n, 2), the frame and the grid left out."""
    lines = ElementTree.fromstring(picture).findall(f"{SVG}polyline")
    texts = [line.get("points") for line in lines if line.get("stroke") != "currentColor"]
    return [np.array([pair.split(",") for pair in text.split()], float) for text in texts]


def dots(picture: str) -> list[tuple[float, float]]:
    return [(float(dot.get("cx")), float(dot.get("cy"))) for dot in ElementTree.fromstring(picture).findall(f"{SVG}circle")]


def numbers(picture: str) -> dict[str, tuple[float, float]]:
    """Where each text stands."""
    return {
        text.text: (float(text.get("x")), float(text.get("y")))
        for text in ElementTree.fromstring(picture).iter(f"{SVG}text")
    }


def line(y: list[float], **style: object) -> Line:
    return Line(np.arange(len(y), dtype=float), np.array(y), "#123456", **style)


def test_points_lie_beside_their_numbers():
    picture = plot("Loss", [line([10.0, 5.0, 20.0])], "epoch", "loss")
    (points,), texts = drawn(picture), numbers(picture)
    assert points[1][0] == pytest.approx((points[0][0] + points[2][0]) / 2, abs=0.2)
    assert points[0][0] == pytest.approx(texts["0"][0], abs=0.2)
    # A number stands a little below the middle of its line.
    assert points[0][1] == pytest.approx(texts["10"][1] - 4, abs=0.2)
    assert {"epoch", "loss"} <= texts.keys() and "<title>Loss</title>" in picture


def test_on_a_logarithmic_axis_equal_ratios_are_equally_far_apart():
    (points,) = drawn(plot("Loss", [line([100.0, 10.0, 1.0, 0.1])], "epoch", "loss", is_log=True))
    assert np.ptp(np.diff(points[:, 1])) < 0.3


def test_a_smaller_picture_with_a_logarithmic_axis_across():
    powers = Line(np.array([1.0, 10.0, 100.0]), np.array([1.0, 2.0, 3.0]), "#123456")
    frame = Frame(200, 100)
    (points,) = drawn(svg(drawing("Time", [powers], "rows", "s", is_log_across=True, frame=frame), frame))
    assert np.diff(points[:, 0]) == pytest.approx([63, 63], abs=0.1)
    assert points[:, 0].max() == pytest.approx(200 - 12) and points[:, 1].max() == pytest.approx(100 - 40)


@pytest.mark.parametrize("is_log", [False, True])
@pytest.mark.parametrize("value", [0.5, 1e-30, 1e30])
def test_a_single_point_is_a_dot_within_the_frame(value: float, is_log: bool):
    picture = plot("Loss", [line([value])], "epoch", "loss", is_log)
    ((x, y),) = dots(picture)
    assert 62 < x < 708 and 10 < y < 260 and not drawn(picture)


@pytest.mark.parametrize("value", [0.0, -3.0, 2.0, 1e-300])
def test_a_line_that_stays_where_it_is(value: float):
    (points,) = drawn(plot("Loss", [line([value] * 5)], "epoch", "loss"))
    assert np.ptp(points[:, 1]) == 0 and 10 < points[0, 1] < 260


def test_what_is_no_number_is_a_gap():
    picture = plot("Loss", [line([1, 2, np.nan, 3, 4, np.inf, 5])], "epoch", "loss")
    assert [len(points) for points in drawn(picture)] == [2, 2] and len(dots(picture)) == 1
    assert "nan" not in picture.lower() and "inf" not in picture.lower()


def test_zero_and_less_have_no_place_on_a_logarithmic_axis():
    picture = plot("Loss", [line([1, 0.5, 0.0, -1, 0.25, 0.125])], "epoch", "loss", is_log=True)
    assert [len(points) for points in drawn(picture)] == [2, 2]


@pytest.mark.parametrize("y", [[], [np.nan], [np.inf, -np.inf], [0.0, -1.0]])
def test_without_any_number_a_sentence_says_so(y: list[float]):
    assert (
        plot("Loss", [line(y)], "epoch", "loss", is_log=True) == '<p class="muted">Loss: there are no numbers to draw.</p>'
    )
    assert "no numbers" in plot("Loss", [], "epoch", "loss")


def test_a_hundred_thousand_points_keep_their_extremes_and_not_their_number():
    y = np.random.default_rng(1).random(100_000)
    y[31_415], y[92_653] = 7.0, -7.0
    y[500:900] = np.nan
    x = np.arange(len(y), dtype=float)
    fewer_x, fewer_y = fewer_points(x, y, 600)
    assert len(fewer_x) <= 1200 and np.all(np.diff(fewer_x) > 0)
    assert np.nanmax(fewer_y) == 7 and np.nanmin(fewer_y) == -7 and np.isnan(fewer_y).any()
    assert {(31_415, 7.0), (92_653, -7.0)} <= set(zip(fewer_x, fewer_y, strict=True))
    assert len(plot("Loss", [Line(x, y, "#123456")], "epoch", "loss")) < 40_000


def test_few_points_are_all_drawn():
    x, y = np.arange(10.0), np.arange(10.0)
    assert fewer_points(x, y, 600)[0] is x


def test_every_run_has_its_colour_and_validation_its_dashes():
    lines = [line([1, 2]), Line(np.arange(2.0), np.array([2.0, 3.0]), "#ABCDEF", is_dashed=True)]
    picture = plot("Loss", lines, "epoch", "loss")
    assert re.search(r'stroke="#ABCDEF"[^>]*stroke-dasharray', picture) and not re.search(r"#123456[^>]*dash", picture)


def test_names_of_axes_are_names():
    picture = plot("<b>", [line([1, 2])], "a < b", '"&"')
    assert {"a < b", '"&"'} <= numbers(picture).keys()


@pytest.mark.parametrize("is_log", [False, True])
@pytest.mark.parametrize("values", [[5e-324, 1e-323], [-1e308, 1.7e308], [0.0, 5e-324]])
def test_numbers_at_the_ends_of_what_there_is_lie_within_the_frame(values: list[float], is_log: bool):
    picture = plot("Loss", [line(values)], "epoch", "loss", is_log)
    for x, y in [*dots(picture), *(point for points in drawn(picture) for point in points)]:
        assert 61 < x < 709 and 9 < y < 261
