"""Which emotion is felt when: read from what is said, and from how it is said."""

from pctalk_studio.analysis.emotion.guesses import EmotionGuess, Phrase, phrases_of
from pctalk_studio.analysis.emotion.voice import emotions_of_voice
from pctalk_studio.analysis.emotion.wording import emotions_of_text

__all__ = ["EmotionGuess", "Phrase", "emotions_of_text", "emotions_of_voice", "phrases_of"]
