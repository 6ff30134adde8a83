"""What is drawn over the frame: keypoints, regions, safe area, the brush's ring, the divider of the wipe."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from pctalk_studio.app.look import Tokens
from pctalk_studio.app.viewport.scene import RegionLines
from pctalk_studio.app.viewport.view import View
from pctalk_studio.core.keypoints import MESH, KeypointsF32
from pctalk_studio.document.masks import Brush
from pctalk_studio.document.project import EmotionRegion
from pctalk_studio.session.face_space import FacePoint, PosedFace

F64 = npt.NDArray[np.float64]

ACTION_SAFE, TITLE_SAFE = 0.9, 0.8
"""Parts of the frame that old screens are sure to show, and in which text belongs."""

_DOTS = 1.5, 3.5
"""Radius of a keypoint on small and on large faces, logical pixels."""

_RING_POINTS = 56
_DARK = QColor(0, 0, 0, 150)
_BRIGHT = QColor(255, 255, 255, 235)


def polygon(view: View, points: F64) -> QPolygonF:
    """Points of the frame, [N, 2], as they are shown."""
    left, top = view.corner
    shown = (points + 0.5) * view.scale + (left, top)
    return QPolygonF([QPointF(x, y) for x, y in shown.tolist()])


def _outlined(painter: QPainter, path: QPainterPath, width: float, color: QColor) -> None:
    """A line that is seen on every picture: dark around bright."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(_DARK, width + 2))
    painter.drawPath(path)
    painter.setPen(QPen(color, width))
    painter.drawPath(path)


def paint_safe_area(painter: QPainter, view: View) -> None:
    """Frames at 90 and 80 % of the picture, the outer one dashed."""
    left, top, width, height = view.box
    for part, style in ((ACTION_SAFE, Qt.PenStyle.DashLine), (TITLE_SAFE, Qt.PenStyle.SolidLine)):
        box = QRectF(left + width * (1 - part) / 2, top + height * (1 - part) / 2, width * part, height * part)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, pen_width, line in ((_DARK, 3.0, Qt.PenStyle.SolidLine), (_BRIGHT, 1.0, style)):
            color = QColor(color)
            color.setAlpha(color.alpha() * 2 // 3)
            painter.setPen(QPen(color, pen_width, line))
            painter.drawRect(box)
        middle = QFontMetricsF(painter.font()).height() / 2 + 6
        paint_tag(painter, box.topLeft() + QPointF(4, middle), f"{round(part * 100)} %", view)


def keypoint_at(view: View, points: KeypointsF32, x: float, y: float, reach: float = 8.0) -> int | None:
    """The keypoint under a point of the pane; None when none is near."""
    places = np.array([view.to_pane(float(px), float(py)) for px, py, _ in points])
    distances = np.hypot(places[:, 0] - x, places[:, 1] - y)
    nearest = int(np.argmin(distances))
    return nearest if distances[nearest] <= reach else None


def paint_keypoints(painter: QPainter, view: View, points: KeypointsF32, tokens: Tokens, hovered: int | None) -> None:
    """The driven keypoints as dots, smaller on small faces; the one that is pointed at with its name."""
    across = float(np.ptp(points[:, 0])) * view.scale
    for number, (x, y, _) in enumerate(points):
        place = QPointF(*view.to_pane(float(x), float(y)))
        radius = min(max(across / 60, _DOTS[0]), _DOTS[1]) + (2 if number == hovered else 0)
        painter.setPen(QPen(_DARK, 2))
        painter.setBrush(tokens.color("accent") if number == hovered else _BRIGHT)
        painter.drawEllipse(place, radius, radius)
    if hovered is not None:
        place = QPointF(*view.to_pane(float(points[hovered][0]), float(points[hovered][1])))
        paint_tag(painter, place + QPointF(12, 0), MESH.keypoints[hovered].name.replace("_", " "), view)


def paint_tag(painter: QPainter, at: QPointF, text: str, view: View) -> None:
    """A word beside something, kept inside the pane; ``at`` is the middle of its left end."""
    metrics = QFontMetricsF(painter.font())
    width, height = metrics.horizontalAdvance(text) + 12, metrics.height() + 4
    left, top, wide, high = view.pane
    x = min(max(at.x(), left + 4), left + wide - width - 4)
    y = min(max(at.y() - height / 2, top + 4), top + high - height - 4)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 190))
    painter.drawRoundedRect(QRectF(x, y, width, height), 4, 4)
    painter.setPen(QColor("#f2f2f2"))
    painter.drawText(QRectF(x, y, width, height), Qt.AlignmentFlag.AlignCenter, text)


@dataclass(frozen=True, slots=True)
class RegionNote:
    """What is said of the regions.

    Parameters
    ----------
    marked, color
        The one that was clicked, and the colour in which it is filled.
    named, at
        The one that is pointed at, and where: its name is written there.
    """

    marked: frozenset[EmotionRegion]
    color: QColor
    named: EmotionRegion | None = None
    at: QPointF | None = None


def paint_regions(
    painter: QPainter, view: View, regions: RegionLines, names: dict[EmotionRegion, str], note: RegionNote, *, all_shown: bool
) -> None:
    """Borders of the regions on the face; the one that is marked is filled, the one that is pointed at named."""
    for region, lines in regions.items():
        marked = region in note.marked
        for line in lines if marked or all_shown else ():
            path = QPainterPath()
            path.addPolygon(polygon(view, line))
            path.closeSubpath()
            if marked:
                fill = QColor(note.color)
                fill.setAlpha(70)
                painter.fillPath(path, fill)
            _outlined(painter, path, 1.5 if marked else 1.0, QColor(note.color) if marked else _BRIGHT)
    metrics = QFontMetricsF(painter.font())
    for region in note.marked & regions.keys():
        _name_parts(painter, view, regions[region], names[region], metrics.horizontalAdvance(names[region]) + 12)
    if note.named is not None and note.named not in note.marked and note.at is not None:
        paint_tag(painter, note.at + QPointF(14, -14), names[note.named], view)


def _name_parts(painter: QPainter, view: View, lines: tuple[F64, ...], name: str, width: float) -> None:
    """A region's name on each of its parts, or on one of them where they are small."""
    for number, line in enumerate(lines):
        low, high = line.min(axis=0), line.max(axis=0)
        if number and (high - low)[0] * view.scale < width:
            continue
        middle = (low + high) / 2
        place = QPointF(*view.to_pane(float(middle[0]), float(middle[1])))
        paint_tag(painter, place - QPointF(width / 2, 0), name, view)


@dataclass(frozen=True, slots=True)
class Ring:
    """The brush on the face.

    Parameters
    ----------
    outer, core
        Rim, and where it is fully felt: closed lines as they are shown.
    mirrored
        The rim on the other half of the face; None when it does not act there.
    """

    outer: QPolygonF
    core: QPolygonF
    mirrored: QPolygonF | None

    @property
    def box(self) -> QRectF:
        """What is drawn, and room for the number beside it."""
        box = self.outer.boundingRect()
        both = box if self.mirrored is None else box.united(self.mirrored.boundingRect())
        return both.adjusted(-80, -40, 80, 40)


def ring_of(view: View, face: PosedFace, point: FacePoint, brush: Brush) -> Ring:
    """The ring of a brush at a point of the face, at its true size and turned with the head."""
    angles = np.linspace(0, 2 * np.pi, _RING_POINTS, endpoint=False)
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    middle, turn = _ellipse(face.to_picture(circle * brush.radius + (point.x, point.y)), circle)
    rims = [polygon(view, middle + circle * size @ turn) for size in (1.0, max(brush.hardness, 0.05))]
    if not brush.mirror:
        return Ring(rims[0], rims[1], None)
    middle, turn = _ellipse(face.to_picture(circle * brush.radius + (-point.x, point.y)), circle)
    return Ring(rims[0], rims[1], polygon(view, middle + circle @ turn))


def _ellipse(points: F64, circle: F64) -> tuple[F64, F64]:
    """The ellipse nearest to what a circle became on uneven skin: centre [2] and matrix [2, 2] for row vectors."""
    middle = points.mean(axis=0)
    return middle, 2 / len(circle) * circle.T @ (points - middle)


def paint_ring(painter: QPainter, ring: Ring, color: QColor) -> None:
    """Rim in white over black, so that it is seen on every skin; the core dotted; the mirrored one faint."""
    if ring.mirrored is not None:
        path = QPainterPath()
        path.addPolygon(ring.mirrored)
        path.closeSubpath()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(0, 0, 0, 90), 2.5))
        painter.drawPath(path)
        painter.setPen(QPen(QColor(255, 255, 255, 150), 1, Qt.PenStyle.DashLine))
        painter.drawPath(path)
    for line, width, bright in ((ring.core, 1.0, color), (ring.outer, 1.8, _BRIGHT)):
        path = QPainterPath()
        path.addPolygon(line)
        path.closeSubpath()
        _outlined(painter, path, width, bright)


def paint_divider(painter: QPainter, view: View, place: float, tokens: Tokens) -> None:
    """The line of the wipe with its handle; ``place`` is where it stands, logical pixels."""
    _, top, _, height = view.box
    upper, lower = max(top, view.pane[1]), min(top + height, view.pane[1] + view.pane[3])
    painter.setPen(QPen(_DARK, 4))
    painter.drawLine(QPointF(place, upper), QPointF(place, lower))
    painter.setPen(QPen(tokens.color("accent"), 2))
    painter.drawLine(QPointF(place, upper), QPointF(place, lower))
    middle = QPointF(place, (upper + lower) / 2)
    painter.setBrush(tokens.color("accent"))
    painter.setPen(QPen(_DARK, 1))
    painter.drawEllipse(middle, 12, 12)
    painter.setPen(QPen(tokens.color("on_accent"), 2))
    for side in (-1, 1):
        path = QPainterPath(middle + QPointF(side * 3, -4))
        path.lineTo(middle + QPointF(side * 7, 0))
        path.lineTo(middle + QPointF(side * 3, 4))
        painter.drawPath(path)
