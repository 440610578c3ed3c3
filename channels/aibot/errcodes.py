"""The errcodes of the AI bot's answers and of its long connection (WeCom 101033, 101463). Few of them are published."""

from __future__ import annotations

from channels.errcodes import ErrcodeTable, refused, retry, sent, wait

ERRCODES = ErrcodeTable(
    (
        sent(0, "done"),
        retry(-1, "the platform is busy"),
        refused(40008, "message type invalid", alarm=True),
        refused(40058, "parameter invalid", alarm=True),
        refused(44004, "text empty"),
        refused(45002, "text too long"),
        wait(45009, "called too frequently", 60, alarm=True),
        refused(846608, "the answer came too late: its message can take no more"),
    )
)
"""Refused codes of the subscription need no row: whatever its code, the BotID and the Secret are not accepted."""
