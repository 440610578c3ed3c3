"""The vocabulary every part shares: addresses, messages, replies, ownership, outcomes, facts, errors.

Standard library only.
"""
