"""Finished clips judged by their pixels. Knows what was said, never what motion was asked for."""

from pctalk_studio.evaluation.evaluate import evaluate_clip
from pctalk_studio.evaluation.report import ClipReport, Metric

__all__ = ["ClipReport", "Metric", "evaluate_clip"]
