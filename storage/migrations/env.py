"""Alembic's entry point. Runs on the connection that ``storage.migrate`` hands over."""

from __future__ import annotations

from alembic import context

from storage import (
    after_sales_schema,
    consents_schema,
    console_schema,
    customers_schema,
    customers_tags_schema,
    errands_schema,
    groups_schema,
    mall_schema,
    people_schema,
    questions_schema,
)
from storage.schema import metadata

SCHEMAS = (
    groups_schema,
    console_schema,
    questions_schema,
    consents_schema,
    mall_schema,
    errands_schema,
    customers_schema,
    customers_tags_schema,
    people_schema,
    after_sales_schema,
)
"""The modules whose tables ``metadata`` knows once they are imported."""

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
