"""Alembic's migrations of the schema; they run by themselves at start."""
