"""Front: the middle of the window, which shows the picture or a page, with messages and questions above."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from pctalk_studio.app.dialogs.page import Page
from pctalk_studio.app.kit import Kit
from pctalk_studio.app.shell.ask_bar import Answer, AskBar
from pctalk_studio.app.widgets.message_bar import Message, MessageBar


class Front(QWidget):
    """The middle of the window.

    Parameters
    ----------
    kit
        What every view is given.
    parent
        Owner.
    """

    page_changed = Signal()
    """A page came, or went."""

    def __init__(self, kit: Kit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.messages = MessageBar(kit.look, self)
        self.question = AskBar(self)
        self._stack = QStackedWidget(self)
        self._page: Page | None = None
        self._home: QWidget | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.question)
        column.addWidget(self.messages)
        column.addWidget(self._stack, 1)
        kit.editor.told.connect(self.messages.say_told)

    def add_home(self, view: QWidget) -> None:
        """Take in a view that may be shown when there is no page."""
        self._stack.addWidget(view)

    def set_home(self, view: QWidget) -> None:
        """Show this of the views that were taken in whenever there is no page."""
        self._home = view
        if self._page is None:
            self._stack.setCurrentWidget(view)

    @property
    def page(self) -> Page | None:
        """The page that is shown."""
        return self._page

    def show_page(self, page: Page) -> None:
        """Show a page in place of the picture, or of another page; it is deleted when it is left."""
        self._drop_page()
        self._page = page
        page.left.connect(self.show_home)
        self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        page.setFocus()
        self.page_changed.emit()

    def show_home(self) -> None:
        """Leave the page, if there is one."""
        had = self._drop_page()
        if self._home is not None:
            self._stack.setCurrentWidget(self._home)
        if had:
            self.page_changed.emit()

    def _drop_page(self) -> bool:
        page, self._page = self._page, None
        if page is None:
            return False
        page.gone()
        self._stack.removeWidget(page)
        page.deleteLater()
        return True

    def ask(self, question: str, answers: Sequence[Answer]) -> None:
        """Ask something; see :class:`pctalk_studio.app.shell.ask_bar.AskBar`."""
        self.question.ask(question, answers)

    def say(self, message: Message) -> None:
        """Say something in the message bar."""
        self.messages.say(message)
