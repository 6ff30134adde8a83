"""Finished clips judged by their pixels. Knows what was said, never what motion was asked for."""

from pctalk_studio.evaluation.evaluate import evaluate_clip, report_of
from pctalk_studio.evaluation.pairs import compare_clips, intensity_order, pair_metrics
from pctalk_studio.evaluation.report import ClipReport, Metric, pooled
from pctalk_studio.evaluation.track import ClipTrack, track_clip

__all__ = [
    "ClipReport",
    "ClipTrack",
    "Metric",
    "compare_clips",
    "evaluate_clip",
    "intensity_order",
    "pair_metrics",
    "pooled",
    "report_of",
    "track_clip",
]
