"""From pasted text to tokens: what is never spoken is left out, words are parted, typographic variants made plain.

Understands plain prose, Markdown, tags, SubRip and WebVTT subtitles and stage directions in brackets.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from pctalk_studio.analysis.speech.abbreviations import ABBREVIATIONS, SHORTHAND, SYMBOLS
from pctalk_studio.analysis.speech.lexicon import english_lexicon

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‛ʼʹ´`＇", "'"), **dict.fromkeys("“”„‟«»＂", '"'), **dict.fromkeys("‐‑⁃﹣－", "-"),
        **dict(zip("−′″⁄ıøØđĐłŁ", "-'\"/ioOdDlL", strict=True)),
        "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ð": "th", "Ð": "Th", "þ": "th", "Þ": "Th", "ŋ": "ng",
    }
)  # fmt: skip
_FRACTIONS = "½¼¾⅓⅔"
_DIRECTION_WORDS = (
    "laugh|laughs|laughing|laughter|chuckle|chuckles|chuckling|giggle|giggles|sigh|sighs|sighing|cough|coughs|coughing|gasp|gasps|"
    "sob|sobs|sobbing|cry|cries|crying|sniff|sniffs|groan|groans|pause|pauses|beat|silence|music|applause|cheering|cheers|"
    "inaudible|unintelligible|crosstalk|whisper|whispers|whispering|shouting|screams|screaming|clears throat|breath|breathes|"
    "inhales|exhales|noise|smiles|nods|off screen|offscreen|o\\.s\\.|v\\.o\\."
)
_NOT_SPOKEN = (
    re.compile(r"<!--.{0,2000}?-->", re.S),
    re.compile(r"</?[A-Za-z][^<>\n]{0,200}>"),
    re.compile(
        rf"[(*_]{{1,3}}[ \t]{{0,3}}(?:{_DIRECTION_WORDS})(?:[ \t]{{1,3}}[a-z]{{1,20}}){{0,2}}[ \t]{{0,3}}[)*_]{{1,3}}", re.I
    ),
    re.compile(r"[♪♫♩♬]"),
)
_LINK = re.compile(r"\[([^\[\]\n]{0,300})\]\([^()\s]{0,900}\)")
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,300}\]\([^()\n]{0,900}\)")
_BRACKETED = re.compile(r"\[[^\[\]]{0,400}\]|\{[^{}]{0,400}\}")
_TIMING = re.compile(r"\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{3}\s*-->.*")
_LINE_MARK = re.compile(r"^\s*(?:#{1,6}\s+|>+\s*|[-*+•]\s+)")
_LONGEST_TOKEN = 200
_DASHES = re.compile(r"[—―]|-{2,}|…|\.{2,}|(?<!\d)–|–(?!\d)")
_OPENING = '"([{<*_~`¿¡|\\^,;:!?'
_CLOSING = '")]}>*_~`|\\^,;:!?'
_SENTENCE_END = re.compile(r"[.!?…][\"')\]*_]*$")


@dataclass(frozen=True, slots=True)
class Token:
    """One displayed token.

    Parameters
    ----------
    text
        As the user wrote it, without the punctuation around it.
    plain
        The same in ASCII letters, straight quotes and a few signs; case kept. Empty for a word in another script.
    ends_sentence
        A full stop, question or exclamation mark follows.
    """

    text: str
    plain: str
    ends_sentence: bool


def plain_characters(text: str) -> str:
    """Letters without accents or ligatures, straight quotes, plain hyphens; what has no such form is dropped."""
    kept = []
    for c in text.translate(_PLAIN):
        if c.isascii() or c in _FRACTIONS or c in SYMBOLS or c in "£€¥₹¢°–±":
            kept.append(c)
        else:
            kept.extend(d for d in unicodedata.normalize("NFKD", c) if d.isascii())
    return "".join(kept)


def _spoken_lines(text: str) -> str:
    """The text without the numbers and times of subtitles and the marks at the start of Markdown lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    timed = {n for n, line in enumerate(lines) if _TIMING.match(line)}
    kept = []
    for n, line in enumerate(lines):
        if n in timed or (n + 1 in timed and line.strip().isdecimal()) or (n == 0 and line.lstrip("\ufeff").startswith("WEBVTT")):
            continue
        kept.append(_LINE_MARK.sub("", line))
    return "\n".join(kept)


def _without_directions(text: str) -> str:
    text = _IMAGE.sub(" ", text)
    text = _LINK.sub(r"\1", text)
    for pattern in _NOT_SPOKEN:
        text = pattern.sub(" ", text)
    return _BRACKETED.sub(" ", text)


def tokens_of(text: str) -> tuple[Token, ...]:
    """All displayed tokens in order, those in other scripts included (with empty ``plain``)."""
    spoken = _without_directions(_spoken_lines(text.replace("\u00ad", "").replace("\u200b", "")))
    tokens = []
    for chunk in spoken.split():
        pieces = [piece for piece in _DASHES.split(chunk) if piece]
        for n, piece in enumerate(pieces):
            if (token := _token(piece)) is not None:
                last = n == len(pieces) - 1 and bool(_SENTENCE_END.search(chunk))
                tokens.append(Token(token[0], token[1], last))
    return tuple(tokens)


def _token(piece: str) -> tuple[str, str] | None:
    """Displayed and plain form of a piece between blanks, or None when it is only punctuation or pictures."""
    piece = piece[:_LONGEST_TOKEN]
    low = plain_characters(piece).lower()
    if low in SYMBOLS or low.strip(_CLOSING) in SHORTHAND:
        kept = piece if low in SYMBOLS else piece.strip(_CLOSING)
        return kept, plain_characters(kept)
    start, end = 0, len(piece)
    while start < end and not _kept_at_start(plain_characters(piece[start:end])):
        start += 1
    while end > start and not _kept_at_end(plain_characters(piece[start:end]), piece[start:end]):
        end -= 1
    shown = piece[start:end]
    if not any(unicodedata.category(c)[0] in "LN" for c in shown):
        return None
    plain = plain_characters(shown)
    return shown, plain if any(c.isalnum() for c in plain) else ""


def _kept_at_start(rest: str) -> bool:
    """Whether the first character of a piece belongs to the word."""
    if not rest:
        return True
    first, then = rest[0], rest[1:]
    if first.isalnum():
        return True
    if first in "$£€¥₹#@°±+-.":
        return bool(re.match(r"[$£€¥₹.]?\d" if first in "-+±." else r"[\w.]", then))
    if first == "'":
        word = re.match(r"'[A-Za-z']+", rest)
        elided = word is not None and word[0].lower() in english_lexicon() and word[0].lower() not in ("'s", "'a")
        return elided or bool(re.match(r"'\d0'?s", rest))
    return False


def _kept_at_end(plain: str, shown: str) -> bool:
    """Whether the last character of a piece belongs to the word."""
    if not plain:
        return unicodedata.category(shown[-1])[0] in "LN"
    last, word = plain[-1], plain[:-1]
    if plain_characters(shown[-1]) == "":
        return unicodedata.category(shown[-1])[0] in "LNM"
    if last.isalnum() or last in "%°¢$£€¥₹" + _FRACTIONS:
        return True
    if last == "'":
        return word.lower().endswith(("s", "in", "th", "ol", "o")) or word.isdecimal()
    if last == "+":
        return (bool(word) and word[-1].isalnum()) or word.endswith("+")
    if last == ".":
        return bool(re.fullmatch(r"(?:[A-Za-z]\.)*[A-Za-z]|[A-Za-z]{1,2}\.[A-Za-z]", word)) or word.lower() in ABBREVIATIONS
    return False
