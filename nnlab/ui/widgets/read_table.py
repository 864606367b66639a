"""A table that is read and not written in."""

from PySide6.QtWidgets import QAbstractItemView, QTableWidget


def read_table(name: str, columns: int = 0, row_height: int = 26, by_rows: bool = False) -> QTableWidget:
    """Without grid and edits; what it is called for assistive technology. `by_rows` rows can be selected, else nothing."""
    table = QTableWidget(0, columns)
    table.setAccessibleName(name)
    table.setShowGrid(False)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    modes = QAbstractItemView.SelectionMode
    table.setSelectionMode(modes.SingleSelection if by_rows else modes.NoSelection)
    table.verticalHeader().setDefaultSectionSize(row_height)
    table.horizontalHeader().setHighlightSections(False)
    return table
