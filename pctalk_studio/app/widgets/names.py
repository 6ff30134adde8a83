"""Names of the project's values, for people."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from pctalk_studio.document.project import Emotion, EmotionRegion


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
