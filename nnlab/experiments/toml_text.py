"""TOML out of somebody's file. Of keys of many parts the library takes time that grows with the square of their number."""

import re
import tomllib
from typing import Any

from nnlab.errors import NotTomlError

# nnlab's own have two, such as training.epochs.
_MOST_PARTS = 16

# Where the words of a text are not TOML's: comments and texts in quotes, to their end or to that of the file.
_QUOTED = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""(?:"{0,2})|\Z)'
    r"|'''.*?(?:'''(?:'{0,2})|\Z)"
    r'|"(?:\\.|[^"\\\n])*"?'
    r"|'[^'\n]*'?"
    r"|#[^\n]*",
    re.DOTALL,
)
# Never looking twice at a letter: a key may be as long as the file.
_LONG_KEY = re.compile(rf"(?<![\w-])[\w-]++(?:[ \t]*+\.[ \t]*+[\w-]++){{{_MOST_PARTS}}}")


def parse_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML text; raises NotTomlError with the place where it is none."""
    # A text in quotes may be a part of a key, and stands for one; a comment for nothing.
    bare = _QUOTED.sub(lambda found: "" if found[0].startswith("#") else "q", text)
    if _LONG_KEY.search(bare):
        raise NotTomlError(f"not valid TOML for nnlab: a key has more than {_MOST_PARTS} parts with dots between")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotTomlError(f"not valid TOML: {error}") from None
    except (ValueError, RecursionError):
        raise NotTomlError("not valid TOML: a number is too long, or brackets are nested too deeply") from None
