"""Edits of how far trained networks move the face."""

from __future__ import annotations

from dataclasses import replace

from pctalk_studio.document.learned import LearnedStyle
from pctalk_studio.document.project import Project


def set_learned_lips(project: Project, *, share: float) -> Project:
    """Let the networks move the lips by ear, 0 (the phones alone) to 1 (the networks alone)."""
    return replace(project, learned=replace(project.learned, lips=share))


def set_learned_emotion(project: Project, *, share: float) -> Project:
    """Let the networks make the emotions, 0 (the tables alone) to 1 (the networks alone)."""
    return replace(project, learned=replace(project.learned, emotion=share))


def set_learned_style(project: Project, *, style: LearnedStyle | None) -> Project:
    """Let the networks speak in a style that was learned from a clip, or plainly again."""
    return replace(project, learned=replace(project.learned, style=style))


ALL = (set_learned_lips, set_learned_emotion, set_learned_style)
"""The edits of this module."""
