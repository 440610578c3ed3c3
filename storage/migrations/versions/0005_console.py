"""The console: accounts, sessions, attempts to sign in, and a log that only grows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_SQLITE_GUARDS = {
    "no_update": "BEFORE UPDATE ON console_audit",
    "no_delete": "BEFORE DELETE ON console_audit",
    # INSERT OR REPLACE removes a row without calling the trigger above.
    "no_replace": (
        "BEFORE INSERT ON console_audit WHEN EXISTS (SELECT 1 FROM console_audit WHERE seq = NEW.seq)"
    ),
}
_POSTGRES_GUARDS = {
    "no_change": "BEFORE UPDATE OR DELETE ON console_audit FOR EACH ROW",
    "no_truncate": "BEFORE TRUNCATE ON console_audit FOR EACH STATEMENT",
}


def upgrade() -> None:
    _create_people()
    _create_audit()
    _guard_audit()


def _guard_audit() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, when in _SQLITE_GUARDS.items():
            op.execute(
                f"CREATE TRIGGER console_audit_{name} {when} "
                "BEGIN SELECT RAISE(ABORT, 'console_audit only grows'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION console_audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'console_audit only grows'; END $$"
    )
    for name, when in _POSTGRES_GUARDS.items():
        op.execute(f"CREATE TRIGGER console_audit_{name} {when} EXECUTE FUNCTION console_audit_only_grows()")


def _create_people() -> None:
    op.create_table(
        "console_accounts",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("login", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("roles", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("must_change", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wecom_userid", sa.String(length=64), nullable=True),
        sa.Column("disabled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("signed_in_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_console_accounts")),
        sa.UniqueConstraint("login"),
        sa.UniqueConstraint("wecom_userid"),
    )
    op.create_table(
        "console_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", _ROW_ID, nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=False),
        sa.Column("flash", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_console_sessions")),
    )
    op.create_index(op.f("ix_console_sessions_account_id"), "console_sessions", ["account_id"])
    op.create_table(
        "console_attempts",
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_ms", sa.BigInteger(), nullable=False),
        sa.Column("locked_until_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_console_attempts")),
    )
    op.create_index("ix_console_attempts_last_ms", "console_attempts", ["last_ms"])


def _create_audit() -> None:
    op.create_table(
        "console_audit",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_console_audit")),
    )
    op.create_index("ix_console_audit_actor_seq", "console_audit", ["actor", "seq"])
    op.create_index("ix_console_audit_act_seq", "console_audit", ["act", "seq"])
    op.create_index("ix_console_audit_at_ms", "console_audit", ["at_ms"])


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP TABLE console_audit")
        op.execute("DROP FUNCTION console_audit_only_grows()")
    else:
        op.drop_table("console_audit")
    for table in ("console_attempts", "console_sessions", "console_accounts"):
        op.drop_table(table)
