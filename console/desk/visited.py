"""Which conversation an address of the desk names."""

from __future__ import annotations

from aiohttp import web

from console.web.visit import Visit
from conversations.address import Address, ConversationId


def conversation_in(visit: Visit) -> ConversationId:
    """Raises HTTPNotFound for what is no conversation."""
    name = visit.request.match_info["conversation"]
    try:
        Address.parse(name)
    except ValueError as error:
        raise web.HTTPNotFound from error
    return ConversationId(name)
