"""The words of a question, and how much each says: 口香糖 much, 东西 little. Needs a dictionary of 70 MB."""

from __future__ import annotations

import logging
import math
import threading
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from knowledge_base.embedder.files import default_folder

if TYPE_CHECKING:
    import jieba

_SMOOTHING = 50
"""What is added to each count of the dictionary, so that words that it hardly has are not endlessly heavy."""

_LOCK = threading.Lock()


@lru_cache(maxsize=4096)
def heavy_words(tidied: str) -> tuple[tuple[str, float], ...]:
    """The different words of two characters and more with their weights, 0 to 1, in their order.

    A weight is the logarithm of how rare the word is in the dictionary's corpus, over that of the rarest.
    """
    dictionary = load_dictionary()
    rarest = math.log(dictionary.total / _SMOOTHING)
    words = (word for word in dictionary.cut(tidied, HMM=False) if len(word) > 1 and word.isalnum())
    return tuple(
        (word, math.log(dictionary.total / ((dictionary.FREQ.get(word) or 0) + _SMOOTHING)) / rarest)
        for word in dict.fromkeys(words)
    )


def load_dictionary() -> jieba.Tokenizer:
    """Up to two seconds' work the first time."""
    with _LOCK:
        return _opened()


@cache
def _opened() -> jieba.Tokenizer:
    # Only what answers questions needs it: not the commands, not the pages.
    import jieba  # noqa: PLC0415

    jieba.setLogLevel(logging.CRITICAL)
    dictionary = jieba.Tokenizer()
    # It keeps a copy that it reads without a check: not where everybody may write.
    dictionary.tmp_dir = str(default_folder().parent)
    dictionary.initialize()
    return dictionary
