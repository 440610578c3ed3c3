"""What the desk's pages share: the database, the clocks, the settings, and how messages are read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from channels.limits import ReplyLimits
from console.customers.desk import CustomersDesk
from console.desk.presence import Presence
from console.desk.saying import Hear
from console.desk.suggesting import Suggest
from conversations.address import Address
from customers.identity.identifier import Identifier
from escalation.after_sales.store import Promises
from escalation.routing import RoutingRules
from escalation.serving import Moment
from escalation.survey import Survey
from storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentsDesk:
    """``limits``: of the channel of an address. ``changed``: wakes whoever assigns, sends and shows.

    ``wait``: returns when something may have changed, or after so many seconds; one waiter a process.
    ``customer_id``: of somebody who is known.
    """

    database: Database
    now: Callable[[], datetime]
    real_ms: Callable[[], int]
    hear: Hear
    limits: Callable[[Address], ReplyLimits]
    changed: Callable[[], None]
    wait: Callable[[float], Awaitable[None]]
    customers: CustomersDesk
    customer_id: Callable[[Identifier], Awaitable[int | None]]
    suggest: Suggest
    promises: Promises
    rules: RoutingRules
    survey: Survey
    presence: Presence

    def moment(self) -> Moment:
        return Moment(now=self.now(), real_ms=self.real_ms())
