"""Brings what people type into one form: for the model, for character matching, and for exact matching."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from opencc import OpenCC

MAX_CHARACTERS = 512
"""Longer texts are cut before any work is done on them."""

_SPACES = re.compile(r"\s+")
_WECHAT_EMOJI = re.compile(r"\[[\u4e00-\u9fff]{1,4}\]")
_PICTURES = ("So", "Sk")
_DEGREE = "°"
_GREETING = (
    r"你好|您好|hello|hi|亲亲|亲|在吗|在不在|有人吗|客服|掌柜的?|老板|小二|店家|请问一下|请问|问一下|问下|想问一下|想问问|想问"
    r"|我想问一下|我想问问|我想问|麻烦问一下|麻烦问下|麻烦|想咨询一下|我想咨询一下|咨询一下|咨询下|那个"
)
_ENDING = (
    r"谢谢你|谢谢您|谢谢|多谢|谢了|呀|啊|呢|吗|嘛|哦|噢|喔|哈|啦|吧|(?<![怎什这那多要])么|诶|唉|哎|亲亲|亲"
)
_LEADING_FILLER = re.compile(rf"^(?:{_GREETING}|[啊呀嗯额哦唉哎诶])+")
_TRAILING_FILLER = re.compile(rf"(?:{_ENDING})+$")


def tidy(text: str) -> str:
    """What the model and the character index read: NFKC, simplified characters, lower case, no control characters, no
    emoji (WeChat's own in brackets, [流泪], neither), single spaces.

    At most ``MAX_CHARACTERS`` of the text count.
    """
    return _tidied(text[:MAX_CHARACTERS])


# Phrasings are read again and again: at each question that comes near them, and at each trial of a change.
@lru_cache(maxsize=16_384)
def _tidied(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)[:MAX_CHARACTERS]
    text = _WECHAT_EMOJI.sub(" ", "".join(map(_kept, text)))
    return _SPACES.sub(" ", _simplifier().convert(text)).strip().lower()


def exact_key(tidied: str) -> str:
    """What two texts share when they are the same question: letters, characters and digits without greetings
    and particles.

    Empty for a text of punctuation and emoji only. Decimal points stay between digits: 1.5 is not 15.
    """
    bare = "".join(c for i, c in enumerate(tidied) if c.isalnum() or _is_decimal_point(tidied, i))
    short = _LEADING_FILLER.sub("", bare)
    return _TRAILING_FILLER.sub("", short) or bare


def _kept(character: str) -> str:
    """The character, a space for an emoji or another picture, nothing for a control character."""
    if character.isspace() or character == _DEGREE:
        return character
    category = unicodedata.category(character)
    if category in _PICTURES or "\ufe00" <= character <= "\ufe0f":
        return " "
    return "" if category[0] == "C" else character


def _is_decimal_point(text: str, at: int) -> bool:
    return text[at] == "." and text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")
