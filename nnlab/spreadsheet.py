"""Tables that a spreadsheet may open: a name in them must not be taken for a formula, which could call programs."""

# Spreadsheets read a cell that begins so as a formula.
_BEGIN_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def inert(text: str) -> str:
    """The text of a cell, with an apostrophe before it where a spreadsheet would run it; numbers such as -1 stay numbers."""
    return f"'{text}" if text.lstrip(" \n").startswith(_BEGIN_FORMULAS) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
