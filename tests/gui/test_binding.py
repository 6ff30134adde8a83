"""What the window takes for granted of its Qt binding."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal


class _Source(QObject):
    switched = Signal(bool)


def test_signals_that_carry_booleans_keep_their_references(qapp):
    source = _Source()
    before = sys.getrefcount(True)
    for _ in range(200):
        source.switched.emit(True)
    assert abs(sys.getrefcount(True) - before) < 50
