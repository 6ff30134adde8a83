"""Lists that stand in a panel that scrolls as a whole."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QListWidget, QWidget


def bare_list(name: str, parent: QWidget) -> QListWidget:
    """A list without frame and ground of its own.

    Parameters
    ----------
    name
        For screen readers.
    parent
        Owner.
    """
    view = QListWidget(parent)
    view.setAccessibleName(name)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setProperty("bare", True)
    return view


def fit_to_rows(view: QListWidget, most: int | None = None) -> None:
    """Make a list as tall as its rows, at most some; beyond that it scrolls by itself."""
    rows = view.count() if most is None else min(view.count(), most)
    height = sum(view.sizeHintForRow(row) for row in range(rows))
    view.setFixedHeight(max(height, 24) + 4)
