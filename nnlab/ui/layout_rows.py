"""The rows of the table of actions that lay out the window."""

from nnlab.ui.action_row import Row
from nnlab.ui.layouts import LAYOUTS, Layout


def _layout(layout: Layout) -> Row:
    """One of the layouts, as it was left last."""
    return Row(
        f"layout_{layout.name}",
        "View",
        4,
        layout.words,
        lambda desk: desk.choose_layout(layout.name),
        (layout.key,),
        layout.help,
        submenu="Layout",
        group="layout",
        is_on=lambda desk: desk.layouts.name == layout.name,
    )


LAYOUT_ROWS = (
    *map(_layout, LAYOUTS.values()),
    Row(
        "restore_layout",
        "View",
        4,
        "Restore the layout",
        lambda desk: desk.restore_layout(),
        help="The layout that is chosen as it was at first: every part in its place",
    ),
)
