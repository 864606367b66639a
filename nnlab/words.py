"""Names and values from elsewhere, made fit to be read in a line: nothing in them can act on a terminal or forge a line."""

import unicodedata

# What stands in for letters that cannot be seen, such as escape codes, line breaks, and those that turn a text around.
_UNSEEN = "?"
_JOINERS = "\u200c\u200d"


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
