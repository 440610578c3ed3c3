"""Every path of the corp's API, from all of its parts."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.contacts import api as contacts_api
from simulator.corp import api_basic
from simulator.corp.endpoint import Endpoint
from simulator.corpapp import api as corpapp_api
from simulator.kefu import api as kefu_api

ENDPOINTS: Mapping[str, Endpoint] = {
    **api_basic.ENDPOINTS,
    **kefu_api.ENDPOINTS,
    **corpapp_api.ENDPOINTS,
    **contacts_api.ENDPOINTS,
}
