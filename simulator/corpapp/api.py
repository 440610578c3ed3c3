"""Every path of the API that belongs to the app and its robots."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.corp.endpoint import Endpoint
from simulator.corpapp import api_agent, api_media, api_messages

ENDPOINTS: Mapping[str, Endpoint] = {
    **api_messages.ENDPOINTS,
    **api_media.ENDPOINTS,
    **api_agent.ENDPOINTS,
}
