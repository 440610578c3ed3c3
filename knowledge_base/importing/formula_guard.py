"""Keeps spreadsheets from running a text that looks like a formula: such a cell begins with an apostrophe.

Source: OWASP, CSV Injection. The full-width signs count too: some spreadsheets take them for the ordinary ones.
"""

from __future__ import annotations

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")


def guarded(cell: str) -> str:
    """The text as it is written into a table. ``unguarded`` gives it back as it was."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """The text of a cell that somebody guarded; any other stays as it is."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
