"""Bodies that no platform sends."""

from __future__ import annotations

from itertools import pairwise

OVERSIZED_BYTES = 16 << 20

_LEVELS = "abcdefgh"

EXPANSION = (
    '<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY a "'
    + "x" * 64
    + '">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 16}">' for before, name in pairwise(_LEVELS))
    + "]><xml><ToUserName>x</ToUserName><Encrypt>&h;</Encrypt>"
    "<FromUserName>x</FromUserName><MsgType>text</MsgType><Content>&h;</Content></xml>"
).encode()
"""Seven levels of entities, sixteen to one: 17 GB when expanded."""

OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY h SYSTEM "file:///etc/hostname">]>'
    b"<xml><ToUserName>&h;</ToUserName><Encrypt>&h;</Encrypt></xml>"
)
"""Asks the reader to put a file of its machine into the document."""
