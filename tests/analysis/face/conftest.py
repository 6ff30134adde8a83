"""Networks are made once for all tests of faces."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pctalk_studio.analysis.face import FaceNetworks


@pytest.fixture(scope="session")
def networks() -> Iterator[FaceNetworks]:
    with FaceNetworks() as made:
        yield made
