"""Lists that stand in a panel that scrolls as a whole."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QListWidget


def fit_to_rows(view: QListWidget, most: int | None = None) -> None:
    """Make a list as tall as its rows, at most some; beyond that it scrolls by itself."""
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setProperty("bare", True)
    rows = view.count() if most is None else min(view.count(), most)
    height = sum(view.sizeHintForRow(row) for row in range(rows))
    view.setFixedHeight(max(height, 24) + 4)
