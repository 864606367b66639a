"""Colours: two themes, the class palette, and the scale for signed numbers. Everything drawn takes its colours from here."""

from dataclasses import asdict, dataclass, replace
from functools import cache
from string import Template

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtGui import QColor, QPalette

from nnlab.colors import CLASS_COLORS as CLASS_COLORS
from nnlab.colors import RUN_COLORS as RUN_COLORS
from nnlab.resources import resource

Lut = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Theme:
    """The named colours of the window, light or dark."""

    name: str
    ground: str
    surface: str
    field: str
    hover: str
    border: str
    text: str
    muted: str
    accent: str
    faint: str
    on_accent: str
    selected: str
    danger: str
    warning_ground: str
    past: str  # of what shows an earlier step
    past_ground: str
    ink: str  # of bars, and of maps of how much of something there is; the accent is that of controls
    faint_ink: str  # the same where it steps back
    magnification: float = 1.0  # of letters, and of what is drawn

    @property
    def is_dark(self) -> bool:
        """Whether text is lighter than what it stands on."""
        return self.name == "dark"


LIGHT = Theme(
    "light",
    ground="#F6F7F9",
    surface="#FFFFFF",
    field="#FFFFFF",
    hover="#EEF1F4",
    border="#D8DCE2",
    text="#1F2328",
    muted="#5C646D",
    accent="#0B6BCB",
    faint="#B9D4F0",
    on_accent="#FFFFFF",
    selected="#E3EFFC",
    danger="#C5221F",
    warning_ground="#FFF4E5",
    past="#7A4FC2",
    past_ground="#F2ECFB",
    ink="#46566B",
    faint_ink="#B4BECB",
)
DARK = Theme(
    "dark",
    ground="#14161A",
    surface="#1C1F25",
    field="#14161A",
    hover="#262A32",
    border="#2F343D",
    text="#E6E8EB",
    muted="#9198A1",
    accent="#58A6FF",
    faint="#2F4C70",
    on_accent="#0B1117",
    selected="#203048",
    danger="#FF7B72",
    warning_ground="#33291A",
    past="#B79CF2",
    past_ground="#2A2338",
    ink="#9FB0C3",
    faint_ink="#4A5768",
)

CLASS_SYMBOLS = ("o", "s", "t", "d", "t1", "p", "h", "star", "t2", "+")

# What the style sheet draws with, in a file for each theme.
_SHEET_ICONS = ("chevron", "check", "back", "forth", "parent", "new-folder", "list", "details")

# The last entry of a picture's table paints what is no data: the gaps of a mosaic.
GAP = 255
_STEPS = 255
# Heights of letters in the style sheet, in pixels.
_LETTERS = {"letters": 13, "headline": 19}


@cache
def magnified(theme: Theme, factor: float) -> Theme:
    """The same colours with larger letters: always the same object."""
    return theme if factor == theme.magnification else replace(theme, magnification=factor)


def class_color(label: int) -> QColor:
    """The colour of a class, the same in every view."""
    return QColor(CLASS_COLORS[label % len(CLASS_COLORS)])


@cache
def signed_lut(theme: Theme) -> Lut:
    """Orange - neutral - blue over the indices 0 ... 254, symmetric about 127; index 255 is the gap. Made once per theme."""
    return _ramp(theme, CLASS_COLORS[0], CLASS_COLORS[1])


@cache
def class_lut(theme: Theme, label: int) -> Lut:
    """Grey - neutral - the class's colour, over the same indices: against a class, undecided, for it."""
    return _ramp(theme, theme.muted, class_color(label).name())


def _ramp(theme: Theme, low: str, high: str) -> Lut:
    middle = rgb(theme.surface if theme.is_dark else "#F7F7F7")
    share = np.linspace(-1, 1, _STEPS)[:, None]
    ends = np.where(share < 0, rgb(low), rgb(high))
    colors = middle + (ends - middle) * np.abs(share) ** 0.8
    table = np.vstack([np.round(colors), rgb(theme.surface)]).astype(np.uint8)
    table.flags.writeable = False  # shared by all views
    return table


def signed_indices(values: npt.NDArray[np.floating], bound: float) -> npt.NDArray[np.uint8]:
    """Values in -bound ... bound as indices into signed_lut; NaN becomes the gap."""
    scaled: npt.NDArray[np.floating] = np.clip(values * (127 / bound) + 127, 0, 254)
    np.copyto(scaled, GAP, where=np.isnan(values))
    return scaled.astype(np.uint8)


def grey_lut(theme: Theme) -> Lut:
    """Black to white over the indices 0 ... 254, for pictures; index 255 is the gap."""
    grey = np.round(np.linspace(0, 255, _STEPS))[:, None].repeat(3, axis=1)
    return np.vstack([grey, rgb(theme.surface)]).astype(np.uint8)


def viridis_lut(theme: Theme) -> Lut:
    """Viridis over the indices 0 ... 254, for quantities from zero upwards; index 255 is the gap."""
    colors = pg.colormap.get("viridis").getLookupTable(nPts=_STEPS, alpha=False)
    return np.vstack([colors, rgb(theme.surface)]).astype(np.uint8)


def unsigned_indices(values: npt.NDArray[np.floating], low: float, high: float) -> npt.NDArray[np.uint8]:
    """Values in low ... high as indices into grey_lut or viridis_lut; NaN becomes the gap."""
    scaled: npt.NDArray[np.floating] = np.clip((values - low) * (254 / (high - low)), 0, 254)
    np.copyto(scaled, GAP, where=np.isnan(values))
    return scaled.astype(np.uint8)


def heat_lut(theme: Theme) -> Lut:
    """From the surface to the ink: shares from 0 to 1, readable with numbers on top."""
    share = np.linspace(0, 1, 256)[:, None]
    low, high = rgb(theme.surface), rgb(theme.ink)
    return np.round(low + (high - low) * share).astype(np.uint8)


def letters_on(color: npt.NDArray[np.number]) -> str:
    """Black or white, whichever is read better on red, green and blue from 0 to 255: at 4.5 to 1 at least (WCAG 2)."""
    share = np.asarray(color, float) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ (0.2126, 0.7152, 0.0722))
    return "#000000" if (luminance + 0.05) ** 2 > 1.05 * 0.05 else "#FFFFFF"


def palette(theme: Theme) -> QPalette:
    """The Fusion palette of a theme, for what the style sheet does not reach."""
    colors = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.ground,
        QPalette.ColorRole.Base: theme.field,
        QPalette.ColorRole.AlternateBase: theme.surface,
        QPalette.ColorRole.Button: theme.surface,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.ToolTipBase: theme.surface,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.muted,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.on_accent,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.Mid: theme.border,
    }
    for role, color in roles.items():
        colors.setColor(role, QColor(color))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        colors.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.muted))
    return colors


def style_sheet(theme: Theme) -> str:
    """The shipped style sheet with the theme's colours and icons filled in."""
    icons = {name.replace("-", "_"): resource("icons", f"{name}-{theme.name}.svg").as_posix() for name in _SHEET_ICONS}
    text = resource("style.qss").read_text(encoding="utf-8")
    sizes = {name: round(pixels * theme.magnification) for name, pixels in _LETTERS.items()} | {"bars": _LETTERS["letters"]}
    return Template(text).substitute(asdict(theme) | sizes | icons)


def rgb(color: str) -> npt.NDArray[np.floating]:
    """Red, green and blue of a colour "#RRGGBB", from 0 to 255."""
    return np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)], float)
