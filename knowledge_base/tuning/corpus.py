"""The training texts, and which of them no training sees."""

from __future__ import annotations

import zlib
from pathlib import Path

from knowledge_base.tuning.groups import Group, read_groups

FOLDER = Path(__file__).with_name("corpus")


def split_corpus() -> tuple[list[Group], list[Group]]:
    """The groups to train on, and those of every fifth family, which are kept for calibration and measurement."""
    groups = read_groups(FOLDER)
    return [group for group in groups if not _is_kept_out(group)], [
        group for group in groups if _is_kept_out(group)
    ]


def _is_kept_out(group: Group) -> bool:
    return zlib.crc32(group.family.encode()) % 5 == 0
