"""Pulling 微信客服: callbacks are bells, and what they ring about is fetched off the request."""
