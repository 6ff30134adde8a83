"""Copying controls from one place to another, and speaking-style presets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pctalk_studio.core.errors import EditRejected
from pctalk_studio.document.edits.emotions import emotion_clip
from pctalk_studio.document.project import Project, StyleAxes
from pctalk_studio.document.speech_edits import set_word_style


@dataclass(frozen=True, slots=True)
class StylePreset:
    """A named way of speaking.

    Parameters
    ----------
    name
        Shown to people; not empty.
    style, lip_scale, follow_volume
        As in :class:`pctalk_studio.document.project.Project`.
    """

    name: str
    style: StyleAxes
    lip_scale: float = 1.0
    follow_volume: float = 0.5

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise EditRejected("A preset needs a name.")


def preset_of(project: Project, name: str) -> StylePreset:
    """The project's way of speaking as a preset, to be kept."""
    return StylePreset(name, project.style, project.lip_scale, project.follow_volume)


def apply_preset(project: Project, *, preset: StylePreset) -> Project:
    """Speak in the way of a preset."""
    return replace(
        project,
        style=preset.style,
        lip_scale=preset.lip_scale,
        follow_volume=preset.follow_volume,
        style_preset=preset.name,
    )


def copy_word_style(project: Project, *, source: int, targets: Sequence[int]) -> Project:
    """Give words the style of another."""
    style = project.speech.word(source).style
    return replace(project, speech=set_word_style(project.speech, targets, style))


def copy_emotion_controls(project: Project, *, source: int, targets: Sequence[int]) -> Project:
    """Give clips another's intensity, regions, side, fades and mask; emotion, times and envelope stay."""
    model = emotion_clip(project, source)
    chosen = {emotion_clip(project, target).id for target in targets}
    emotions = tuple(
        replace(
            each,
            intensity=model.intensity,
            regions=model.regions,
            side=model.side,
            fade_in=model.fade_in,
            fade_out=model.fade_out,
            mask=model.mask,
        )
        if each.id in chosen
        else each
        for each in project.emotions
    )
    return replace(project, emotions=emotions)


ALL = (apply_preset, copy_word_style, copy_emotion_controls)
"""The edits of this module."""
