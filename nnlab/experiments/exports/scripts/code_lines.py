"""How long a script is: its lines of code, without blank ones, comments and docstrings."""

import io
import tokenize

_SILENT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}


def lines_of_code(text: str) -> int:
    """Lines on which anything stands that is run; a text that is a statement of its own is a comment in other words."""
    lines: set[int] = set()
    statement: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in _SILENT:
            statement.append(token)
        elif token.type in (tokenize.NEWLINE, tokenize.ENDMARKER):
            if any(part.type != tokenize.STRING for part in statement):
                lines.update(row for part in statement for row in range(part.start[0], part.end[0] + 1))
            statement.clear()
    return len(lines)
