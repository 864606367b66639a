"""A page as a reader of HTML finds it: its tags, its texts, and what of it is not whole."""

from html.parser import HTMLParser

VOID = {"img", "meta", "br"}


class Reader(HTMLParser):
    """Reads a page; `problems` are tags that do not match."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.problems: list[str] = []
        self.texts: list[tuple[str, str]] = []  # the tag around, the text
        self._open: list[str] = []
        self.feed(page)
        self.close()
        self.problems += [f"<{tag}> is not closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.problems.append(f"</{tag}> closes something else")

    def handle_data(self, data: str) -> None:
        self.texts.append((self._open[-1] if self._open else "", data))

    def all_in(self, tag: str) -> list[str]:
        """The texts directly in such elements."""
        return [text for around, text in self.texts if around == tag]

    @property
    def text(self) -> str:
        """All of it but the style."""
        return " ".join(text for around, text in self.texts if around != "style")
