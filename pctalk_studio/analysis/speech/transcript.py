"""From the text that was typed to the words that were spoken: one entry per displayed word, each with its pronunciations.

Text decides what may have been said, the recording decides what was: every doubt ("1984", "Dr.", "read") becomes a further
pronunciation and none is settled here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pctalk_studio.analysis.speech.abbreviations import (
    ABBREVIATIONS,
    BARE_ABBREVIATIONS,
    DOTTED,
    NAMES_FOLLOW,
    SHORTHAND,
    SYMBOLS,
    WEB,
)
from pctalk_studio.analysis.speech.g2p import plural, pronunciations_of
from pctalk_studio.analysis.speech.lexicon import english_lexicon
from pctalk_studio.analysis.speech.markup import Token, tokens_of
from pctalk_studio.analysis.speech.numbers import (
    MAGNITUDE_WORDS,
    Reading,
    Readings,
    alternatives,
    cardinal,
    digits,
    integer,
    money_name,
    ordinal,
    spoken_figures,
    unit_readings,
)
from pctalk_studio.analysis.speech.units import UNITS
from pctalk_studio.core.errors import SpeechError

MOST_PRONUNCIATIONS = 12


@dataclass(frozen=True, slots=True)
class TranscriptWord:
    """One word as it is displayed, and the ways in which it may have been said.

    Parameters
    ----------
    text
        The user's own token without the punctuation around it: ``42``, ``Dr.``, ``dogs'``.
    pronunciations
        ARPAbet phones, vowels with their stress digit (``AH0``), the likeliest pronunciation first; at least one, none of
        them empty. A token that is spoken as several words ("42": forty two) has their phones joined.
    """

    text: str
    pronunciations: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """A token and its neighbours, and whether the whole text is written in capitals (so that capitals say nothing)."""

    token: Token
    before: str
    after: str
    shouted: bool

    @property
    def low(self) -> str:
        return self.token.plain.lower()


_ROMAN = re.compile(r"(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}
_NUMBERED_WORDS = """
chapter part act scene volume vol book section war phase title type class appendix article stage level round bowl episode
figure table canto unit mark step
"""
_NUMBERED = frozenset(_NUMBERED_WORDS.split())
_TOP_DOMAINS = "com|org|net|edu|gov|io|co|uk|de|tv|ai|app|dev|me|info"
_WEB = re.compile(rf"(?:https?://|www\.).+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|[\w-]+(?:\.[\w-]+)*\.(?:{_TOP_DOMAINS})(?:/.*)?")
_CAMEL = re.compile(r"[A-Z]?[a-z']+|[A-Z]+(?![a-z])|\d+")
_LETTER_RUNS = re.compile(r"[A-Za-z']+|\d+(?:[.,]\d+)*")
_NUMBERED_SHORT = re.compile(r"([a-z]+\.)(\d.*)")


def transcript_words(text: str) -> tuple[TranscriptWord, ...]:
    """Words of a transcript with their pronunciations.

    Parameters
    ----------
    text
        Any text: prose, Markdown or subtitles. Directions in brackets, tags, times and pictures are left out, and so are
        words in a script without Latin letters or figures (:func:`unreadable_words` names them).

    Returns
    -------
    tuple of TranscriptWord
        At least one, in order.

    Raises
    ------
    SpeechError
        When not one word can be read as English.
    """
    tokens = tokens_of(text)
    places = _places(tokens)
    words = [TranscriptWord(place.token.text, ways) for place in places if (ways := _pronounced(_readings(place)))]
    if not words:
        what = "is written in another script than the Latin one" if tokens else "holds no word that could be spoken"
        raise SpeechError(f"The transcript {what}; leave it out and the recording will be analysed by itself.", repr(text[:200]))
    return tuple(words)


def unreadable_words(text: str) -> tuple[str, ...]:
    """Displayed words of a transcript that are written in another script and hence left out by :func:`transcript_words`."""
    return tuple(token.text for token in tokens_of(text) if not token.plain)


def _places(tokens: Sequence[Token]) -> list[_Place]:
    letters = [c for token in tokens for c in token.plain if c.isalpha()]
    shouted = len(tokens) > 2 and sum(c.isupper() for c in letters) > 0.9 * len(letters)
    plains = ["", *(token.plain for token in tokens), ""]
    return [_Place(token, plains[n], plains[n + 2], shouted) for n, token in enumerate(tokens)]


def _pronounced(readings: Readings) -> tuple[tuple[str, ...], ...]:
    """Pronunciations of readings: the best of each reading first, then their second best, and so on."""
    ways = [alternatives(*(_said(word) for word in reading)) for reading in readings if reading]
    ranked = [way[rank] for rank in range(MOST_PRONUNCIATIONS) for way in ways if rank < len(way) and way[rank]]
    return tuple(dict.fromkeys(ranked))[:MOST_PRONUNCIATIONS]


def _said(word: str) -> tuple[tuple[str, ...], ...]:
    """Pronunciations of one spoken word; ``x.s`` is the plural of a named letter."""
    if len(word) > 2 and word[1] == "." and word[2:] in ("s", "'s"):
        return tuple(plural(p) for p in pronunciations_of(word[:2]))
    return pronunciations_of(word)


def _readings(place: _Place) -> Readings:
    """What may be said for a token: the first rule that applies wins, rules with context first."""
    rules = (_shorthand, _abbreviation, _magnitude_of_money, _unit, _roman, _figures, _dotted, _web, _joined, _mixed, _capitals)
    for rule in rules:
        if found := rule(place):
            return found
    return ((place.low,),) if any(c.isalpha() for c in place.low) else ()


def _shorthand(place: _Place) -> Readings:
    if place.low in SYMBOLS:
        return tuple(reading for reading in SYMBOLS[place.low] if reading)
    return SHORTHAND.get(place.low, ())


def _abbreviation(place: _Place) -> Readings:
    """Mr., Dr., St., No.: in full, with the likelier meaning first; as the plain word too where it is one."""
    stop = place.low.endswith(".")
    short = place.low.rstrip(".")
    if short not in ABBREVIATIONS or not (stop or short in BARE_ABBREVIATIONS) or (place.shouted and not stop):
        return ()
    full = ABBREVIATIONS[short]
    named = place.after[:1].isupper()
    if short in ("st", "dr") and place.before[:1].isupper() and (place.token.ends_sentence or not named):
        full = full[::-1]
    if len(short) == 1 and not place.after[:1].isdigit():
        return ((f"{short}.",), *full)
    if short in NAMES_FOLLOW and named and short not in ("gen", "rep", "mt", "ft"):
        return full
    if short == "no" and not place.after[:1].isdigit():
        return (("no",), *full)
    plain_word = ((short,),) if short in english_lexicon() and short not in BARE_ABBREVIATIONS else ()
    if short in ("sun", "sat", "mar", "ed", "fig", "al", "max") and not place.after[:1].isdigit():
        return (*plain_word, *full)
    return tuple(dict.fromkeys((*full, *plain_word)))


def _is_figure(plain: str) -> bool:
    return bool(plain) and plain[-1].isdigit() and bool(spoken_figures(plain.lower()))


def _magnitude_of_money(place: _Place) -> Readings:
    """The word after "$1.5": million dollars."""
    name = money_name(place.before.lower())
    return ((place.low, name), (place.low,)) if name and place.low in MAGNITUDE_WORDS else ()


def _unit(place: _Place) -> Readings:
    """The word after a number: 5 km, 3 PM, 10 °C."""
    unit = place.low.rstrip(".")
    if unit not in UNITS or not _is_figure(place.before):
        return ()
    readings = unit_readings(unit, place.before == "1")
    word = ((unit,),) if unit in english_lexicon() else ()
    if unit in ("in", "am", "s", "m", "x", "p", "k", "h", "g", "w", "v", "l") and word:
        return (
            tuple(dict.fromkeys((*word, *readings))) if unit in ("in", "am") and place.token.plain != "AM" else (*readings, *word)
        )
    return readings


def _roman(place: _Place) -> Readings:
    """Clear Roman numerals: behind a name (Henry VIII), or behind a word that is numbered (Chapter IV)."""
    plain = place.token.plain
    possessive = plain.endswith("'s")
    figure = plain.removesuffix("'s")
    if not figure or not _ROMAN.fullmatch(figure) or place.shouted:
        return ()
    numbered = place.before.lower() in _NUMBERED
    if (len(figure) == 1 or "L" in figure) and not numbered:
        return ()
    if not numbered and not (place.before[:1].isupper() and place.before[1:2].islower()):
        return ()
    values = [_ROMAN_VALUES[c] for c in figure]
    n = sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))
    count, rank = cardinal(n), ("the", *ordinal(n))
    spelled = tuple(f"{c.lower()}." for c in figure)
    if possessive:
        count, rank = (*count[:-1], count[-1] + "'s"), (*rank[:-1], rank[-1] + "'s")
    return (count, rank, spelled) if numbered else (rank, count, spelled)


def _figures(place: _Place) -> Readings:
    low = place.low
    if not any(c.isdigit() or c in "½¼¾⅓⅔" for c in low):
        return ()
    counted = place.after.lower() not in MAGNITUDE_WORDS
    for form in (low, low.rstrip(".'+"), low.removesuffix("'s")):
        if found := spoken_figures(form, counted):
            if form != low and low.endswith("'s"):
                return tuple((*reading[:-1], reading[-1] + "'s") for reading in found)
            return alternatives(found, (("plus",),)) if low.endswith("+") else found
    return ()


def _spelled(letters: str) -> Reading:
    return tuple(f"{c}." for c in letters.lower() if c.isalpha())


def _dotted(place: _Place) -> Readings:
    """Letters with full stops: U.S., e.g., J.R.R., Ph.D."""
    low = place.low
    base = low.removesuffix("'s")
    for form in (base, base.rstrip(".") + "."):
        if form in DOTTED:
            return DOTTED[form]
    if not re.fullmatch(r"(?:[a-z]\.)+[a-z]?", base) or (base in ("i.", "a.") and len(base) < 2):
        return ()
    letters = _spelled(base)
    if low.endswith("'s"):
        return ((*letters[:-1], letters[-1] + "s"),)
    if len(letters) == 1:
        word = letters[0][0]
        return (letters, (word,)) if word in "ai" and place.token.ends_sentence else (letters,)
    joined = base.replace(".", "")
    return (letters, (joined,)) if joined in english_lexicon() and len(joined) > 3 else (letters,)


def _web(place: _Place) -> Readings:
    """Addresses: www.example.com/a, name@host.org, @name, #tag."""
    low = place.low
    if low[:1] in "@#" and len(low) > 1:
        lead: Readings = (("at",), ()) if low[0] == "@" else (("hashtag",), ())
        return alternatives(lead, _parts_of_name(place.token.plain[1:]))
    if not _WEB.fullmatch(low):
        return _with_dots(place.token.plain)
    bare = re.sub(r"^https?://", "", low).rstrip("/")
    parts: list[Readings] = []
    for piece in re.findall(r"[a-z0-9']+|[^a-z0-9']", bare):
        if piece[0].isalnum():
            parts.append(_parts_of_name(piece))
        elif piece in WEB:
            parts.append(WEB[piece])
    return alternatives(*parts)


def _with_dots(plain: str) -> Readings:
    """Names with a dot inside (Node.js), and sentences that run into each other (end.Then)."""
    if not re.fullmatch(r"[A-Za-z]{2,}(?:\.[A-Za-z]{2,})+", plain) or plain.lower() in english_lexicon():
        return ()
    dot: Readings = ((), ("dot",)) if re.search(r"\.[A-Z][a-z]", plain) else (("dot",), ())
    parts = [part for name in plain.split(".") for part in (_parts_of_name(name), dot)]
    return alternatives(*parts[:-1])


def _parts_of_name(name: str) -> Readings:
    """A name inside an address or in mixed case: known words read, short unknown runs spelled."""
    parts = []
    for run in _CAMEL.findall(name):
        low = run.lower()
        if run.isdigit():
            parts.append(integer(run))
        elif low in english_lexicon() or (len(low) > 3 and re.search("[aeiouy]", low)):
            parts.append(((low,), _spelled(low)) if len(low) < 4 else ((low,),))
        else:
            parts.append((_spelled(low), (low,)))
    return alternatives(*parts) if parts else ()


def _joined(place: _Place) -> Readings:
    """Words joined by hyphens, strokes or an ampersand; each is read by itself."""
    plain, low = place.token.plain, place.low
    if low in english_lexicon() or not re.search(r"[\w.'°%][-/&+–=_~][-\w.'$]", plain):
        return ()
    signs = "([/])" if "/" in plain else "([-&+–=_~])"
    pieces = [piece for piece in re.split(signs, plain) if piece]
    parts: list[Readings] = []
    for n, piece in enumerate(pieces):
        if piece in "-–_~":
            continue
        if piece in "/&+=":
            parts.append(
                {"/": ((), ("slash",), ("or",)), "&": (("and",),), "+": (("plus",), ("and",)), "=": (("equals",),)}[piece]
            )
        elif n + 2 < len(pieces) and len(piece) < 3 and pieces[n + 2].lower().startswith(piece.lower()) and piece.isalpha():
            parts.append(((), (piece.lower(),)))  # a stutter: b-but
        else:
            inner = _Place(Token(piece, piece, False), "", "", place.shouted)
            parts.append(_readings(inner))
    parts = [part for part in parts if part]
    return alternatives(*parts)


def _mixed(place: _Place) -> Readings:
    """Letters and figures in one token: MP3, R2D2, 3D, Covid19; and figures in any order that no other rule knows."""
    plain = place.token.plain
    if not re.search(r"\d", plain):
        return ()
    short = _NUMBERED_SHORT.fullmatch(place.low)
    if short and short[1].rstrip(".") in ABBREVIATIONS:
        return alternatives(ABBREVIATIONS[short[1].rstrip(".")], spoken_figures(short[2]) or integer(re.sub(r"\D", "", short[2])))
    parts = []
    for run in _LETTER_RUNS.findall(plain):
        low = run.lower()
        if run[0].isdigit():
            parts.append(spoken_figures(run) or digits(run))
        elif len(low) > 2 and (low in english_lexicon() or not run.isupper()):
            parts.append(((low,), _spelled(low)))
        elif low in ("'s", "s"):
            parts.append((("s.",),))
        else:
            parts.append((_spelled(low), (low,)))
    return alternatives(*parts)


def _capitals(place: _Place) -> Readings:
    """Initialisms and acronyms by their capitals (FBI, NASA, CEOs), names by their inner ones (YouTube)."""
    plain = place.token.plain
    m = re.fullmatch(r"([A-Z]{2,})('?s)?", plain)
    if m and not (place.shouted and m[1].lower() in english_lexicon()):
        base, ending = m[1].lower(), m[2] or ""
        letters = _spelled(base)
        spelled = (*letters[:-1], letters[-1] + "s") if ending else letters
        word = (base + ("'s" if ending else ""),)
        if len(base) > 5:
            return (word,)
        known = base in english_lexicon()
        wordlike = known or (len(base) > 3 and re.search("[aeiouy]", base) is not None)
        return (word, spelled) if wordlike and base not in ("us", "it", "who", "id", "pc", "tv", "pa") else (spelled, word)
    if place.low in english_lexicon() or not re.search(r"[a-z][A-Z]", plain):
        return ()
    return (*_parts_of_name(plain), (place.low,))
