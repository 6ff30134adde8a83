"""Copying controls from one place to another, and speaking-style presets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pctalk_studio.core.errors import EditRejected
from pctalk_studio.document.edits.emotions import emotion_clip
from pctalk_studio.document.project import Project, StyleAxes
from pctalk_studio.document.speech_edits import set_word_style
from pctalk_studio.document.speech_track import WordStyle


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


def word_style_of(preset: StylePreset, project: Project, edge: float = WordStyle().edge) -> WordStyle:
    """The style with which a word of a project is spoken in the way of a preset, whatever the clip's own way is.

    Parameters
    ----------
    preset
        The way of speaking; how it follows the volume is the clip's affair and does not count.
    project
        Document: a word's style is relative to the clip's.
    edge
        Seconds of the style's soft edges, which a preset does not tell.

    Returns
    -------
    WordStyle
        Gains are rounded to thousandths, and as near as the range of a word's gains lets them.
    """
    pairs = {
        "open": (preset.style.open, project.style.open),
        "wide": (preset.style.wide, project.style.wide),
        "purse": (preset.style.purse, project.style.purse),
        "scale": (preset.lip_scale, project.lip_scale),
    }
    gains = {name: _gain(wanted, given) for name, (wanted, given) in pairs.items()}
    return WordStyle(**gains, edge=edge)


def _gain(wanted: float, given: float) -> float:
    """Factor that makes one of the other, 0 to 2; 1 where the clip is still and no factor changes anything."""
    return 1.0 if given == 0 else round(min(wanted / given, 2.0), 3)


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
