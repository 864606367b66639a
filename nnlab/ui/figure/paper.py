"""How a view is put on paper: its size, its resolution, and its colours."""

from dataclasses import dataclass

from PySide6.QtCore import QSize

from nnlab.errors import SaveError
from nnlab.ui.theme import DARK, LIGHT, Theme

_MILLIMETRES_AN_INCH = 25.4
# A figure is laid out as a screen of so many dots an inch would show it, so that its texts are 10 points large on paper.
_LAYOUT_DPI = 96.0
LEAST_DPI, MOST_DPI = 72, 1200
LEAST_MILLIMETRES, MOST_MILLIMETRES = 40, 1000
# A picture of more would not fit into what other programs take, nor well into memory.
MOST_PIXELS = 120_000_000


@dataclass(frozen=True)
class Paper:
    """A size (width, height) in mm, or None for that on the screen; dots per inch of a PNG; `theme` "" as on the screen."""

    size: tuple[float, float] | None = None
    dpi: int = 192
    theme: str = "light"

    def layout_size(self, on_screen: QSize) -> QSize:
        """The pixels in which it is laid out."""
        if self.size is None:
            return on_screen
        width, height = (round(side / _MILLIMETRES_AN_INCH * _LAYOUT_DPI) for side in self.size)
        return QSize(width, height)

    def millimetres(self, on_screen: QSize) -> tuple[float, float]:
        """Its width and height on paper."""
        if self.size is not None:
            return self.size
        inch = _MILLIMETRES_AN_INCH / _LAYOUT_DPI
        return on_screen.width() * inch, on_screen.height() * inch

    @property
    def scale(self) -> float:
        """Pixels of a PNG for each pixel of the layout."""
        return self.dpi / _LAYOUT_DPI

    def pixels(self, on_screen: QSize) -> tuple[int, int]:
        """Of a PNG: width and height."""
        laid_out = self.layout_size(on_screen)
        return int(laid_out.width() * self.scale), int(laid_out.height() * self.scale)

    def checked_pixels(self, on_screen: QSize) -> tuple[int, int]:
        """The same; raises SaveError where that is more than a picture may have."""
        width, height = self.pixels(on_screen)
        if width * height > MOST_PIXELS:
            raise SaveError(
                f"a picture of {width:,} x {height:,} pixels is too large; use fewer dots an inch, or a smaller size"
            )
        return width, height

    def colors(self, on_screen: Theme) -> Theme:
        """Those of the figure."""
        return {"light": LIGHT, "dark": DARK}.get(self.theme, on_screen)


# What is exported without being asked: the window's colours, and two pixels for each of the screen's.
AS_ON_SCREEN = Paper(theme="")
# By what they are called; None is the size on the screen.
SIZES: dict[str, tuple[float, float] | None] = {
    "as on the screen": None,
    "one column, 85 × 60 mm": (85.0, 60.0),
    "two columns, 175 × 90 mm": (175.0, 90.0),
    "slide, 254 × 143 mm": (254.0, 143.0),
}
