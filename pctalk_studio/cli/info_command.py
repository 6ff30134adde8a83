"""``info``: what is in a project."""

from __future__ import annotations

import argparse

from pctalk_studio.cli.output import say, say_json, warn
from pctalk_studio.core.speech import SILENCE
from pctalk_studio.document.project import Project
from pctalk_studio.document.speech_track import Owner, WordStyle
from pctalk_studio.storage.project_file import load_project


def run(args: argparse.Namespace) -> int:
    """Print it; returns 0."""
    loaded = load_project(args.project)
    facts = facts_of(loaded.project)
    warn(loaded.problems)
    if args.json:
        say_json({"project": str(args.project), **facts})
    else:
        width = max(len(name) for name in facts)
        for name, value in facts.items():
            say(f"{name.replace('_', ' '):<{width}}  {value}")
    return 0


def facts_of(project: Project) -> dict[str, str | int | float | None]:
    """The project in a few figures."""
    speech, media = project.speech, project.media
    return {
        "portrait": media.portrait.path if media.portrait else None,
        "audio": media.audio.path if media.audio else None,
        "transcript": media.transcript,
        "seconds": round(speech.duration, 3),
        "frames": project.rate.frames_in(speech.duration) if speech.phones else 0,
        "rate": str(project.rate),
        "words": sum(word.said for word in speech.words),
        "phones": sum(phone.label != SILENCE for phone in speech.phones),
        "edited_words": sum(word.owner is not Owner.AUTOMATIC for word in speech.words),
        "edited_phones": sum(phone.owner is not Owner.AUTOMATIC for phone in speech.phones),
        "styled_words": sum(word.style != WordStyle() for word in speech.words),
        "emotions": ", ".join(f"{clip.emotion} {clip.intensity:g}" for clip in project.emotions) or None,
        "performances": ", ".join(clip.name for clip in project.performances) or None,
        "lip_scale": project.lip_scale,
        "head": project.head.value,
        "gaze": project.gaze.value,
        "engine": project.render.engine,
        "seed": project.seed,
    }
