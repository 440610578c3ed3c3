"""Chooses the 20,000 of 250,000 word pieces that a shop's Chinese customers need, by a rule that reads no
corpus.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from opencc import OpenCC

from knowledge_base.embedder.make.weights_file import Floats, WeightsFile

SIZE = 20_000
WORD_START = "▁"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The kept pieces in their old order, their scores, and the old row of each."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    rows: tuple[int, ...]


def choose_vocabulary(source: WeightsFile, size: int = SIZE) -> Vocabulary:
    """Keep, in this order, until ``size`` is reached:

    1. the marks ``<s> <pad> </s> <unk>`` and the word start;
    2. every single Han character, ASCII character, digit, punctuation mark and symbol, with and without word
       start;
    3. longer pieces made of Han characters, digits and punctuation with at least one Han character, written
       in simplified characters (texts are converted before they are embedded), most probable first;
    4. longer ASCII pieces (Latin words, numbers, sizes), most probable first.
    """
    marks = {source.special.begin, source.special.end, source.special.padding, source.special.unknown}
    simplify = OpenCC("t2s").convert
    always = [i for i, piece in enumerate(source.pieces) if i in marks or _is_essential(piece)]
    chinese = [
        i
        for i, piece in enumerate(source.pieces)
        if i not in marks and _is_longer_chinese(piece) and simplify(piece) == piece
    ]
    ascii_ = [i for i, piece in enumerate(source.pieces) if i not in marks and _is_longer_ascii(piece)]
    ranked = (
        always + _most_probable_first(chinese, source.scores) + _most_probable_first(ascii_, source.scores)
    )
    # Old ids come before new ones, so that the marks keep their places (0-3).
    kept = sorted(ranked[:size])
    return Vocabulary(
        pieces=tuple(source.pieces[i] for i in kept),
        scores=tuple(float(source.scores[i]) for i in kept),
        rows=tuple(kept),
    )


def _most_probable_first(ids: Sequence[int], scores: Floats) -> list[int]:
    return sorted(ids, key=lambda i: (-float(scores[i]), i))


def _is_essential(piece: str) -> bool:
    body = piece.removeprefix(WORD_START)
    if len(body) != 1:
        return piece == WORD_START
    # Digits of other scripts (category Nd) are left out; ASCII digits are in.
    return _is_han(body) or body.isascii() or unicodedata.category(body)[0] in "PS"


def _is_longer_chinese(piece: str) -> bool:
    body = piece.removeprefix(WORD_START)
    return (
        len(body) > 1
        and any(map(_is_han, body))
        and all(
            _is_han(c) or (c.isascii() and c.isdigit()) or unicodedata.category(c)[0] == "P" for c in body
        )
    )


def _is_longer_ascii(piece: str) -> bool:
    body = piece.removeprefix(WORD_START)
    return len(body) > 1 and body.isascii()


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf" or character == "〇"
