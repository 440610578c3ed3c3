"""Customers are handed to people and back while every process of the bot is killed at random.

``python -m tests.chaos.people --handoffs 1000 --folder DIR`` plays the round of a release; the test suite a small one.
"""
