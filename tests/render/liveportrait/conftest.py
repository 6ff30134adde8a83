"""One thread for torch: the machine that tests has others to share with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from helpers.threads import torch_threads


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> Iterator[None]:
    with torch_threads(1):
        yield
