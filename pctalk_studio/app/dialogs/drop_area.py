"""DropArea: a place for one file, which is dropped there or chosen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from pctalk_studio.app.look import Look, Tokens
from pctalk_studio.app.widgets.following import follow
from pctalk_studio.app.widgets.icons import icon


class DropArea(QFrame):
    """Shows which file was chosen.

    Parameters
    ----------
    look
        Colours.
    name
        Of the icon that stands for a file while there is none to see.
    title
        What belongs here.
    kinds
        Endings, for people.
    choose
        Asks for a file; called when the button is pressed.
    parent
        Owner.
    """

    dropped = Signal(object)
    """Path of a file."""

    def __init__(
        self, look: Look, name: str, title: str, kinds: str, choose: Callable[[], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon, self._title, self._kinds = name, title, kinds
        self._seen: QPixmap | None = None
        self.path: Path | None = None
        self.setObjectName("drop")
        self.setAcceptDrops(True)
        self.setAccessibleName(title)
        self._picture = QLabel(self)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._picture.setFixedHeight(self._side())
        self._name = QLabel(title, self)
        self._name.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._name.setProperty("heading", True)
        self._fact = QLabel(kinds, self)
        self._fact.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._fact.setWordWrap(True)
        self._fact.setProperty("quiet", True)
        self.button = QPushButton(self.tr("Choose..."), self)
        self.button.setAccessibleName(self.tr("Choose: {what}").format(what=title))
        self.button.clicked.connect(choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addStretch(1)
        for widget in (self._picture, self._name, self._fact):
            column.addWidget(widget)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self._tokens = look.tokens
        follow(self, look, self._show_picture)
        self._show_picture(look.tokens)

    def _side(self) -> int:
        return self.fontMetrics().height() * 6

    def _show_picture(self, tokens: Tokens) -> None:
        self._tokens = tokens
        ratio, side = self.devicePixelRatioF(), self._side()
        if self._seen is None:
            self._picture.setPixmap(icon(tokens, self._icon, "dim").pixmap(QSize(side // 2, side // 2), ratio))
            return
        whole = QSize(round(side * ratio), round(side * ratio))
        small = self._seen.scaled(whole, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        small.setDevicePixelRatio(ratio)
        self._picture.setPixmap(small)

    def show_file(self, path: Path | None, fact: str = "", picture: QPixmap | None = None) -> None:
        """Show a file that was chosen, or that none is.

        Parameters
        ----------
        path
            The file.
        fact
            What is known of it.
        picture
            What it looks like.
        """
        self.path = path
        self._name.setText(self._title if path is None else path.name)
        self._fact.setText(fact if path is not None else self._kinds)
        self._seen = picture
        self._show_picture(self._tokens)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self._mark(over=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The file went elsewhere."""
        self._mark(over=False)

    def dropEvent(self, event: QDropEvent) -> None:
        """A file was dropped."""
        self._mark(over=False)
        for url in event.mimeData().urls():
            if url.isLocalFile():
                event.acceptProposedAction()
                self.dropped.emit(Path(url.toLocalFile()))
                return

    def _mark(self, *, over: bool) -> None:
        self.setProperty("over", over)
        self.style().unpolish(self)
        self.style().polish(self)
