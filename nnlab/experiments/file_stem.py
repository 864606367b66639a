"""What a file is called that is made of an experiment."""

import re


def file_stem(name: str) -> str:
    """A file name made of an experiment's name: letters, digits, dots and dashes."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.")[:80] or "experiment"
