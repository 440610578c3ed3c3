"""Every path of the corp's API, from all of its parts."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.corp import api_basic
from simulator.corp.endpoint import Endpoint

ENDPOINTS: Mapping[str, Endpoint] = {
    **api_basic.ENDPOINTS,
}
