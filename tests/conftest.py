"""Fixtures for every room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.threads import torch_threads

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


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Torch computes in the thread that asks: tests run side by side, and time of the processor is the time that one waits."""
    with torch_threads(1):
        yield
