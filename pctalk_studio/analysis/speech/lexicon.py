"""The pronouncing dictionary: words that somebody has transcribed, in ARPAbet with stress.

Source: the Carnegie Mellon Pronouncing Dictionary, as its authors publish it, in resources/speech with its licence. The
dictionary inside the pocketsphinx wheel holds the same words and pronunciations without stress, so it adds nothing.

Must not know how unknown words are guessed (g2p) or how text becomes words (transcript).
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from pctalk_studio.core.resources import resource_path
from pctalk_studio.core.speech import VOWELS

Pronunciation = tuple[str, ...]
"""Phones of one way to say a word, vowels with stress digit."""

_VARIANT = re.compile(r"\(\d+\)")

_SUPPLEMENT = """
and AH0 N D / AE1 N D / AH0 N / EH0 N
are AA1 R / ER0
as AE1 Z / AH0 Z
at AE1 T / AH0 T
because B IH0 K AO1 Z / B IH0 K AH1 Z / K AH0 Z
brr B ER1
brrr B ER1
eww IY1 UW0 / Y UW1
been B IH1 N / B IY1 N / B EH1 N
blessed B L EH1 S T / B L EH1 S IH0 D
can K AE1 N / K AH0 N
cos K AH0 Z / K AO1 S
cuz K AH0 Z
crooked K R UH1 K AH0 D / K R UH1 K T
cursed K ER1 S T / K ER1 S IH0 D
dogged D AO1 G D / D AO1 G IH0 D
eek IY1 K
entrance EH1 N T R AH0 N S / EH0 N T R AE1 N S
erm ER1 M
from F R AH1 M / F R AH0 M
had HH AE1 D / AH0 D / HH AH0 D
has HH AE1 Z / AH0 Z / HH AH0 Z
have HH AE1 V / AH0 V / HH AH0 V
he HH IY1 / IY0
her HH ER1 / ER0 / HH ER0
hers HH ER1 Z
him HH IH1 M / IH0 M
his HH IH1 Z / IH0 Z
hm HH AH0 M / HH M / M
hmm HH AH0 M / HH M / M
house HH AW1 S / HH AW1 Z
i AY1 / AH0
jagged JH AE1 G AH0 D / JH AE1 G D
just JH AH1 S T / JH IH0 S T / JH AH0 S
mhm AH0 M HH AH1 M / M HH M
mm M / AH0 M
mm-hmm AH0 M HH AH1 M / M HH M
mouth M AW1 TH / M AW1 DH
mouths M AW1 DH Z / M AW1 TH S
nah N AA1
of AH1 V / AH0 V / AH0
okey OW1 K IY0
or AO1 R / ER0
our AW1 ER0 / AA1 R / AW1 R
phew F Y UW1
prospect P R AA1 S P EH0 K T / P R AH0 S P EH1 K T
psst P S T
ragged R AE1 G AH0 D / R AE1 G D
should SH UH1 D / SH AH0 D
so S OW1 / S AH0
some S AH1 M / S AH0 M
than DH AE1 N / DH AH0 N
that DH AE1 T / DH AH0 T
that's DH AE1 T S / DH AH0 T S
them DH EH1 M / DH AH0 M / AH0 M
this DH IH1 S / DH AH0 S
uh AH1
uh-uh AH1 AH0 / AH1 N AH0
um AH1 M
tsk T IH1 S K
used Y UW1 Z D / Y UW1 S T
were W ER1 / W ER0
what W AH1 T / HH W AH1 T
would W UH1 D / W AH0 D
yeah Y AE1 / Y EH1 AH0
yep Y EH1 P
you Y UW1 / Y AH0
your Y AO1 R / Y UH1 R / Y ER0
"""
"""Weak forms, heteronyms and hesitations that the dictionary lacks or orders badly; one word a line, likeliest first."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words and their pronunciations.

    Parameters
    ----------
    entries
        From a lower-case word to the text of its pronunciations, each phones parted by blanks, in the source's order. Kept
        as text because a transcript asks for few of the 126 thousand.
    """

    entries: Mapping[str, tuple[str, ...]]

    def __contains__(self, word: str) -> bool:
        return word in self.entries

    def __len__(self) -> int:
        return len(self.entries)

    def pronunciations(self, word: str) -> tuple[Pronunciation, ...]:
        """All pronunciations of a lower-case word, the likeliest first; empty for an unknown word."""
        return tuple(tuple(text.split()) for text in self.entries.get(word, ()))


def parse_dictionary(text: str) -> Lexicon:
    """Read the dictionary's own format: ``word PH ON1 Z # remark``, variants as ``word(2)``.

    Parameters
    ----------
    text
        The file's content. Lines without a pronunciation are passed over.
    """
    entries: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        word, _, phones = line.partition(" ")
        if "#" in phones:
            phones = phones[: phones.index("#")]
        if word[-1:] == ")":
            word = _VARIANT.sub("", word)
        if phones:
            entries[word] = (*entries.get(word, ()), phones)
    return Lexicon(entries)


def _supplement() -> Iterator[tuple[str, tuple[str, ...]]]:
    for line in _SUPPLEMENT.strip().splitlines():
        word, _, phones = line.partition(" ")
        yield word, tuple(phones.split(" / "))


@cache
def english_lexicon() -> Lexicon:
    """The dictionary with the supplement's entries put first."""
    packed = resource_path("speech/cmudict.dict.gz").read_bytes()
    entries = dict(parse_dictionary(gzip.decompress(packed).decode("utf-8")).entries)
    for word, preferred in _supplement():
        entries[word] = tuple(dict.fromkeys((*preferred, *entries.get(word, ()))))
    return Lexicon(entries)


def has_vowel(phones: Pronunciation) -> bool:
    """Whether a pronunciation holds a syllable."""
    return any(phone.rstrip("012") in VOWELS for phone in phones)
