"""Times as people type them."""

from __future__ import annotations

import re

from pctalk_studio.app.timeline.timecode import nominal
from pctalk_studio.core.time import FrameRate

_CODE = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+):(\d+)")
_SECONDS = re.compile(r"(\d+(?:[.,]\d*)?|[.,]\d+)\s*s?")
_FRAMES = re.compile(r"(\d+)\s*f")


def parse_time(text: str, rate: FrameRate, now: int = 0) -> int | None:
    """The frame that was typed; None when it cannot be read.

    Parameters
    ----------
    text
        ``mm:ss:ff``, ``ss:ff``, seconds such as ``1.5`` or ``1.5 s``, frames such as ``37 f``; after + or -, from ``now``.
    rate
        Frames a second.
    now
        Frame from which a signed time counts.
    """
    text = text.strip()
    sign = {"+": 1, "-": -1}.get(text[:1], 0)
    told = _unsigned(text[1:].strip() if sign else text, rate)
    if told is None:
        return None
    return max(0, now + sign * told) if sign else told


def _unsigned(text: str, rate: FrameRate) -> int | None:
    if match := _CODE.fullmatch(text):
        hours, minutes, seconds, frames = (int(part or 0) for part in match.groups())
        return ((hours * 60 + minutes) * 60 + seconds) * nominal(rate) + frames
    if match := _FRAMES.fullmatch(text):
        return int(match[1])
    if match := _SECONDS.fullmatch(text):
        return rate.frame_at(float(match[1].replace(",", ".")))
    return None
