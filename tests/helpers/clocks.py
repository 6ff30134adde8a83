"""Clocks without sound."""

from __future__ import annotations

from pctalk_studio.preview.clock import SilentClock


class Scrubbed(SilentClock):
    """A clock that stands still and notes which moments are heard."""

    def __init__(self):
        super().__init__(lambda: 0.0)
        self.moments = []

    def scrub(self, seconds):
        self.moments.append(seconds)
