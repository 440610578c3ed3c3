"""Every path of the API that belongs to customer contact."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.contacts import api_contacts, api_groups, api_mass
from simulator.corp.endpoint import Endpoint

ENDPOINTS: Mapping[str, Endpoint] = {
    **api_contacts.ENDPOINTS,
    **api_groups.ENDPOINTS,
    **api_mass.ENDPOINTS,
}
