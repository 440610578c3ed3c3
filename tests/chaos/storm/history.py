"""What a long storm has behind it, in a folder: it can be interrupted at any time and continued."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


class OtherStorm(Exception):
    """The folder belongs to a storm with other settings, or it has begun and is not to be continued."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StormSettings:
    """``per_round`` messages are written in each round; the last may have fewer. ``rate``: messages a second."""

    messages: int
    customers: int
    per_round: int
    rate: float
    seed: int
    kill_every: float

    @property
    def rounds(self) -> int:
        return -(-self.messages // self.per_round)

    def messages_of(self, number: int) -> int:
        return min(self.per_round, self.messages - number * self.per_round)


class History:
    """``storm.json`` holds the settings, ``rounds.jsonl`` the figures of each round that is over."""

    def __init__(self, folder: Path, settings: StormSettings, *, resume: bool) -> None:
        """Raises OtherStorm."""
        folder.mkdir(parents=True, exist_ok=True)
        self._rounds = folder / "rounds.jsonl"
        self._summary = folder / "summary.json"
        told = folder / "storm.json"
        if told.exists():
            if json.loads(told.read_text()) != asdict(settings):
                raise OtherStorm(f"{told} has other settings")
            if not resume and self._rounds.exists():
                raise OtherStorm(f"{folder} has a storm in it; continue it with --resume")
        told.write_text(json.dumps(asdict(settings), indent=1))
        self.settings = settings

    def rounds(self) -> list[dict[str, Any]]:
        """The figures of the rounds that are over, in order."""
        if not self._rounds.exists():
            return []
        return [json.loads(line) for line in self._rounds.read_text().splitlines()]

    def add(self, figures: Mapping[str, Any]) -> None:
        """A line is written as a whole or, when the program dies here, not at all."""
        with self._rounds.open("a") as file:
            file.write(json.dumps(figures, ensure_ascii=False) + "\n")
            file.flush()
        self._summary.write_text(json.dumps(self.summary(), ensure_ascii=False, indent=1) + "\n")

    def summary(self) -> dict[str, Any]:
        """All rounds so far together."""
        rounds = self.rounds()
        asked, seconds = sum(row["asked"] for row in rounds), sum(row["seconds_in_all"] for row in rounds)
        return {
            **asdict(self.settings),
            "rounds_done": len(rounds),
            "rounds_in_all": self.settings.rounds,
            "asked": asked,
            "ends": _added(row["ends"] for row in rounds),
            "problems": [f"round {row['number']}: {line}" for row in rounds for line in row["problems"]],
            **{
                name: sum(len(row[name]) for row in rounds)
                for name in ("said_twice_on_record", "sent_again_from_the_dead_list")
            },
            **{
                name: sum(row[name] for row in rounds)
                for name in (
                    "said_in_states_2_and_3",
                    "customers_with_people",
                    "moves_to_people",
                    "repeated_callbacks",
                    "kills",
                    "last_words",
                )
            },
            "refused_about_people": _added(row["refused_about_people"] for row in rounds),
            "attempts": _added(row["attempts"] for row in rounds),
            "faults": _added(row["faults"] for row in rounds),
            "errcodes": _added(row["errcodes"] for row in rounds),
            "seconds": round(seconds),
            "messages_per_second": round(asked / seconds, 1) if seconds else 0.0,
        }


def _added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return dict(total.most_common())
