"""Headings, and sections that fold away under them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from pctalk_studio.app.look import Look, Tokens
from pctalk_studio.app.widgets.following import repaint_with

MARGIN = 12
"""From a panel's edge to what is in it, logical pixels."""


def heading_font(base: QFont) -> QFont:
    """Small bold capitals."""
    font = QFont(base)
    font.setPointSizeF(max(base.pointSizeF() * 0.85, 6.0))
    font.setBold(True)
    font.setCapitalization(QFont.Capitalization.AllUppercase)
    font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 104)
    return font


def quiet_label(text: str = "", parent: QWidget | None = None) -> QLabel:
    """A label in dim text."""
    label = QLabel(text, parent)
    label.setProperty("quiet", True)
    return label


class ElidedLabel(QLabel):
    """A label of one line that gives way where there is no room for it, and tells the whole of it in its tip.

    Parameters
    ----------
    property_
        ``quiet`` or ``heading``, see :func:`pctalk_studio.app.widgets.style.style_sheet`; None: text as any other.
    parent
        Owner.
    mode
        Which part gives way.
    """

    def __init__(
        self,
        property_: str | None,
        parent: QWidget | None = None,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        if property_ is not None:
            self.setProperty(property_, True)

    def minimumSizeHint(self) -> QSize:
        """A few letters."""
        return QSize(min(self.fontMetrics().averageCharWidth() * 4, self.sizeHint().width()), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """As much of the text as there is room for."""
        shown = self.fontMetrics().elidedText(self.text(), self._mode, self.width())
        self.setToolTip("" if shown == self.text() else self.text())
        with QPainter(self) as painter:
            align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            role = self.foregroundRole()
            self.style().drawItemText(painter, self.rect(), align, self.palette(), self.isEnabled(), shown, role)


class SectionHeader(QWidget):
    """A heading in small bold capitals, with room for something beside it; folds its section away where it may.

    Parameters
    ----------
    look
        Colours.
    title
        Heading.
    parent
        Owner.
    folds
        Whether it can be folded.
    """

    toggled = Signal(bool)
    """Whether its section is open."""

    def __init__(self, look: Look, title: str, parent: QWidget | None = None, *, folds: bool = True) -> None:
        super().__init__(parent)
        self._look, self._title, self._folds, self._open = look, title, folds, True
        self._row = QHBoxLayout(self)
        self._row.setSpacing(8)
        self._row.addStretch(1)
        self._leading = 0
        self.setAccessibleName(title)
        self._make_room()
        if folds:
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        repaint_with(self, look)

    def _make_room(self) -> None:
        self._font = heading_font(self.font())
        metrics = QFontMetrics(self._font)
        self._arrow = metrics.ascent() if self._folds else 0
        self._width = metrics.horizontalAdvance(self._title) + 2
        self._row.setContentsMargins(self._arrow + self._width + 8, 0, 0, 0)
        self.setMinimumHeight(max(28, metrics.height() + 8))

    @property
    def title(self) -> str:
        """The heading."""
        return self._title

    def set_title(self, title: str) -> None:
        """Change the heading."""
        if title != self._title:
            self._title = title
            self.setAccessibleName(title)
            self._make_room()
            self.update()

    def add(self, widget: QWidget, *, leading: bool = False) -> None:
        """Put something beside the heading: right after it, or at the right edge."""
        if leading:
            self._row.insertWidget(self._leading, widget)
            self._leading += 1
        else:
            self._row.addWidget(widget)

    @property
    def is_open(self) -> bool:
        """Whether its section is open."""
        return self._open

    def set_open(self, on: bool) -> None:
        """Open or fold its section."""
        if self._folds and on != self._open:
            self._open = on
            self.update()
            self.toggled.emit(on)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click folds or opens."""
        if self._folds and event.button() == Qt.MouseButton.LeftButton:
            self.set_open(not self._open)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return folds or opens."""
        if self._folds and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.set_open(not self._open)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that it went."""
        self.update()
        super().focusOutEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the application's font."""
        if event.type() == QEvent.Type.FontChange:
            self._make_room()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Arrow and title."""
        tokens, painter = self._look.tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._folds:
            self._draw_arrow(painter, tokens)
        painter.setPen(tokens.color("accent" if self.hasFocus() else "dim"))
        painter.setFont(self._font)
        painter.drawText(QRectF(self._arrow, 0, self._width + 4, self.height()), Qt.AlignmentFlag.AlignVCenter, self._title)

    def _draw_arrow(self, painter: QPainter, tokens: Tokens) -> None:
        half = self._arrow * 0.28
        painter.setPen(QPen(tokens.color("accent" if self.hasFocus() else "dim"), 1.4, c=Qt.PenCapStyle.RoundCap))
        painter.save()
        painter.translate(half + 1, self.height() / 2)
        painter.rotate(0 if self._open else -90)
        painter.drawPolyline([QPointF(-half, -half / 2), QPointF(0, half / 2), QPointF(half, -half / 2)])
        painter.restore()


class Section(QWidget):
    """A heading and what stands under it; remembers whether it is folded.

    Parameters
    ----------
    look
        Colours.
    title
        Heading.
    settings, key
        Where it is remembered whether the section is folded, and under which name.
    parent
        Owner.
    """

    def __init__(self, look: Look, title: str, settings: QSettings, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._settings, self._key = look, settings, f"sections/{key}"
        self.header = SectionHeader(look, title, self)
        self.body = QWidget(self)
        self.rows = QVBoxLayout(self.body)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(2)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 6, MARGIN, 10)
        column.setSpacing(4)
        column.addWidget(self.header)
        column.addWidget(self.body)
        self.header.toggled.connect(self._fold)
        self.header.set_open(settings.value(self._key, "open") != "folded")
        repaint_with(self, look)

    def _fold(self, on: bool) -> None:
        self.body.setVisible(on)
        self._settings.setValue(self._key, "open" if on else "folded")

    def add(self, widget: QWidget) -> None:
        """Add a row."""
        self.rows.addWidget(widget)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A hairline under it."""
        painter = QPainter(self)
        painter.setPen(self._look.tokens.color("line"))
        bottom = self.height() - 1
        painter.drawLine(MARGIN, bottom, self.width() - MARGIN, bottom)
