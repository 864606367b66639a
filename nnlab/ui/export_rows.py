"""The rows of the table of actions that copy and save what is seen."""

from nnlab.ui.action_row import Row

_BESIDE = "Export curves or Inspector"

EXPORT_ROWS = (
    Row(
        "export_view",
        "File",
        2,
        "Export view…",
        lambda desk: desk.export_view(),
        ("Ctrl+E",),
        "A figure of the view in front: size, dots per inch and colours are chosen; as PNG, SVG, PDF, its numbers as CSV",
    ),
    Row(
        "copy_view",
        "File",
        2,
        "Copy view",
        lambda desk: desk.copy_view(),
        ("Ctrl+Shift+E",),
        "The picture of the view in front to the clipboard, as the last figure was made",
    ),
    Row(
        "export_numbers",
        "File",
        2,
        "Save the view's numbers…",
        lambda desk: desk.export_numbers(),
        help="The numbers that the view in front shows, as a CSV file",
    ),
    Row(
        "copy_curves",
        "File",
        2,
        "Copy curves",
        lambda desk: desk.copy_curves(),
        help="The picture of the curves to the clipboard, as the last figure was made",
        submenu=_BESIDE,
    ),
    Row("export_curves", "File", 2, "Export curves…", lambda desk: desk.export_curves(), submenu=_BESIDE),
    Row(
        "save_curves",
        "File",
        2,
        "Save the numbers of the curves…",
        lambda desk: desk.save_curves(),
        help="Every point of the curves, as a CSV file",
        submenu=_BESIDE,
    ),
    Row("export_inspector", "File", 2, "Export Inspector…", lambda desk: desk.export_inspector(), submenu=_BESIDE),
    Row(
        "open_folder",
        "File",
        2,
        "Open the folder of the last export",
        lambda desk: desk.files.open_folder(),
        help="The folder of what was saved last, in the system's own browser of files",
    ),
)
