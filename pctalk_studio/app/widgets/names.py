"""Names of the project's values, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from pctalk_studio.document.edits.keys import CurveName
from pctalk_studio.document.performance import PerformancePart
from pctalk_studio.document.project import Emotion, EmotionRegion

if TYPE_CHECKING:
    from pctalk_studio.export.formats import ExportFormat


def emotion_name(emotion: Emotion) -> str:
    """An emotion's name."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Emotion", text)

    return {
        Emotion.ANGRY: tr("angry"),
        Emotion.CONTEMPT: tr("contempt"),
        Emotion.DISGUSTED: tr("disgusted"),
        Emotion.FEAR: tr("fear"),
        Emotion.HAPPY: tr("happy"),
        Emotion.NEUTRAL: tr("neutral"),
        Emotion.SAD: tr("sad"),
        Emotion.SURPRISED: tr("surprised"),
    }[emotion]


def region_name(region: EmotionRegion) -> str:
    """A region's name."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("EmotionRegion", text)

    return {
        EmotionRegion.BROWS: tr("brows"),
        EmotionRegion.EYES: tr("eyes"),
        EmotionRegion.CHEEKS: tr("cheeks"),
        EmotionRegion.NOSE: tr("nose"),
        EmotionRegion.MOUTH: tr("mouth"),
    }[region]


def part_name(part: PerformancePart) -> str:
    """What a performance drives, in a word."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("PerformancePart", text)

    return {
        PerformancePart.HEAD: tr("head"),
        PerformancePart.EYES: tr("eyes"),
        PerformancePart.EXPRESSION: tr("expression"),
        PerformancePart.MOUTH: tr("mouth"),
    }[part]


def curve_title(curve: CurveName) -> str:
    """A curve's name, for people."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("CurveName", text)

    return {
        CurveName.LIP_SCALE: tr("Lip scale"),
        CurveName.PITCH: tr("Nod"),
        CurveName.YAW: tr("Turn"),
        CurveName.ROLL: tr("Tilt"),
        CurveName.X: tr("Shift across"),
        CurveName.Y: tr("Shift down"),
        CurveName.ZOOM: tr("Zoom"),
        CurveName.GAZE_X: tr("Look right"),
        CurveName.GAZE_Y: tr("Look up"),
        CurveName.ENVELOPE: tr("Envelope"),
    }[curve]


def style_name(name: str) -> str:
    """A speaking style's name: of those that ship with the program in the person's language, of others as they were given."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("SpeakingStyle", text)

    shipped = {
        "Clear": tr("Clear"),
        "Broadcast": tr("Broadcast"),
        "Wide": tr("Wide"),
        "Mumbling": tr("Mumbling"),
        "Tight-lipped": tr("Tight-lipped"),
        "Whisper": tr("Whisper"),
        "Shout": tr("Shout"),
        "Sing": tr("Sing"),
    }
    return shipped.get(name, name)


def format_name(format_: ExportFormat) -> str:
    """What an export is called; names of codecs are the same in every language."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("ExportFormat", text)

    named = {"png": tr("PNG pictures"), "gif": tr("Animated GIF"), "wav": tr("Sound only, WAV")}
    return named.get(format_.id, format_.title)
