"""Edits of what holds for the whole clip."""

from __future__ import annotations

from dataclasses import replace

from pctalk_studio.core.errors import EditRejected
from pctalk_studio.core.time import FrameRate
from pctalk_studio.document.project import (
    Gaze,
    HeadMotion,
    Media,
    Project,
    RenderSettings,
    StyleAxes,
    Track,
)


def set_style(project: Project, *, style: StyleAxes) -> Project:
    """Set the style axes of the clip by hand."""
    return replace(project, style=style, style_preset="")


def set_lip_scale(project: Project, *, scale: float) -> Project:
    """Set the size of the lip movement, 0 to 2."""
    return replace(project, lip_scale=scale)


def set_follow_volume(project: Project, *, amount: float) -> Project:
    """Set how far the lips follow loudness, 0 to 1."""
    return replace(project, follow_volume=amount)


def set_head(project: Project, *, head: HeadMotion) -> Project:
    """Set how much the head moves by itself."""
    return replace(project, head=head)


def set_gaze(project: Project, *, gaze: Gaze) -> Project:
    """Set where the eyes go by themselves."""
    return replace(project, gaze=gaze)


def set_blink(project: Project, *, automatic: bool) -> Project:
    """Switch automatic blinks on or off; blinks added by hand stay."""
    return replace(project, blink=automatic)


def set_lead(project: Project, *, seconds: float) -> Project:
    """Set how far the picture leads the sound, -0.2 to 0.2 s."""
    return replace(project, lead=seconds)


def set_seed(project: Project, *, seed: int) -> Project:
    """Draw everything random anew."""
    if seed < 0:
        raise EditRejected("A seed is 0 or more.")
    return replace(project, seed=seed)


def set_rate(project: Project, *, rate: FrameRate) -> Project:
    """Set the frames a second; times stay, for they are in seconds."""
    return replace(project, rate=rate)


def set_media(project: Project, *, media: Media) -> Project:
    """Exchange sources; words, phones and controls stay."""
    return replace(project, media=media)


def set_render(project: Project, *, settings: RenderSettings) -> Project:
    """Set how frames leave the program."""
    return replace(project, render=settings)


def set_muted(project: Project, *, track: Track, on: bool) -> Project:
    """Mute a track, or let it act again."""
    return replace(project, muted=project.muted | {track} if on else project.muted - {track})


def set_solo(project: Project, *, track: Track, on: bool) -> Project:
    """Let only the soloed tracks act."""
    return replace(project, soloed=project.soloed | {track} if on else project.soloed - {track})


ALL = (
    set_style,
    set_lip_scale,
    set_follow_volume,
    set_head,
    set_gaze,
    set_blink,
    set_lead,
    set_seed,
    set_rate,
    set_media,
    set_render,
    set_muted,
    set_solo,
)
"""The edits of this module."""
