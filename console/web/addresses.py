"""Where a request comes from. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence


def caller_address(peer: str | None, forwarded: Sequence[str], *, trusted_proxies: int) -> str:
    """The caller's IP address; ``forwarded``: the X-Forwarded-For headers as they came.

    Each proxy adds whom it saw at the end, so the entry as many from the end as there are proxies of ours is the
    caller; what stands before it, anybody may have written. Empty when nothing is known.
    """
    if trusted_proxies:
        named = [part.strip() for header in forwarded for part in header.split(",")]
        if len(named) >= trusted_proxies and _is_address(named[-trusted_proxies]):
            return named[-trusted_proxies]
    return peer or ""


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
