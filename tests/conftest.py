"""Fixtures for every room."""

from __future__ import annotations

from pathlib import Path

import pytest

from pctalk_studio.core.threads import one_math_thread, waiting_threads_sleep

# As the program does where it begins: tests run side by side.
one_math_thread()
waiting_threads_sleep()

MEDIA = Path(__file__).resolve().parent.parent.parent / "shared" / "media"


@pytest.fixture(scope="session")
def shared_media() -> Path:
    """Folder of real portraits, speech and video beside the checkout; skips where there is none."""
    if not MEDIA.is_dir():
        pytest.skip("no media beside the checkout")
    return MEDIA
