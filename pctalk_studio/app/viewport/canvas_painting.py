"""How the canvas looks: frame, comparison, overlays, words at the edges, brush."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QGuiApplication, QPainter
from PySide6.QtWidgets import QWidget

from pctalk_studio.app.kit import Kit
from pctalk_studio.app.look import DARK, Tokens
from pctalk_studio.app.viewport.chips import MARGIN, Chip, chips_width, paint_chips, paint_stale_edge
from pctalk_studio.app.viewport.frame_image import FrameImage
from pctalk_studio.app.viewport.looking import Looking
from pctalk_studio.app.viewport.options import Compare
from pctalk_studio.app.viewport.overlays import (
    RegionNote,
    Ring,
    keypoint_at,
    paint_divider,
    paint_keypoints,
    paint_regions,
    paint_ring,
    paint_safe_area,
    paint_tag,
)
from pctalk_studio.app.viewport.painting import brush_mode
from pctalk_studio.app.viewport.scene import Shown, ViewportScene
from pctalk_studio.app.viewport.targets import felt_at
from pctalk_studio.app.viewport.view import View
from pctalk_studio.app.widgets.names import emotion_name, region_name
from pctalk_studio.document.masks import StrokeMode
from pctalk_studio.document.project import EmotionRegion
from pctalk_studio.session.face_regions import region_at
from pctalk_studio.session.face_space import FacePoint, PosedFace
from pctalk_studio.session.stand_ins import drawn_meanwhile_by

BrushRing = tuple[Ring, FacePoint] | None


def _tr(text: str) -> str:
    return QCoreApplication.translate("ViewportCanvas", text)


class CanvasPainting:
    """Paints what the scene holds.

    Parameters
    ----------
    kit
        What every view is given.
    scene
        What there is to see.
    """

    def __init__(self, kit: Kit, scene: ViewportScene) -> None:
        self._kit = kit
        self._scene = scene
        self._edited = FrameImage()
        self._unedited = FrameImage()
        self.eraser = False
        """The pen was seen last with the end that erases."""

    def paint(
        self, widget: QWidget, view: View, other: View | None, ring: BrushRing, cursor: QPointF | None, looking: Looking
    ) -> None:
        """Paint all of it, or of what Qt wants painted."""
        tokens, scene = self._kit.look.tokens, self._scene
        painter = QPainter(widget)
        painter.fillRect(widget.rect(), tokens.color("viewport"))
        if scene.shown is None:
            self._waiting(painter, widget, tokens)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._frames(painter, view, other, scene.shown)
        painter.save()
        painter.setClipRect(self._edited_part(view))
        if not scene.options.alone:
            self._over_the_face(painter, view, cursor, looking)
        painter.restore()
        for each in (view, other):
            if scene.options.safe_area and each is not None:
                paint_safe_area(painter, each)
        self._comparing(painter, view, other, tokens)
        painter.setFont(_small(widget.font()))
        self._edges(painter, QRectF(widget.rect()), view, tokens, looking)
        painter.setFont(widget.font())
        if ring is not None and not scene.options.alone:
            self._brush(painter, view, ring)
        if widget.hasFocus():
            painter.fillRect(0, 0, widget.width(), 2, tokens.color("accent"))

    # -- frames --------------------------------------------------------------------------------------------------------

    def _waiting(self, painter: QPainter, widget: QWidget, tokens: Tokens) -> None:
        painter.setPen(tokens.color("text" if not tokens.dark else "dim"))
        text = _tr("The first frame is being drawn …")
        painter.drawText(widget.rect(), Qt.AlignmentFlag.AlignCenter, text)

    def _frames(self, painter: QPainter, view: View, other: View | None, shown: Shown) -> None:
        options, compared = self._scene.options, self._scene.compared
        if options.alone:
            self._frame(painter, self._unedited, compared, view)
        elif other is not None:
            self._clipped(painter, self._unedited, compared, other, QRectF(*other.pane))
            self._clipped(painter, self._edited, shown, view, QRectF(*view.pane))
        elif options.compare is Compare.WIPE:
            edge = self.divider(view)
            left, top, width, height = view.pane
            self._clipped(painter, self._unedited, compared, view, QRectF(left, top, edge - left, height))
            self._clipped(painter, self._edited, shown, view, QRectF(edge, top, left + width - edge, height))
        else:
            self._frame(painter, self._edited, shown, view)

    def _clipped(self, painter: QPainter, image: FrameImage, shown: Shown | None, view: View, part: QRectF) -> None:
        painter.save()
        painter.setClipRect(part)
        if shown is None:
            self._absent(painter, QRectF(*view.box).intersected(part))
        else:
            self._frame(painter, image, shown, view)
        painter.restore()

    def _absent(self, painter: QPainter, part: QRectF) -> None:
        """An outline and a sentence where a frame will be, as far as it will be seen; as grey as what is around."""
        tokens = self._kit.look.tokens
        painter.setPen(tokens.color("line"))
        painter.drawRect(part.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setPen(tokens.color("dim" if tokens.dark else "text"))
        text = _tr("The unedited frame is being drawn …")
        painter.drawText(part.adjusted(16, 8, -16, -8), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)

    def _frame(self, painter: QPainter, image: FrameImage, shown: Shown | None, view: View) -> None:
        box = QRectF(*view.box)
        if shown is None:
            self._absent(painter, box)
            return
        image.paint(painter, shown.picture, view)
        if shown.stale and (self._scene.waited or image is self._unedited):
            paint_stale_edge(painter, box.intersected(QRectF(*view.pane)))

    def divider(self, view: View) -> float:
        """Where the wipe divides, logical pixels."""
        left, _, width, _ = view.box
        return left + width * self._scene.options.divider

    def _edited_part(self, view: View) -> QRectF:
        left, top, width, height = view.pane
        if self._scene.options.compare is Compare.WIPE:
            edge = max(left, self.divider(view))
            return QRectF(edge, top, left + width - edge, height)
        return QRectF(left, top, width, height)

    def _comparing(self, painter: QPainter, view: View, other: View | None, tokens: Tokens) -> None:
        """The divider, and which side is which."""
        options = self._scene.options
        if not options.comparing:
            return
        before, after = _tr("unedited"), _tr("edited")
        if options.alone:
            self._name(painter, view, before, view.pane[0] + view.pane[2] / 2)
        elif other is not None:
            self._name(painter, other, before, other.pane[0] + other.pane[2] / 2)
            self._name(painter, view, after, view.pane[0] + view.pane[2] / 2)
        else:
            edge, metrics = self.divider(view), QFontMetricsF(painter.font())
            self._name(painter, view, before, edge - metrics.horizontalAdvance(before) / 2 - 16)
            self._name(painter, view, after, edge + metrics.horizontalAdvance(after) / 2 + 16)
            paint_divider(painter, view, edge, tokens)

    def _name(self, painter: QPainter, view: View, text: str, middle: float) -> None:
        width = QFontMetricsF(painter.font()).horizontalAdvance(text) + 12
        top = max(view.box[1], view.pane[1]) + 20
        paint_tag(painter, QPointF(middle - width / 2, top), text, view)

    # -- over the frame ------------------------------------------------------------------------------------------------

    def _over_the_face(self, painter: QPainter, view: View, cursor: QPointF | None, looking: Looking) -> None:
        scene, tokens = self._scene, self._kit.look.tokens
        glow = scene.glow()
        if glow is not None:
            left, top = view.corner
            x, y, width, height = (value * view.scale for value in glow.box)
            painter.drawImage(QRectF(left + x, top + y, width, height), glow.image)
        face, options = scene.face, scene.options
        points = scene.keypoints() if options.keypoints else None
        hovered = None if cursor is None or points is None else keypoint_at(view, points, cursor.x(), cursor.y())
        if face is not None and (options.regions or looking.region is not None):
            marked = frozenset() if looking.region is None else frozenset({looking.region})
            clip = scene.painted
            color = DARK.color("accent") if clip is None else DARK.emotion(clip.emotion)
            names = {region: region_name(region) for region in EmotionRegion}
            # Of two things under the cursor the smaller is named.
            named = None if hovered is not None else _region_under(view, face, cursor)
            note = RegionNote(marked, color, named, cursor)
            paint_regions(painter, view, scene.region_lines(), names, note, all_shown=options.regions)
        if points is not None:
            paint_keypoints(painter, view, points, tokens, hovered)

    def _brush(self, painter: QPainter, view: View, ring: BrushRing) -> None:
        """Ring, and the weight under it."""
        clip = self._scene.painted
        if ring is None:
            return
        shape, point = ring
        # On the picture, whatever the room is like: the colours that shine.
        paint_ring(painter, shape, DARK.color("text") if clip is None else DARK.emotion(clip.emotion))
        if clip is None:
            return
        value = felt_at(clip, point)
        box = shape.outer.boundingRect()
        number = f"{value:.2f}"
        # On the side away from the other half of the face, where its ring may be.
        width = QFontMetricsF(painter.font()).horizontalAdvance(number) + 12
        left = box.left() - 8 - width if shape.mirrored is not None and point.x < 0 else box.right() + 8
        paint_tag(painter, QPointF(left, box.center().y()), number, view)

    # -- words at the edges --------------------------------------------------------------------------------------------

    def _edges(self, painter: QPainter, pane: QRectF, view: View, tokens: Tokens, looking: Looking) -> None:
        corner = Qt.Corner
        rows = (
            (self._about_paint(tokens, looking), corner.TopLeftCorner, self._about_view(view), corner.TopRightCorner),
            (self._about_frame(tokens), corner.BottomLeftCorner, self._about_engine(), corner.BottomRightCorner),
        )
        for left, left_corner, right, right_corner in rows:
            paint_chips(painter, pane, left, tokens, left_corner)
            # In a small window what matters less gives way.
            if chips_width(painter, left) + chips_width(painter, right) + 2 * MARGIN <= pane.width():
                paint_chips(painter, pane, right, tokens, right_corner)

    def _about_paint(self, tokens: Tokens, looking: Looking) -> tuple[Chip, ...]:
        clip, tool = self._scene.painted, self._kit.editor.paint_tool
        chips = []
        if clip is not None:
            text = _tr("{emotion} mask {percent} %") if self._scene.options.glow else _tr("{emotion} mask hidden")
            said = text.format(emotion=emotion_name(clip.emotion), percent=round(tool.opacity * 100))
            chips.append(Chip(said, tokens.emotion(clip.emotion)))
        if tool.active:
            names = {
                StrokeMode.PAINT: _tr("Paint"),
                StrokeMode.ERASE: _tr("Erase"),
                StrokeMode.SMOOTH: _tr("Smooth"),
            }
            held = QGuiApplication.keyboardModifiers()
            mode = brush_mode(
                tool.brush,
                invert=bool(held & Qt.KeyboardModifier.ControlModifier),
                smooth=bool(held & Qt.KeyboardModifier.ShiftModifier),
                eraser=self.eraser,
            )
            mirror = _tr("mirrored") if tool.brush.mirror else ""
            chips.append(Chip("  ".join(filter(None, (names[mode], f"{tool.brush.strength:.2f}", mirror)))))
        if looking.aiming:
            chips.append(Chip(_tr("Click where the eyes look")))
        return tuple(chips)

    def _about_view(self, view: View) -> tuple[Chip, ...]:
        percent = f"{round(view.factor * 100)} %"
        return (Chip(f"{percent}   " + _tr("fit") if view.zoom is None else percent),)

    def _about_frame(self, tokens: Tokens) -> tuple[Chip, ...]:
        desk, shown = self._kit.editor.desk, self._scene.shown
        if desk is None or shown is None:
            return ()
        words = [_tr("frame {number}").format(number=desk.transport.frame)]
        if desk.scheduler.drawing_takes:
            words.append(_tr("{time:.1f} ms").format(time=1000 * desk.scheduler.drawing_takes))
        words.append(_tr("{count} dropped").format(count=desk.transport.counts.dropped))
        chips = [Chip("   ".join(words))]
        if shown.stale:
            text = _tr("stale") if shown.frame == desk.transport.frame else _tr("stale: frame {number}")
            chips.append(Chip(text.format(number=shown.frame), tokens.color("stale"), hatched=True))
        elif engine := drawn_meanwhile_by(desk, shown.frame):
            chips.append(Chip(_tr("{engine} for now").format(engine=engine), tokens.color("proxy")))
        return tuple(chips)

    def _about_engine(self) -> tuple[Chip, ...]:
        width, height = self._scene.size
        engine = self._kit.editor.project.render.engine
        return (Chip(_tr("{engine} engine   {width} × {height}").format(engine=engine, width=width, height=height)),)


def _region_under(view: View, face: PosedFace, cursor: QPointF | None) -> EmotionRegion | None:
    point = None if cursor is None else face.at(*view.to_frame(cursor.x(), cursor.y()))
    return region_at(point.x, point.y) if point is not None and point.on_mesh else None


def _small(font: QFont) -> QFont:
    small = QFont(font)
    if font.pointSizeF() > 0:
        small.setPointSizeF(font.pointSizeF() * 0.92)
    return small
