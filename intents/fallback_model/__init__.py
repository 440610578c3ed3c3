"""The fallback classifier's model: which intents a message is like, learned from ``intents/nlu``.

Numbers and JSON only; what trains it is in ``intents.fallback_training``.
"""
