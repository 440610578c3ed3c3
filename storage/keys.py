"""Every Redis key and channel that we use is spelled here and nowhere else. Never a secret in a name.

``instance`` tells apart the bots that share one server; it comes from the database's identity. Keys that one script
touches together share the hash tag ``{instance}``, as Redis Cluster needs.
"""

from __future__ import annotations


def token(instance: str, channel: str, account: str) -> str:
    """The access token of one account, a hash; its locks are beside it (``channels.token_store``)."""
    return f"xiaoer:{{{instance}}}:token:{channel}:{account}"


def wakeups(instance: str) -> str:
    """Pub/sub: which kind of work has just arrived."""
    return f"xiaoer:{{{instance}}}:wakeups"


def calls(instance: str, limit: str, subject: str) -> str:
    """How often something was called lately, a hash; ``subject`` is hashed (``channels.call_counter``)."""
    return f"xiaoer:{{{instance}}}:calls:{limit}:{subject}"


def presence(instance: str, conversation_id: str) -> str:
    """Which colleagues look at a conversation, a hash; it expires by itself (``console.desk.presence``)."""
    return f"xiaoer:{{{instance}}}:presence:{conversation_id}"
