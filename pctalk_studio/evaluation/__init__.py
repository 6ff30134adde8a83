"""Finished clips judged by their pixels. Knows what was said, never what motion was asked for."""

from pctalk_studio.evaluation.evaluate import evaluate_clip, report_of
from pctalk_studio.evaluation.pairs import compare_clips, emotion_metrics, intensity_order, lip_metrics
from pctalk_studio.evaluation.report import ClipReport, Metric, pooled
from pctalk_studio.evaluation.skin_motion import Shift, SkinMotion
from pctalk_studio.evaluation.track import ClipTrack, track_clip

__all__ = [
    "ClipReport",
    "ClipTrack",
    "Metric",
    "Shift",
    "SkinMotion",
    "compare_clips",
    "emotion_metrics",
    "evaluate_clip",
    "intensity_order",
    "lip_metrics",
    "pooled",
    "report_of",
    "track_clip",
]
