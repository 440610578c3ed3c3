"""Text as platforms carry it: characters that XML or a database cannot hold are taken out here."""

from __future__ import annotations

import re

# XML 1.0 (section 2.2) forbids most C0 controls, surrogates and U+FFFE/U+FFFF. DEL and the C1 controls are
# legal there but mean nothing in a chat, so they go too.
_ILLEGAL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean_text(text: str) -> str:
    """``text`` without NUL, other control characters, lone surrogates and non-characters."""
    return _ILLEGAL.sub("", text)


def byte_length(text: str) -> int:
    """Length in UTF-8 bytes, as platforms count it. Never raises, lone surrogates included."""
    return len(text.encode("utf-8", "surrogatepass"))
