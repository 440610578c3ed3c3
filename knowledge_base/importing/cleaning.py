"""Takes out of a text what nobody can see."""

from __future__ import annotations

import unicodedata


def clean(text: str) -> str:
    """Without control characters and marks that cannot be seen; line ends as ``\\n``; no space at the ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # Cf holds joiners inside emoji (U+200D), which are kept, and direction marks and the like, which are not.
    kept = (c for c in text if c in "\n\t\u200d" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"})
    return "".join(kept).strip()
