"""Tables of the console: who may come in, who is in, who tried, and what everybody did.

The conventions of ``storage.schema``.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from storage.schema import RowId, metadata

__all__ = [
    "console_accounts",
    "console_attempts",
    "console_audit",
    "console_recovery_codes",
    "console_second_factors",
    "console_sessions",
    "metadata",
]

# roles: short words in alphabetical order, separated by commas. password_hash: argon2id in its own notation; null: this
# person comes in by 企业微信 only. must_change = 1: the password was set by somebody else.
console_accounts = Table(
    "console_accounts",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("login", String(40), nullable=False, unique=True),
    Column("name", String(40), nullable=False),
    Column("roles", String(200), nullable=False),
    Column("password_hash", String(200)),
    Column("must_change", Integer, nullable=False, server_default="0"),
    Column("wecom_userid", String(64), unique=True),
    Column("disabled", Integer, nullable=False, server_default="0"),
    Column("created_ms", BigInteger, nullable=False),
    Column("signed_in_ms", BigInteger),
)

# token_hash: SHA-256 of the random id in the cookie, which itself is stored nowhere. flash: messages for the next page.
# answered_ms: when a code of the second factor was last given in this session.
console_sessions = Table(
    "console_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", RowId, nullable=False, index=True),
    Column("way", String(10), nullable=False),  # password | wecom
    Column("address", String(60), nullable=False),
    Column("browser", String(200), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("seen_ms", BigInteger, nullable=False),
    Column("flash", Text),
    Column("answered_ms", BigInteger),
)

# secret: encrypted under the console's key. enrolled_ms null: shown, and no code of it given yet. last_step: the time
# step of the last code used, which counts no second time.
console_second_factors = Table(
    "console_second_factors",
    metadata,
    Column("account_id", RowId, primary_key=True, autoincrement=False),
    Column("secret", String(200), nullable=False),
    Column("begun_ms", BigInteger, nullable=False),
    Column("enrolled_ms", BigInteger),
    Column("last_step", BigInteger, nullable=False, server_default="0"),
)

# code_hash: HMAC-SHA256 under the console's key.
console_recovery_codes = Table(
    "console_recovery_codes",
    metadata,
    Column("account_id", RowId, primary_key=True, autoincrement=False),
    Column("code_hash", String(64), primary_key=True),
    Column("used_ms", BigInteger),
)

# Failures in a row of one login name or one address (subject "login:…" or "address:…"), known or not.
console_attempts = Table(
    "console_attempts",
    metadata,
    Column("subject", String(120), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_ms", BigInteger, nullable=False),
    Column("locked_until_ms", BigInteger, nullable=False, server_default="0"),
    Index("ix_console_attempts_last_ms", "last_ms"),
)

# What people did. seq counts without gaps; hash covers the row and the hash before it. Triggers refuse to change or
# remove rows.
console_audit = Table(
    "console_audit",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("actor", String(60), nullable=False),
    Column("act", String(60), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("details", Text, nullable=False),
    Column("address", String(60), nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_console_audit_actor_seq", "actor", "seq"),
    Index("ix_console_audit_act_seq", "act", "seq"),
    Index("ix_console_audit_at_ms", "at_ms"),
)
