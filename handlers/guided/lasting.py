"""How long a guided conversation waits for its customer. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from conversations.conversation import Context
from conversations.guided import Guided

LASTS = timedelta(hours=48)
"""As long as the platforms let us answer; who comes back later begins anew."""


def under_way(context: Context, now: datetime) -> Guided | None:
    """The guided conversation that a message now may go on with; None when there is none, or it is too long ago."""
    guided = context.guided
    return guided if guided is not None and now - guided.touched_at <= LASTS else None
