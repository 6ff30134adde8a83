"""Finding a command from a few of its letters."""

from __future__ import annotations

_GAP, _WORD, _START = 1.0, 4.0, 6.0


def rank(typed: str, text: str) -> float | None:
    """How well letters that were typed stand for a text; None when they do not.

    All letters must occur in order. Letters that follow one another, and those at the beginnings of words, count more; letters
    passed over count less.

    Parameters
    ----------
    typed
        Letters; spaces do not matter.
    text
        Text that is looked through.
    """
    wanted, given = typed.casefold().replace(" ", ""), text.casefold()
    if not wanted:
        return 0.0
    # best[j]: score of the letters so far with the last of them at given[j].
    best: dict[int, float] = {}
    for number, letter in enumerate(wanted):
        here: dict[int, float] = {}
        for place, other in enumerate(given):
            if other != letter:
                continue
            own = _START if place == 0 else _WORD if not given[place - 1].isalnum() else 0.0
            if number == 0:
                here[place] = own - min(place, 8) * 0.1
                continue
            before = [
                score + (_WORD if place - past == 1 else -_GAP * min((place - past) * 0.1, 1.0))
                for past, score in best.items()
                if past < place
            ]
            if before:
                here[place] = max(before) + own
        best = here
        if not best:
            return None
    return max(best.values()) - 0.01 * len(given)
