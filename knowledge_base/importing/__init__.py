"""Entries from files: read rows, check them, plan the change; nothing is written here."""
