"""EmotionLane: emotion clips with their envelopes, fades and stacking."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QMenu, QWidget

from pctalk_studio.app.timeline.gestures import ClickSelect, Gesture
from pctalk_studio.app.timeline.lane import Board, Command, Handle, Pointer, Strip
from pctalk_studio.app.timeline.lanes.clip_gestures import ClipEdits, ClipsDrag, FadeDrag
from pctalk_studio.app.timeline.lanes.clip_lane import ClipLane
from pctalk_studio.app.timeline.lanes.curve_plot import KeyTable
from pctalk_studio.app.timeline.lanes.emotion_gestures import LevelDrag, TrimDrag
from pctalk_studio.app.timeline.lanes.emotion_layout import Box, boxes
from pctalk_studio.app.timeline.lanes.emotion_painting import paint_box, where_text
from pctalk_studio.app.timeline.lanes.key_handles import SIDE, diamond, key_at, paint_keys, press_key, tangent_at
from pctalk_studio.app.timeline.lanes.selecting import select_at_press, select_unless_chosen
from pctalk_studio.app.timeline.painting import paint_hint
from pctalk_studio.app.timeline.timecode import moment_text, span_text
from pctalk_studio.app.widgets.emotion_menu import EmotionMenu
from pctalk_studio.app.widgets.names import emotion_name, region_name
from pctalk_studio.document.curves import Key
from pctalk_studio.document.edits.keys import CurveName
from pctalk_studio.document.project import Emotion, EmotionClip, EmotionRegion, Side, Track
from pctalk_studio.session.selection import KeyRef, Selection

NEW_CLIP = 1.5
"""Seconds of a clip that is added."""


class EmotionLane(ClipLane[EmotionClip]):
    """Emotion clips over time. Double-click adds one, or a key to the envelope of the selected one."""

    def __init__(self, board: Board) -> None:
        super().__init__("emotions", "", board, 64, Track.EMOTION)
        self.title = self.tr("Emotion")
        self._copied: tuple[EmotionClip, ...] = ()

    def parts(self) -> tuple[object, ...]:
        """The clips, what is selected, how long the recording is, and whether there is one."""
        envelope_keys = frozenset(ref for ref in self.selection.keys if ref.clip is not None) or None
        closed = self.kit.editor.desk is None
        return (self.project.emotions, self.selection.emotions, envelope_keys, self.board.view.duration, closed)

    @property
    def edits(self) -> ClipEdits:
        """How emotion clips are edited."""
        return ClipEdits(
            delete="delete_emotion",
            move="move_emotion",
            fade="fade_emotion",
            reorder="reorder_emotion",
            deleting=self.tr("Delete emotion clips"),
            moving=self.tr("Move emotion clips"),
        )

    def items(self) -> tuple[EmotionClip, ...]:
        """Emotion clips of the document."""
        return self.project.emotions

    def chosen_ids(self) -> frozenset[int]:
        """Ids of the selected clips."""
        return self.selection.emotions

    def selecting(self, ids: Iterable[int]) -> Selection:
        """A selection of some clips."""
        return Selection.of(emotions=ids)

    def _boxes(self, strip: Strip) -> list[Box]:
        return boxes(self.project.emotions, self.board.view.duration, strip)

    def _is_open(self, box: Box) -> bool:
        """Whether the keys of its envelope are shown: it is selected alone, or some of its keys are."""
        alone = self.selection.emotions == {box.clip.id}
        return alone or any(ref.clip == box.clip.id for ref in self.selection.keys)

    # -- painting ------------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, strip: Strip) -> None:
        """Boxes in the colour of their emotion, the envelope as a filled area, name and regions, keys of the selected one.

        A hint where there are no clips.
        """
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for box in self._boxes(strip):
            if box.rect.right() < 0 or box.rect.left() > strip.width:
                continue
            chosen = box.clip.id in self.selection.emotions
            paint_box(painter, strip, box, chosen=chosen, painted=self.tr("painted"))
            if self._is_open(box):
                painter.save()
                painter.setClipRect(box.rect.adjusted(-SIDE, -SIDE, SIDE, SIDE))
                table = KeyTable(box.channel.of(self.project))
                paint_keys(painter, strip, box.channel, box.plot, self.selection.keys, table)
                painter.restore()
        if not self.project.emotions and self.kit.editor.desk is not None:
            paint_hint(painter, strip, self.tr("Double-click to add an emotion"))

    def paint_over(self, painter: QPainter, strip: Strip, hover: Handle | None) -> None:
        """Handles of the clip under the pointer, or a frame about the key under it."""
        if hover is None or not isinstance(hover.item, KeyRef):
            super().paint_over(painter, strip, hover)
            return
        box = self.box_of(hover, strip)
        if box is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(strip.tokens.color("text"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolygon(diamond(strip.scale.x(hover.time), box.plot.y(box.clip.envelope.at(hover.time)), SIDE + 2))

    # -- pointer -------------------------------------------------------------------------------------------------------

    def clip_of(self, handle: Handle | None) -> EmotionClip | None:
        """The clip that a handle belongs to; a key belongs to the clip of its envelope."""
        if handle is not None and isinstance(handle.item, KeyRef):
            handle = replace(handle, item=handle.item.clip)
        return super().clip_of(handle)

    def box_of(self, handle: Handle | None, strip: Strip) -> Box | None:
        """The same as it is drawn; tangents, too, have the box of their clip."""
        if handle is not None and isinstance(handle.item, tuple):
            handle = replace(handle, item=handle.item[0])
        clip = self.clip_of(handle)
        return next((box for box in self._boxes(strip) if box.clip is clip), None)

    def hit(self, at: QPointF, strip: Strip) -> Handle | None:
        """What of which clip lies under a point; keys of the open clip first, then the clip on top."""
        found = self._boxes(strip)
        for box in found:
            if self._is_open(box):
                args = (at, strip, box.channel, box.plot)
                tangent = tangent_at(*args, self.selection.keys, self.project)
                if tangent is not None:
                    return replace(tangent, item=(box.clip.id, tangent.item))
                key = key_at(*args, KeyTable(box.channel.of(self.project)))
                if key is not None:
                    return key
        return self.hit_among(found, at, strip)

    def press(self, handle: Handle | None, pointer: Pointer, strip: Strip) -> Gesture | None:
        """Select, and begin what the part under the pointer is for."""
        box = self.box_of(handle, strip)
        if handle is None or box is None:
            return None
        if isinstance(handle.item, KeyRef):
            return press_key(self.board, box.channel, box.plot, handle, pointer)
        if isinstance(handle.item, tuple):
            return press_key(self.board, box.channel, box.plot, replace(handle, item=handle.item[1]), pointer)
        clip = box.clip
        if not select_at_press(self.kit.editor, self.selecting([clip.id]), pointer):
            return ClickSelect()
        others = self.others_than(clip)
        match handle.part:
            case "start" | "end":
                return TrimDrag(self.board, box, handle.part)
            case "fade_in" | "fade_out":
                return FadeDrag(self.board, self.edits, box, handle.part)
            case "level":
                return LevelDrag(self.board, box, others, pointer)
            case _ if clip.start is None and clip.end is None:
                return ClickSelect()  # from the beginning to the end: there is nowhere to move it
            case _:
                return ClipsDrag(self.board, self.edits, box, others, pointer)

    def double_click(self, handle: Handle | None, pointer: Pointer, strip: Strip) -> bool:
        """Add a clip where there is none; on the selected one, a key of its envelope, or take it back to 1."""
        if self.kit.editor.desk is None:
            return False
        box = self.box_of(handle, strip)
        if box is None or handle is None:
            canvas = self.canvas
            if canvas is not None:
                self._choose_new(pointer.time, canvas.mapToGlobal(QPoint(round(pointer.x), round(pointer.y) + self.top)))
            return True
        if handle.part in ("fade_in", "fade_out"):
            fades = (None, box.clip.fade_out) if handle.part == "fade_in" else (box.clip.fade_in, None)
            return self.kit.editor.apply("fade_emotion", clip=box.clip.id, fade_in=fades[0], fade_out=fades[1])
        value = 1.0 if isinstance(handle.item, KeyRef) else box.plot.value(pointer.y)
        time = handle.time if isinstance(handle.item, KeyRef) else pointer.time
        self._set_key(box.clip, time, min(value, 1.5))
        return True

    def _set_key(self, clip: EmotionClip, time: float, value: float) -> None:
        channel_key = Key(max(time, 0.0), value)
        selection = Selection.of(emotions=[clip.id])
        self.kit.editor.apply("set_key", curve=CurveName.ENVELOPE, clip=clip.id, key=channel_key, selecting=selection)

    def _choose_new(self, time: float, at: QPoint) -> None:
        menu = self._emotion_menu(self.canvas, self.tr("Add an emotion"), lambda each: self.add_at(time, each))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def _emotion_menu(self, owner: QWidget | None, title: str, chosen: Callable[[Emotion], object]) -> EmotionMenu:
        menu = EmotionMenu(self.kit.look, owner)
        menu.setTitle(title)
        menu.chosen.connect(chosen)
        return menu

    def add_at(self, time: float, emotion: Emotion) -> None:
        """Add a clip that begins at a moment."""
        duration = self.board.view.duration
        start = min(max(time, 0.0), max(duration - 0.1, 0.0))
        clip = EmotionClip(emotion, 0.8, start=start, end=min(start + NEW_CLIP, duration))
        self.kit.editor.apply("add_emotion", clip=clip, selecting=Selection.of(emotions=[self.project.next_id]))

    def hover_text(self, handle: Handle | None, time: float) -> str:
        """What is felt, where and how strongly."""
        rate = self.project.rate
        clip = self.clip_of(handle)
        if clip is None:
            return moment_text(time, rate)
        end = self.board.view.duration if clip.end is None else clip.end
        where = where_text(clip, self.tr("painted")) or self.tr("whole face")
        return f"{emotion_name(clip.emotion)} {clip.intensity:.2f}   {where}   {span_text(clip.start or 0.0, end, rate)}"

    # -- menu and keys -------------------------------------------------------------------------------------------------

    def fill_menu(self, menu: QMenu, handle: Handle | None, pointer: Pointer, add: Callable[[Command], None]) -> None:
        """Emotions to add or to change to, regions, side, and commands."""
        clip = self.clip_of(handle)
        if clip is None:
            menu.addMenu(self._emotion_menu(menu, self.tr("Add an emotion"), lambda each: self.add_at(pointer.time, each)))
            add(Command.PASTE)
            return
        select_unless_chosen(self.kit.editor, self.selecting([clip.id]))
        editor = self.kit.editor
        feel = self._emotion_menu(menu, self.tr("Feel"), lambda each: editor.apply("set_emotion", clip=clip.id, emotion=each))
        menu.addMenu(feel)
        self._offer_regions(menu.addMenu(self.tr("On")), clip)
        if clip.emotion is Emotion.CONTEMPT:
            other = Side.LEFT if clip.side is Side.RIGHT else Side.RIGHT
            menu.addAction(self.tr("On the other side"), lambda: editor.apply("set_side", clip=clip.id, side=other))
        menu.addAction(
            self.tr("From the beginning to the end"),
            lambda: editor.apply("trim_emotion", clip=clip.id, start=None, end=None),
        )
        menu.addSeparator()
        add(Command.TOGGLE_KEY)
        self.end_menu(add)

    def _offer_regions(self, menu: QMenu, clip: EmotionClip) -> None:
        for region in EmotionRegion:
            action = menu.addAction(region_name(region))
            action.setCheckable(True)
            action.setChecked(region in clip.regions)
            wanted = clip.regions ^ {region}
            action.setEnabled(bool(wanted))
            action.triggered.connect(
                lambda _=False, each=wanted: self.kit.editor.apply("set_regions", clip=clip.id, regions=sorted(each))
            )

    def commands(self) -> Mapping[Command, Callable[[], object]]:
        """What keys do with clips, and keys of the envelope."""
        return {**super().commands(), Command.TOGGLE_KEY: self._toggle_key}

    def insert(self) -> None:
        """Ask for the emotion of a clip that begins at the playhead."""
        desk, canvas = self.kit.editor.desk, self.canvas
        if desk is not None and canvas is not None:
            x = round(self.board.view.scale.x(desk.transport.seconds))
            self._choose_new(desk.transport.seconds, canvas.mapToGlobal(QPoint(x, self.top + self.height // 2)))

    def delete(self) -> None:
        """Delete the selected keys of envelopes, or else the selected clips."""
        refs = [ref for ref in self.selection.keys if ref.clip is not None]
        if refs:
            edits = [("delete_keys", {"curve": ref.curve, "clip": ref.clip, "times": [ref.time]}) for ref in refs]
            self.kit.editor.apply_all(self.tr("Delete keys"), list(edits))
            return
        super().delete()

    def split(self) -> None:
        """Split the selected clips at the playhead."""
        desk = self.kit.editor.desk
        if desk is None:
            return
        now = desk.transport.seconds
        for clip in self.chosen():
            start, end = clip.start or 0.0, self.board.view.duration if clip.end is None else clip.end
            if start + 0.04 < now < end - 0.04:
                # No fades at the cut, so that it cannot be seen until a person changes one of the two.
                later = replace(clip, id=0, start=now, fade_in=0.0)
                edits: list[tuple[str, dict[str, Any]]] = [
                    ("trim_emotion", {"clip": clip.id, "start": clip.start, "end": now}),
                    ("fade_emotion", {"clip": clip.id, "fade_in": clip.fade_in, "fade_out": 0.0}),
                    ("add_emotion", {"clip": later}),
                ]
                self.kit.editor.apply_all(self.tr("Split an emotion clip"), edits)

    def _toggle_key(self) -> None:
        desk = self.kit.editor.desk
        for clip in self.chosen()[:1] if desk is not None else ():
            now = desk.transport.seconds if desk is not None else 0.0
            there = [key.time for key in clip.envelope.keys if abs(key.time - now) < 1e-4]
            if there:
                self.kit.editor.apply("delete_keys", curve=CurveName.ENVELOPE, clip=clip.id, times=there)
            else:
                self._set_key(clip, now, clip.envelope.at(now))

    def copy(self) -> None:
        """Keep the selected clips, to be pasted."""
        self._copied = tuple(self.chosen()) or self._copied

    def paste(self) -> None:
        """Add what was copied at the playhead, with its envelopes."""
        desk = self.kit.editor.desk
        if desk is None or not self._copied:
            return
        first = min(clip.start or 0.0 for clip in self._copied)
        by, ids, edits = desk.transport.seconds - first, [], []
        for number, clip in enumerate(self._copied):
            start = (clip.start or 0.0) + by
            end = None if clip.end is None else clip.end + by
            keys = tuple(replace(key, time=max(key.time + by, 0.0)) for key in clip.envelope.keys)
            moved = replace(clip, start=start, end=end, envelope=replace(clip.envelope, keys=keys))
            ids.append(self.project.next_id + number)
            edits.append(("add_emotion", {"clip": moved}))
        self.kit.editor.apply_all(self.tr("Paste emotion clips"), list(edits), selecting=Selection.of(emotions=ids))

    def description(self) -> str:
        """The selected clips."""
        texts = [f"{emotion_name(each.emotion)} {each.intensity:.2f}, {each.start or 0.0:.2f} s" for each in self.chosen()]
        return ", ".join(texts) or self.tr("no emotion clip selected")
