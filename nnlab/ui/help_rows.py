"""What helps a person: rows of the table of actions."""

from nnlab.ui.action_row import Row

HELP_ROWS = (
    Row(
        "keyboard",
        "Help",
        0,
        "Keyboard",
        lambda desk: desk.show_keyboard(),
        ("F1",),
        "All keys, to be searched",
    ),
    Row(
        "benchmark",
        "Help",
        0,
        "Benchmark…",
        lambda desk: desk.benchmarking.open(),
        help="How fast the engine is on this machine, beside PyTorch and scikit-learn",
    ),
    Row(
        "installation",
        "Help",
        0,
        "Check this installation…",
        lambda desk: desk.show_installation(),
        help="Versions, processor, screen, folders and data on one page, and what is wrong",
    ),
    Row("about", "Help", 0, "About nnlab", lambda desk: desk.show_about()),
)
