"""How figures are read out: a written number to the word sequences with which people say it.

A *reading* is a tuple of dictionary words; a letter that is named carries a full stop (``x.``). Functions return several
readings, the likeliest first, because the recording decides which was said. Pure text; knows no pronunciation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pctalk_studio.analysis.speech.units import UNITS

Reading = tuple[str, ...]
Readings = tuple[Reading, ...]

MOST_READINGS = 12

_FIGURE_WORDS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
"""
_ONES = tuple(_FIGURE_WORDS.split())
_MONTH_NAMES = "january february march april may june july august september october november december"
_MONTHS = tuple(_MONTH_NAMES.split())
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = ("", "thousand", "million", "billion", "trillion")
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip
_DENOMINATORS = {2: ("half", "halves"), 4: ("quarter", "quarters")}
_MOST_DIGITS = 15

_CURRENCIES = {
    "$": (("dollar", "dollars"), ("cent", "cents")),
    "£": (("pound", "pounds"), ("penny", "pence")),
    "€": (("euro", "euros"), ("cent", "cents")),
    "¥": (("yen", "yen"), ("sen", "sen")),
    "₹": (("rupee", "rupees"), ("paisa", "paise")),
}  # fmt: skip
_MAGNITUDES = {
    "k": "thousand",
    "m": "million",
    "mn": "million",
    "bn": "billion",
    "b": "billion",
    "tn": "trillion",
    "t": "trillion",
}
MAGNITUDE_WORDS = frozenset({"hundred", "thousand", "million", "billion", "trillion"})


def alternatives(*parts: Sequence[Reading]) -> Readings:
    """Ways to say parts in sequence, the likeliest first, at most MOST_READINGS.

    An alternative's rank is the sum of the positions that were chosen in its parts, so that one part's second reading
    does not hide behind all of another's. Cut back after every part, hence cheap for any number of parts.
    """
    best: list[tuple[int, Reading]] = [(0, ())]
    for part in parts:
        longer = [(rank + more, (*head, *tail)) for rank, head in best for more, tail in enumerate(part)]
        unique: dict[Reading, int] = {}
        for rank, reading in sorted(longer, key=lambda item: item[0]):
            unique.setdefault(reading, rank)
        best = [(rank, reading) for reading, rank in unique.items()][:MOST_READINGS]
    return tuple(reading for _, reading in best)


def said(*words: str) -> Readings:
    """A part with a single reading."""
    return (words,)


def cardinal(n: int) -> Reading:
    """``1234`` as one thousand two hundred thirty four; up to 15 digits."""
    if n < 20:
        return (_ONES[n],)
    if n < 100:
        return (_TENS[n // 10], *((_ONES[n % 10],) if n % 10 else ()))
    if n < 1000:
        return (_ONES[n // 100], "hundred", *(cardinal(n % 100) if n % 100 else ()))
    power = (len(str(n)) - 1) // 3
    head, rest = divmod(n, 1000**power)
    return (*cardinal(head), _SCALES[power], *(cardinal(rest) if rest else ()))


def _with_and(n: int) -> Reading:
    """The British way: one hundred and five, two thousand and one."""
    words = cardinal(n)
    if n > 100 and n % 100 > 0:
        tail = len(cardinal(n % 100))
        return (*words[:-tail], "and", *words[-tail:])
    return words


def ordinal(n: int) -> Reading:
    """``21`` as twenty first."""
    *head, last = cardinal(n)
    if last in _ORDINALS:
        return (*head, _ORDINALS[last])
    return (*head, last[:-1] + "ieth" if last.endswith("y") else last + "th")


def digits(text: str) -> Readings:
    """Figure by figure, nought as zero or as oh."""
    words = tuple(_ONES[int(c)] for c in text if c.isascii() and c.isdigit())
    return tuple(dict.fromkeys((words, tuple("oh" if word == "zero" else word for word in words))))


def _pair(two: str) -> Reading:
    """Two figures within a longer number: 05 oh five, 00 hundred, 42 forty two."""
    if two == "00":
        return ("hundred",)
    return ("oh", _ONES[int(two)]) if two[0] == "0" else cardinal(int(two))


def year(text: str) -> Readings:
    """Four figures as a year: nineteen eighty four, two thousand five, twenty oh five."""
    n = int(text)
    pairs = (*cardinal(int(text[:2])), *_pair(text[2:]))
    if n % 1000 == 0:
        return (cardinal(n),)
    if 2000 < n < 2010:
        return (cardinal(n), _with_and(n), pairs)
    if n % 1000 < 100:
        return (pairs, cardinal(n), _with_and(n))
    return (pairs,)


def integer(text: str) -> Readings:
    """A run of figures without separators."""
    if len(text) > _MOST_DIGITS or (text[0] == "0" and len(text) > 1):
        return digits(text)
    n = int(text)
    found: list[Reading] = [cardinal(n)]
    if n > 100 and n % 100:
        found.append(_with_and(n))
    if len(text) == 4:
        years = year(text)
        found = [*years, *found] if 1100 <= n < 2100 else [*found, *years]
    if len(text) == 3 and n % 100:
        found.append((_ONES[n // 100], *_pair(text[1:])))
    if n in (100, 1000, 1_000_000):
        found.append(("a", *cardinal(n)[1:]))
    if n == 0:
        found.append(("oh",))
    if len(text) > 2:
        found.extend(digits(text))
    return tuple(dict.fromkeys(found))


def amount(text: str) -> Readings:
    """Figures with thousands separators and a decimal part: 1,234.5, .5."""
    whole, _, fraction = text.partition(".")
    plain = whole.replace(",", "").replace("'", "")
    grouped = plain != whole
    if grouped and len(plain) <= _MOST_DIGITS and plain:
        head: Readings = tuple(dict.fromkeys((cardinal(int(plain)), _with_and(int(plain)))))
    else:
        head = integer(plain) if plain else ((), ("zero",), ("oh",))
    if not fraction:
        return head
    tail = tuple(
        dict.fromkeys((*digits(fraction), *((cardinal(int(fraction)),) if len(fraction) == 2 and fraction[0] != "0" else ())))
    )
    return alternatives(head, said("point"), tail)


def _money(symbol: str, figures: str, magnitude: str, counted: bool) -> Readings:
    (one, many), (small, smalls) = _CURRENCIES[symbol]
    if magnitude:
        return alternatives(amount(figures), said(_MAGNITUDES[magnitude], many))
    if not counted:
        return amount(figures)
    whole, _, fraction = figures.partition(".")
    if len(fraction) != 2:
        return alternatives(amount(figures), said(one if figures == "1" else many))
    cents = int(fraction)
    major = said(one if whole == "1" else many)
    if cents == 0:
        return alternatives(amount(whole), major)
    minor = said(*cardinal(cents), small if cents == 1 else smalls)
    if whole in ("", "0"):
        return minor
    full = alternatives(amount(whole), major, ((), ("and",)), minor)
    short = alternatives(amount(whole), (cardinal(cents), _pair(fraction)))
    return tuple(
        dict.fromkeys((full[0], short[0], *full[1:], *alternatives(amount(whole), major, (cardinal(cents),)), *short[1:]))
    )


def _clock(hour: str, minute: str, second: str | None, half: str | None) -> Readings:
    h, m = int(hour), int(minute)
    hours = cardinal(h)
    if m == 0:
        on_the_hour = [(*hours, "o'clock"), hours, (*hours, "hundred")]
        base: Readings = tuple(on_the_hour if not half else [hours, *on_the_hour])
    elif m < 10:
        base = ((*hours, "oh", _ONES[m]), (*hours, _ONES[m]), (*hours, "zero", _ONES[m]))
    else:
        base = ((*hours, *cardinal(m)),)
    if m in (15, 30, 45) and 1 <= h <= 12:
        named = {15: ("quarter", "past", *hours), 30: ("half", "past", *hours), 45: ("quarter", "to", *cardinal(h % 12 + 1))}
        base = (*base, named[m])
    if second:
        base = alternatives(base, integer(second.lstrip("0") or "0"))
    return alternatives(base, said(f"{half[0]}.", "m.")) if half else base


def _fraction(top: str, bottom: str) -> Readings:
    n, d = int(top), int(bottom)
    slash = alternatives((cardinal(n),), ((), ("slash",), ("over",), ("of",), ("out", "of")), (cardinal(d),))
    if not (1 <= n < d <= 100) or d == 1:
        return slash
    one, many = _DENOMINATORS.get(d, ("", ""))
    names = [(*ordinal(d)[:-1], ordinal(d)[-1] + ("s" if n > 1 else ""))] if d != 2 else []
    if one:
        names.insert(0, (one if n == 1 else many,))
    heads = (cardinal(n), ("a",)) if n == 1 else (cardinal(n),)
    return tuple(dict.fromkeys((*alternatives(heads, names), *slash)))


def _decade(text: str) -> Readings:
    if len(text) == 4:
        *front, last = year(text)[0]
    else:
        *front, last = cardinal(int(text))
    return ((*front, _plural_word(last)),)


def _plural_word(word: str) -> str:
    """Plural of the name of a number: nineties, sixes, fifty twos."""
    if word.endswith("y"):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith("x") else "s")


def _groups(parts: Sequence[str]) -> Readings:
    """Groups of figures as telephone numbers are read: figure by figure, or each group as a number."""
    spelled = alternatives(*(digits(part) for part in parts))
    return tuple(dict.fromkeys((*spelled[:2], *alternatives(*(integer(part) for part in parts))[:4], *spelled[2:])))


def _range(low: str, high: str) -> Readings:
    ends = alternatives(integer(low), said("to"), integer(high))
    if len(low) == 4 and len(high) == 2:
        ends = alternatives(integer(low), said("to"), (_pair(high), cardinal(int(high))))
    bare = alternatives(integer(low), integer(high))
    spoken = (*ends[:4], bare[0], *alternatives(integer(low), said("through"), integer(high))[:1])
    if re.fullmatch(r"\d{3}\D?\d{4}", f"{low}-{high}"):
        return tuple(dict.fromkeys((*_groups((low, high))[:4], *spoken)))
    return tuple(dict.fromkeys((*spoken, *_groups((low, high))[:2])))


def _date(first: str, second: str, third: str) -> Readings:
    figures = alternatives(integer(first), ((), ("slash",)), integer(second), ((), ("slash",)), integer(third))
    month, day = int(first), int(second)
    if 1 <= month <= 12 and 1 <= day <= 31:
        named = alternatives(said(_MONTHS[month - 1]), (ordinal(day), cardinal(day)), integer(third))
        return tuple(dict.fromkeys((*named[:4], *figures)))
    return figures


_VULGAR = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4)}
_N = r"(\d[\d,]*(?:\.\d+)?|\.\d+)"
_MONEY = re.compile(rf"(?:us)?([$£€¥₹]){_N}(k|mn|m|bn|b|tn|t)?|{_N}([$£€¥₹])")
_ORDINAL = re.compile(r"(\d[\d,]*)(?:st|nd|rd|th)")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?::(\d{2}))?\s?([ap])\.?m?\.?|(\d{1,2}):(\d{2})(?::(\d{2}))?")
_DECADE = re.compile(r"'?(\d0|\d{3}0)'?s")
_FRACTION = re.compile(r"(\d{1,4})[/⁄](\d{1,4})")
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{2,4})")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_RANGE = re.compile(r"(\d+)[-–](\d+)")
_PLURAL = re.compile(r"(\d{1,4})'?s")
_SPAN = re.compile(r"([$£€¥₹]?)(\d[\d,]*(?:\.\d+)?)[-–]([$£€¥₹]?)(\d[\d,]*(?:\.\d+)?)([a-z°%¢]{0,4})")
_GROUPS = re.compile(r"\+?\(?\d+\)?(?:[-–./ ]\(?\d+\)?){2,}")
_FEET = re.compile(r"(\d{1,2})['′](\d{1,2})?[\"″]?")
_TIMES = re.compile(rf"{_N}[x×]{_N}")
_UNIT = re.compile(rf"{_N}-?([a-z°%¢/]+\d?)")


def spoken_figures(token: str, counted: bool = True) -> Readings:
    """Readings of a token made of figures and the signs that belong to them.

    Parameters
    ----------
    token
        Lower case, without the punctuation around it: ``$1.50``, ``3:45pm``, ``1990s``, ``2.5x``, ``555-1234``, ``-5``.
    counted
        False when a magnitude word follows, so that ``$1.5`` leaves "dollars" to the word after it.

    Returns
    -------
    tuple of readings
        Empty when the token is no such expression.
    """
    if token[:1] in "-−+±" and len(token) > 1 and (token[1].isdigit() or token[1] in ".$£€"):
        sign = {"+": said("plus"), "±": said("plus", "or", "minus")}.get(token[0], (("minus",), ("negative",)))
        return alternatives(sign, inner) if (inner := spoken_figures(token[1:], counted)) else ()
    if token[:1] == "#" and token[1:].isdecimal():
        return alternatives((("number",), ("hashtag",)), integer(token[1:]))
    if token.isascii() and token.isdecimal():
        return integer(token)
    if m := _MONEY.fullmatch(token):
        return _money(m[1] or m[5], m[2] or m[4], m[3] or "", counted)
    if token[-1:] in _VULGAR:
        part = _fraction(*map(str, _VULGAR[token[-1]]))[:4]
        if token[:-1].isdecimal():
            behind = tuple(reading for reading in part if reading[0] != "one" and len(reading) > 1)[:2]
            return alternatives(integer(token[:-1]), said("and"), behind)
        return part if len(token) == 1 else ()
    if re.fullmatch(_N, token):
        return amount(token)
    if m := _ORDINAL.fullmatch(token):
        n = m[1].replace(",", "")
        return (ordinal(int(n)),) if len(n) <= _MOST_DIGITS else digits(n)
    if m := _DECADE.fullmatch(token):
        return (*_decade(m[1]), *(((*integer(m[1])[0], "s."),)))
    return _compound_figures(token)


def _compound_figures(token: str) -> Readings:
    if m := _CLOCK.fullmatch(token):
        return _clock(m[1] or m[5], m[2] or m[6], m[3] or m[7], m[4])
    if m := _DATE.fullmatch(token):
        return _date(*m.groups())
    if m := _ISO_DATE.fullmatch(token):
        named = _date(m[2], m[3], m[1])
        return tuple(dict.fromkeys((*named[:4], *_groups(m.groups())[:4], *named[4:])))
    if m := _FRACTION.fullmatch(token):
        return _fraction(*m.groups())
    if m := _RANGE.fullmatch(token):
        return _range(*m.groups())
    if (m := _SPAN.fullmatch(token)) and (m[5] in UNITS or not m[5]):
        symbol = m[1] or m[3]
        last = (
            spoken_figures(f"{symbol}{m[4]}")
            if symbol
            else alternatives(amount(m[4]), unit_readings(m[5], False) if m[5] else ((),))
        )
        return alternatives(amount(m[2]), (("to",), ()), last)
    if m := _PLURAL.fullmatch(token):
        *front, last_word = cardinal(int(m[1]))
        return (*alternatives(integer(m[1]), unit_readings("s", m[1] == "1")), (*front, _plural_word(last_word)))
    if _GROUPS.fullmatch(token):
        parts = re.findall(r"\d+", token)
        if "." in token:
            points = [part for p in parts for part in (integer(p), (("point",), ("dot",), ()))]
            return alternatives(*points[:-1])
        head = said("plus") if token[0] == "+" else ((),)
        return alternatives(head, _groups(parts))
    if m := _FEET.fullmatch(token):
        feet, inches = cardinal(int(m[1])), cardinal(int(m[2])) if m[2] else ()
        return ((*feet, "foot", *inches), (*feet, "feet", *inches, *(("inches",) if inches else ())), (*feet, *inches))
    if m := _TIMES.fullmatch(token):
        return alternatives(amount(m[1]), (("by",), ("x.",), ("times",)), amount(m[2]))
    if (m := _UNIT.fullmatch(token)) and m[2] in UNITS:
        return alternatives(amount(m[1]), unit_readings(m[2], m[1] == "1"))
    return ()


def money_name(token: str) -> str:
    """The plural name of the currency of a bare amount of money such as ``$1.5``; empty when the token is none."""
    m = _MONEY.fullmatch(token)
    return _CURRENCIES[m[1]][0][1] if m and m[1] and not m[3] else ""


def unit_readings(unit: str, singular: bool) -> Readings:
    """Ways to say a unit behind its number; the unit is a key of UNITS."""
    one, many, *others = UNITS[unit]
    first, second = (one, many) if singular else (many, one)
    return tuple(dict.fromkeys((first, *others, second)))
