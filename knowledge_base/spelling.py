"""Reads words that were typed in letters: fahuo is 发货 where phrasings say so.

Wrong characters of the same sound are left alone: of 1,038 well-written questions such a rule changed 103, almost all
for the worse (卫生巾 into 卫生近), and the embedder was trained on texts with wrong characters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from pypinyin import lazy_pinyin, pinyin_dict

Sound = tuple[str, ...]
"""Syllables without tones."""

_SHORTEST, _LONGEST = 2, 4
_LETTERS = re.compile(r"[a-z]+(?: [a-z]+)*")
_LONGEST_SYLLABLE = 6


class Speller:
    """Knows the words (2 to 4 characters) of some phrasings by their sound."""

    def __init__(self, tidied: Sequence[str]) -> None:
        counts = Counter(gram for text in tidied for gram in _grams(text))
        # The most frequent of one sound; of equally frequent ones the last in order, so that it can be repeated.
        ordered = sorted(counts, key=lambda gram: (counts[gram], gram))
        self._by_sound: Mapping[Sound, str] = {tuple(lazy_pinyin(gram)): gram for gram in ordered}

    def respelled(self, tidied: str) -> str:
        """The text with words in letters replaced by what phrasings have of that sound; itself where there are none."""
        return _LETTERS.sub(lambda match: self._words(match[0]), tidied)

    def _words(self, letters: str) -> str:
        for sound in _readings(letters.replace(" ", "")):
            if word := self._by_sound.get(sound):
                return word
        return " ".join(self._word(part) for part in letters.split(" "))

    def _word(self, letters: str) -> str:
        return next(
            (self._by_sound[sound] for sound in _readings(letters) if sound in self._by_sound), letters
        )


def has_letters(tidied: str) -> bool:
    """Whether a text has words in letters at all."""
    return _LETTERS.search(tidied) is not None


def _grams(text: str) -> Iterator[str]:
    for length in range(_SHORTEST, _LONGEST + 1):
        for at in range(len(text) - length + 1):
            gram = text[at : at + length]
            if all("\u4e00" <= character <= "\u9fff" for character in gram):
                yield gram


def _readings(letters: str) -> Iterator[Sound]:
    """The ways to cut letters into 2 to 4 syllables, long syllables first."""
    if len(letters) <= _LONGEST * _LONGEST_SYLLABLE:
        yield from (cut for cut in _cuts(letters, _LONGEST) if len(cut) >= _SHORTEST)


def _cuts(letters: str, most: int) -> Iterator[Sound]:
    if not letters:
        yield ()
        return
    if most == 0:
        return
    for length in range(min(_LONGEST_SYLLABLE, len(letters)), 0, -1):
        if letters[:length] in _syllables():
            for rest in _cuts(letters[length:], most - 1):
                yield (letters[:length], *rest)


@cache
def _syllables() -> frozenset[str]:
    """Every syllable that some character has."""
    characters = (chr(code) for code in pinyin_dict.pinyin_dict if 0x4E00 <= code <= 0x9FFF)
    return frozenset(syllable for character in characters for syllable in lazy_pinyin(character))
