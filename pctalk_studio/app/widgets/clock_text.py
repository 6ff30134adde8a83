"""Moments and spans as people read them."""

from __future__ import annotations


def clock_text(seconds: float) -> str:
    """Minutes, seconds and hundredths, such as ``00:01.24``; hours before them where there are any."""
    hundredths = round(max(seconds, 0.0) * 100)
    minutes, rest = divmod(hundredths, 6000)
    hours, minutes = divmod(minutes, 60)
    text = f"{minutes:02d}:{rest // 100:02d}.{rest % 100:02d}"
    return f"{hours}:{text}" if hours else text


def span_text(start: float, end: float) -> str:
    """From one moment to another."""
    return f"{clock_text(start)} – {clock_text(end)}"
