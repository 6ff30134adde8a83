"""Every edit by name: pure functions Project -> Project that succeed whole or raise EditRejected and change nothing.

Arguments besides the project are given by keyword. :data:`EDITS` is the one list from which menus, scripts and tests are made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from pctalk_studio.document.edits import beyond, clip, controls, emotions, keys, learned, performances, presets, speech
from pctalk_studio.document.project import Project

Edit = Callable[..., Project]

EDITS: Mapping[str, Edit] = MappingProxyType(
    {
        function.__name__: function
        for room in (speech, controls, keys, emotions, performances, presets, clip, beyond, learned)
        for function in room.ALL
    }
)
"""Edits by name."""

__all__ = ["EDITS", "Edit"]
