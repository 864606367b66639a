"""Nothing that stands in a page can break it."""

from hypothesis import given
from hypothesis import strategies as st

from nnlab.experiments.run_report.markup import Markup, element, section, table, together
from tests.experiments.run_report.reading import Reader


def test_texts_are_escaped_and_markup_is_not():
    inner = element("b", "<i>")
    assert inner == "<b>&lt;i&gt;</b>" and element("p", inner, " & ") == "<p><b>&lt;i&gt;</b> &amp; </p>"


def test_attributes_are_escaped_and_have_the_names_of_html():
    assert element("p", class_='"><script>', stroke_width=2, id=None) == (
        '<p class="&quot;&gt;&lt;script&gt;" stroke-width="2"></p>'
    )
    assert element("img", src="a", alt="") == '<img src="a" alt="">'


def test_what_nobody_can_see_is_shown_as_unseen_and_lines_stay():
    assert together("a\x1b[31m\nb\u202ec\ud800") == "a?[31m\nb?c?"


@given(st.lists(st.lists(st.text(), min_size=2, max_size=4), max_size=5))
def test_a_table_of_any_texts_is_whole(rows: list[list[str]]):
    page = table(rows, ["", "a"])
    reader = Reader(page)
    assert reader.problems == [] and bool(page) == bool(rows)
    assert reader.tags.count("tr") == (len(rows) + 1 if rows else 0)


def test_a_section_without_content_is_nothing():
    assert section("Title", Markup(), "") == "" and section("Title", "a") == "<section><h2>Title</h2>a</section>"
