"""``align``: finds words and phones in a recording."""

from __future__ import annotations

import argparse

from pctalk_studio.analysis.speech.facts import speech_facts
from pctalk_studio.cli.output import say, warn
from pctalk_studio.cli.transcript import transcript_of
from pctalk_studio.core.speech import SILENCE
from pctalk_studio.interchange.alignment_files import check_alignment_target, write_alignment
from pctalk_studio.media.sound import read_sound
from pctalk_studio.session.sources import SPEECH_RATE


def run(args: argparse.Namespace) -> int:
    """Align and write; returns 0."""
    check_alignment_target(args.out)
    text = transcript_of(args)
    sound = read_sound(args.audio)
    alignment = speech_facts(sound.mono(SPEECH_RATE), text, sound.content_hash).alignment
    write_alignment(args.out, alignment)
    warn(sound.problems + alignment.problems)
    phones = sum(phone.label != SILENCE for phone in alignment.phones)
    said = sum(word.said for word in alignment.words)
    say(f"{args.out}: {said} words, {phones} phones in {alignment.duration:.2f} s; trust {alignment.trust:.0%}")
    return 0
