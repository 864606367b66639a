"""What one cell of a table says: a number as people write them, or that nothing is known."""

import re

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_BYTE = re.compile(r"\d{1,3}", re.ASCII)
_MISSING = {"", "?", "nan", "na", "n/a", "null", "none"}
_NO_NUMBER = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)
_TRUTH = {"true": 1.0, "false": 0.0}
# What stands around a number without being a part of it. A column has one of them everywhere or nowhere.
_MARKS = "%$€£¥"
_GROUPS = {
    ".": re.compile(r"[+-]?[1-9]\d{0,2}([,\u00a0\u202f'’]\d{3})+(\.\d*)?", re.ASCII),
    ",": re.compile(r"[+-]?[1-9]\d{0,2}([.\u00a0\u202f'’]\d{3})+(,\d*)?", re.ASCII),
}
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?", re.ASCII)
_DATE = re.compile(
    r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}([-/.])\d{1,2}\2\d{2,4}"
    r"|\d{1,2}[ -][a-z]{3,9}[ -]\d{2,4}|[a-z]{3,9} \d{1,2},? \d{4})"
    r"([ t]\d{1,2}:\d{2}.*)?",
    re.ASCII | re.IGNORECASE,
)


def is_number(cell: str) -> bool:
    """Whether a cell holds a finite number, written as NumPy reads it."""
    return _NUMBER.fullmatch(cell) is not None


def is_byte(cell: str) -> bool:
    """Whether a cell holds a whole number from 0 to 255."""
    return _BYTE.fullmatch(cell) is not None and int(cell) < 256


def is_missing(cell: str) -> bool:
    """Whether a cell says that nothing is known."""
    return cell.lower() in _MISSING


def is_date(cell: str) -> bool:
    """Whether a cell holds a day, with or without a time."""
    return _DATE.fullmatch(cell) is not None


def is_decimal_comma(cell: str) -> bool:
    """Whether a cell may be a number whose decimals follow a comma."""
    return _DECIMAL_COMMA.fullmatch(cell) is not None


def number_of(cell: str, decimal: str = ".") -> tuple[float, str] | None:
    """A number and the mark beside it (%, $ ... or none), None where the cell holds no number.

    Read are groups of thousands, a minus as it is printed, true and false as 1 and 0, and quotes or blanks around.
    """
    text = unquoted(cell).replace("\u2212", "-")
    if decimal == "." and is_number(text):
        return float(text), ""
    if text.lower() in _TRUTH:
        return _TRUTH[text.lower()], ""
    mark = next((mark for mark in _MARKS if text.count(mark) == 1), "")
    if mark:
        before, after = (part.strip() for part in text.split(mark))
        if (before not in ("", "+", "-") and after) or (mark == "%" and after):
            return None
        text = before + after
    if _GROUPS[decimal].fullmatch(text):
        text = re.sub(rf"[^\d+\-{re.escape(decimal)}]", "", text)
    if decimal == ",":
        text = text.replace(",", ".") if "." not in text else ("" if "," in text else text)
    return (float(text), mark) if is_number(text) else None


def unquoted(cell: str) -> str:
    """Without blanks around, and without single quotes that stand on both sides."""
    text = cell.strip()
    return text[1:-1].strip() if len(text) > 2 and text[0] == text[-1] == "'" else text


def is_word(cell: str) -> bool:
    """Whether a cell holds something that is no number and does not stand for one."""
    return (
        bool(cell)
        and not _NUMBER.fullmatch(cell)
        and not _NO_NUMBER.fullmatch(cell)
        and cell != "?"
        and not (number_of(cell) or number_of(cell, ","))
    )
