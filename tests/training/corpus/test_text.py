from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from helpers.toy_voices import WORDS, toy_sentences

from pctalk_studio.analysis.speech.lexicon import english_lexicon
from pctalk_studio.core.speech import ARPABET
from pctalk_studio.training.corpus.text import FEWEST_WORDS, MOST_WORDS, english_sentences, english_vocabulary, split_of
from pctalk_studio.training.corpus.utterance import Split


def words_of(text: str) -> list[str]:
    return text.strip(".?").replace(",", "").lower().split()


def test_a_sentence_follows_from_seed_and_number():
    one, other = toy_sentences(3), toy_sentences(3)
    backwards = [other.sentence(i, Split.TRAIN) for i in reversed(range(20))][::-1]
    assert [one.sentence(i, Split.TRAIN) for i in range(20)] == backwards
    assert [toy_sentences(4).sentence(i, Split.TRAIN) for i in range(20)] != backwards


def test_sentences_look_like_sentences():
    for number in range(200):
        text = toy_sentences().sentence(number, Split.TRAIN)
        assert FEWEST_WORDS <= len(words_of(text)) <= MOST_WORDS
        assert text[0].isupper()
        assert text[-1] in ".?"
        assert set(words_of(text)) <= set(WORDS)


@pytest.mark.parametrize("split", list(Split))
def test_a_sentence_belongs_to_the_split_it_was_asked_for(split):
    for number in range(60):
        assert split_of(words_of(toy_sentences().sentence(number, split))) is split


def test_what_the_model_forbids_hardly_occurs_and_no_word_stutters():
    pairs = Counter()
    for number in range(300):
        # Words put in for their phones are not drawn by the model; every fourth sentence has one.
        if number % 4:
            words = words_of(toy_sentences().sentence(number, Split.TRAIN))
            pairs.update(pairwise(words))
    assert pairs["bee", "cat"] == 0
    assert all(one != other for one, other in pairs)
    assert pairs["bee", "do"] > 5


def test_every_fourth_sentence_holds_the_pair_whose_turn_it_is():
    sentences = toy_sentences()
    turns = [("apple", "do"), ("far",), ("joy",)]
    for number in range(0, 48, 4):
        holders = turns[number // 4 % 3]
        assert set(holders) & set(words_of(sentences.sentence(number, Split.TRAIN)))


def test_english_covers_all_phones_and_nearly_all_their_pairs_within_words():
    sentences, lexicon = english_sentences(1), english_lexicon()
    phones, pairs = set(), set()
    for number in range(0, 1600, 4):
        for word in words_of(sentences.sentence(number, Split.TRAIN)):
            said = [phone.rstrip("012") for phone in lexicon.pronunciations(word)[0]]
            phones.update(said)
            pairs.update(pairwise(said))
    assert phones == set(ARPABET)
    # 400 sentences are built round the first 400 of the pairs; the others come by chance.
    assert len(pairs) > 0.6 * len(english_vocabulary().by_pair)
