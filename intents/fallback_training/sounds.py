"""How common characters sound."""

from __future__ import annotations

import unicodedata

_FIRST, _LAST = 0x4E00, 0x9FFF


def common_sounds() -> dict[str, str]:
    """The first syllable of each character of GB 2312, without its tone; ü is v."""
    # A dictionary of a second, which only training needs.
    from pypinyin.pinyin_dict import pinyin_dict  # noqa: PLC0415

    return {
        chr(code): _plain(readings.split(",")[0])
        for code, readings in sorted(pinyin_dict.items())
        if _FIRST <= code <= _LAST and _is_common(chr(code))
    }


def _is_common(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _plain(syllable: str) -> str:
    marked = unicodedata.normalize("NFD", syllable.replace("ü", "v"))
    return "".join(letter for letter in marked if not unicodedata.combining(letter))
