"""Texts of an SVG file as outlines: it looks alike everywhere, and no reader needs the font."""

import re
from html import unescape

from PySide6.QtGui import QFont, QPainterPath

_TEXT = re.compile(rb"<text ([^>]*)>(.*?)</text>", re.DOTALL)
_ATTRIBUTE = re.compile(r'([\w:-]+)="([^"]*)"')
# Of a text's attributes those that a path has, too.
_KEPT = ("fill", "fill-opacity", "stroke", "transform", "opacity")


def with_outlines(content: bytes) -> bytes:
    """The same file with a path in the place of each text, as Qt's generator writes them."""
    return _TEXT.sub(_outlined, content)


def _outlined(found: re.Match[bytes]) -> bytes:
    attributes = dict(_ATTRIBUTE.findall(found[1].decode()))
    text = unescape(found[2].decode())
    font = QFont([name.strip(" '") for name in unescape(attributes.get("font-family", "")).split(",")])
    # A size without a unit is in pixels.
    font.setPixelSize(max(round(float(attributes.get("font-size", "13").removesuffix("px"))), 1))
    font.setWeight(QFont.Weight(int(attributes.get("font-weight", "400"))))
    font.setItalic(attributes.get("font-style") == "italic")
    path = QPainterPath()
    path.addText(float(attributes.get("x", "0")), float(attributes.get("y", "0")), font, text)
    kept = " ".join(f'{name}="{attributes[name]}"' for name in _KEPT if name in attributes)
    title = f"<title>{found[2].decode()}</title>" if text.strip() else ""
    return f'<path {kept} d="{_drawn(path)}">{title}</path>'.encode()


def _drawn(path: QPainterPath) -> str:
    """In the words of SVG."""
    words, place = [], 0
    while place < path.elementCount():
        element = path.elementAt(place)
        x, y = f"{element.x:.2f}", f"{element.y:.2f}"
        if element.isMoveTo():
            words.append(f"M{x} {y}")
        elif element.isLineTo():
            words.append(f"L{x} {y}")
        else:
            second, end = path.elementAt(place + 1), path.elementAt(place + 2)
            words.append(f"C{x} {y} {second.x:.2f} {second.y:.2f} {end.x:.2f} {end.y:.2f}")
            place += 2
        place += 1
    return "".join(words)
