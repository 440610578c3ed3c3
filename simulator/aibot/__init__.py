"""The 智能机器人 of the corp: callbacks with JSON, streams, cards, and the long connection (WeCom 100719, 101463)."""
