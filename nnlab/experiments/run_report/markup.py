"""HTML that cannot be broken by what stands in it: elements are made by functions, and every plain text is escaped."""

from collections.abc import Iterable, Sequence
from html import escape

from nnlab.words import printable

_VOID = ("img", "meta", "br")


class Markup(str):
    """A text that is HTML already."""

    __slots__ = ()


Content = str | Iterable["Content"]


def element(tag: str, *content: Content, **attributes: object) -> Markup:
    """<tag name="value">content</tag>; an attribute's name ends with _ where Python has that word for itself."""
    given = "".join(f' {_attribute(name)}="{escape(str(value))}"' for name, value in attributes.items() if value is not None)
    return Markup(f"<{tag}{given}>") if tag in _VOID else Markup(f"<{tag}{given}>{together(*content)}</{tag}>")


def together(*content: Content) -> Markup:
    """One after the other: markup as it is, any other text so that it reads as it stands."""
    return Markup("".join(_one(part) for part in content))


def section(title: str, *content: Content) -> Markup:
    """A part of the page under a heading; nothing where nothing stands in it."""
    inner = together(*content)
    return element("section", element("h2", title), inner) if inner else inner


def table(rows: Iterable[Sequence[Content]], head: Sequence[Content] = (), kind: str | None = None) -> Markup:
    """Rows, each with its first cell as its name; nothing where there are none."""
    body = [element("tr", element("th", row[0], scope="row"), *(element("td", cell) for cell in row[1:])) for row in rows]
    if not body:
        return Markup()
    top = element("thead", element("tr", *(element("th", cell, scope="col") for cell in head))) if head else Markup()
    return element("div", element("table", top, element("tbody", *body), class_=kind), class_="wide")


def _one(part: Content) -> str:
    if isinstance(part, Markup):
        return part
    if isinstance(part, str):
        # Lines stay lines; letters that nobody sees, and bytes that are no characters, do not.
        return "\n".join(escape(printable(line)) for line in part.split("\n"))
    return together(*part)


def _attribute(name: str) -> str:
    return name.rstrip("_").replace("_", "-")
