"""Reads words that were typed in letters: fahuo is 发货 where phrasings say so.

Wrong characters of the same sound are left alone: of 1,038 well-written questions such a rule changed 103, almost all
for the worse (卫生巾 into 卫生近), and the embedder was trained on texts with wrong characters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

_SHORTEST, _LONGEST = 2, 4
_LETTERS = re.compile(r"[a-z]+(?: [a-z]+)*")
_LONGEST_SYLLABLE = 6

Sounds = Mapping[str, str]
"""Words (2 to 4 characters) by their syllables without tones, parted by spaces: "fa huo" is 发货."""


def sounds_of(tidied: Sequence[str]) -> dict[str, str]:
    """The words of some phrasings by their sound; of several with one sound the most frequent."""
    counts = Counter(gram for text in tidied for gram in _grams(text))
    # Of equally frequent ones the last in order, so that it can be repeated.
    ordered = sorted(counts, key=lambda gram: (counts[gram], gram))
    return {_sound(gram): gram for gram in ordered}


@lru_cache(maxsize=65_536)
def _sound(gram: str) -> str:
    # A dictionary of a second and 50 MB, which only building an index needs.
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    return " ".join(lazy_pinyin(gram))


class Speller:
    """Reads letters as the words of some phrasings."""

    def __init__(self, sounds: Sounds) -> None:
        self._sounds = sounds
        self._syllables = frozenset(syllable for sound in sounds for syllable in sound.split(" "))

    def respelled(self, tidied: str) -> str:
        """The text with words in letters replaced by what phrasings have of that sound; itself where there are none."""
        return _LETTERS.sub(lambda match: self._words(match[0]), tidied)

    def _words(self, letters: str) -> str:
        whole = self._word(letters.replace(" ", ""))
        return whole or " ".join(self._word(part) or part for part in letters.split(" "))

    def _word(self, letters: str) -> str:
        """The word that letters spell; nothing when there is none. Long syllables go first."""
        if len(letters) > _LONGEST * _LONGEST_SYLLABLE:
            return ""
        found = (
            self._sounds.get(" ".join(cut)) for cut in self._cuts(letters, _LONGEST) if len(cut) >= _SHORTEST
        )
        return next((word for word in found if word), "")

    def _cuts(self, letters: str, most: int) -> Iterator[tuple[str, ...]]:
        if not letters:
            yield ()
        elif most:
            for length in range(min(_LONGEST_SYLLABLE, len(letters)), 0, -1):
                if letters[:length] in self._syllables:
                    for rest in self._cuts(letters[length:], most - 1):
                        yield (letters[:length], *rest)


def has_letters(tidied: str) -> bool:
    """Whether a text has words in letters at all."""
    return _LETTERS.search(tidied) is not None


def _grams(text: str) -> Iterator[str]:
    for length in range(_SHORTEST, _LONGEST + 1):
        for at in range(len(text) - length + 1):
            gram = text[at : at + length]
            if all("\u4e00" <= character <= "\u9fff" for character in gram):
                yield gram
