"""How names, values and numbers are written, to be read in a line; no name can act on a terminal or forge a line."""

import math
import unicodedata
from typing import SupportsFloat

# What stands in for letters that cannot be seen, such as escape codes, line breaks, and those that turn a text around.
_UNSEEN = "?"
_JOINERS = "\u200c\u200d"
# From here on a number is written with an exponent.
_HUGE = 1e9


def printable(text: str) -> str:
    """The text in one line, whole, with a question mark for every letter that cannot be seen."""
    return text if text.isprintable() else "".join(letter if _is_harmless(letter) else _UNSEEN for letter in text)


def _is_harmless(letter: str) -> bool:
    """Spaces of other widths and joiners stand in names of files, and do nothing to a line."""
    return letter.isprintable() or letter in _JOINERS or unicodedata.category(letter) == "Zs"


def shown(text: object, most: int = 60) -> str:
    """One line, printable, not too long."""
    line = printable(str(text)[: most + 1])
    return line if len(line) <= most else line[: most - 1] + "…"


def shown_value(value: object, most: int = 60) -> str:
    """A value as Python writes it, texts in quotes; of a long one the beginning."""
    try:
        return shown(repr(value), most)
    except (ValueError, RecursionError):
        # Python writes no number of more than 4,300 digits, and nothing that is nested very deeply.
        return "the value"


def without_middle(text: str, most: int) -> str:
    """Of a text that is too long the beginning and the end, which says what to do."""
    if len(text) <= most:
        return text
    end = most // 3
    return f"{text[: most - end - 3]} … {text[-end:]}"


def plural(word: str) -> str:
    """Of several: weights, biases."""
    return f"{word}es" if word.endswith("s") else f"{word}s"


def counted(count: int, one: str, many: str = "") -> str:
    """How many, in figures, of what: 1 unit, 1,234 units."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def bytes_text(count: float) -> str:
    """54.9 MB."""
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} GB"


def about_seconds(seconds: float) -> str:
    """≈ 3.1 ms: two digits, since it is estimated."""
    rounded = float(f"{seconds:.1e}")
    unit = "s" if rounded >= 1 else "ms" if rounded >= 1e-3 else "µs"
    count = rounded * {"s": 1, "ms": 1e3, "µs": 1e6}[unit]
    return f"≈ {count:.1f} {unit}" if count < 9.95 else f"≈ {count:,.0f} {unit}"


def percent(share: SupportsFloat) -> str:
    """An accuracy, a probability or another share as a person reads it, the same wherever it stands: 98.3%."""
    return f"{float(share):.1%}"


def figure(value: SupportsFloat, digits: int = 4, plus: bool = False) -> str:
    """A number as a person reads it, the same wherever it stands: 0.0125, 12.35, 76,050, 7.605e−05.

    It has so many digits, and more only before the point; an exponent below 0.0001 and from a billion on. plus: with a sign
    also above zero.
    """
    size = abs(float(value))
    if math.isnan(size) or not size:
        return "0" if size == 0 else "nan"
    rounded = float(f"{size:.{digits}g}")
    # All that stands before the point is told, and Python writes an exponent below 0.0001 by itself.
    text = f"{size:,.0f}" if 10 ** (digits - 1) <= rounded < _HUGE else f"{size:,.{digits}g}"
    sign = "−" if float(value) < 0 else "+" if plus else ""
    return sign + text.replace("e-", "e−")


def loss_text(value: float) -> str:
    """A loss: four digits behind the point, or of what is smaller than these show four digits that are there."""
    return f"{value:.4f}" if value == 0 or 0.01 <= abs(value) < 1000 else figure(value, 3)


def signed(value: SupportsFloat) -> str:
    """A number with its sign that is to be added up with others: +0.1234, −12.3456; very small and large ones as figures."""
    size = abs(float(value))
    if size == 0 or 0.001 <= size < 1000:
        # Without the sign of a negative zero.
        return f"{float(value) + 0.0:+.4f}".replace("-", "−")
    return figure(value, plus=True)
