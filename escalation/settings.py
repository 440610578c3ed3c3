"""The ``staff``, ``desk`` and ``after_sales`` sections of config.yml."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from conversations.outcomes import HandOverReason
from escalation.after_sales.clocks import AfterSalesRules, Step
from escalation.hours import ALWAYS, ServiceHours, Shift
from escalation.routing import RoutingRules
from escalation.sla import Limit, Promise
from escalation.survey import Survey


class StaffSettings(BaseModel):
    """The members of the shop who look after cases."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    members: tuple[str, ...] = Field(
        default=(),
        max_length=50,
        description="userid of each member who gets a card in the WeCom app when a customer waits for a person.",
    )

    @field_validator("members")
    @classmethod
    def _userids(cls, members: tuple[str, ...]) -> tuple[str, ...]:
        for member in members:
            if not 0 < len(member) <= 64 or not all(char.isalnum() or char in "_-@." for char in member):
                raise ValueError(f"{member!r} is not a userid; copy it from 通讯录 (账号)")
        if len(set(members)) != len(members):
            raise ValueError("names a member twice")
        return members


_SHIFT = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–~]\s*([01]?\d|2[0-4]):([0-5]\d)")
_DAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}


class DeskSettings(BaseModel):
    """Our desk, where agents serve customers of accounts with ``handoff: desk``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hours: dict[str, tuple[str, ...]] | None = Field(
        default=None,
        description="Shifts by weekday, Beijing time: {mon: ['9:00-12:00', '13:00-21:00'], …}; null = at any hour.",
    )
    days: dict[date, tuple[str, ...]] = Field(
        default_factory=dict,
        description="Days that are different: holidays [] and workdays made up for them.",
    )
    skills: dict[HandOverReason, tuple[str, ...]] = Field(
        default_factory=dict,
        description="What is wanted of whoever serves a customer, by why a person is needed.",
    )
    vip_tags: tuple[str, ...] = Field(
        default=("VIP",),
        description="Tags that give a customer an agent of their own, beside the segment 高净值.",
    )
    mean_minutes: float = Field(
        default=6,
        gt=0,
        le=120,
        description="How long a conversation takes, for what those who wait are told.",
    )
    skills_after_seconds: float = Field(
        default=60, ge=0, description="Who has waited so long is served by somebody without all the skills."
    )
    pool_after_seconds: float = Field(
        default=30, ge=0, description="A VIP who has waited so long is served by anybody."
    )
    remember_agent_hours: float = Field(
        default=8,
        ge=0,
        description="So long a customer who comes back gets the same agent, if there is room.",
    )
    ask_for_rating: bool = Field(
        default=True, description="Asks how it was when a person has served a customer."
    )
    recommend_share: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="Of how many it is asked instead whether they would recommend the shop (NPS).",
    )
    recommend_every_days: float = Field(
        default=90, ge=1, description="Nobody is asked that more often than once in so many days."
    )

    @field_validator("hours")
    @classmethod
    def _weekdays(cls, hours: dict[str, tuple[str, ...]] | None) -> dict[str, tuple[str, ...]] | None:
        for day in hours or {}:
            if day not in _DAYS:
                raise ValueError(f"{day!r} is no weekday; write one of {', '.join(_DAYS)}")
        return hours

    @field_validator("hours", "days")
    @classmethod
    def _shifts_of_days(cls, days: Any) -> Any:
        for shifts in (days or {}).values():
            for words in shifts:
                _shift(words)
        return days

    def service_hours(self) -> ServiceHours:
        if self.hours is None and not self.days:
            return ALWAYS
        week = ALWAYS.week
        if self.hours is not None:
            week = {
                _DAYS[day]: tuple(_shift(words) for words in shifts) for day, shifts in self.hours.items()
            }
        days = {day: tuple(_shift(words) for words in shifts) for day, shifts in self.days.items()}
        return ServiceHours(week=week, days=days)

    def rules(self) -> RoutingRules:
        return RoutingRules(
            skills_after=timedelta(seconds=self.skills_after_seconds),
            pool_after=timedelta(seconds=self.pool_after_seconds),
        )

    def skills_for(self, reason: HandOverReason) -> frozenset[str]:
        return frozenset(self.skills.get(reason, ()))

    def all_skills(self) -> list[str]:
        """Every skill that is wanted of anybody, in order."""
        return sorted({skill for skills in self.skills.values() for skill in skills})

    def survey(self) -> Survey:
        return Survey(
            rating=self.ask_for_rating,
            recommend_share=self.recommend_share,
            recommend_every=timedelta(days=self.recommend_every_days),
        )

    @property
    def mean_service(self) -> timedelta:
        return timedelta(minutes=self.mean_minutes)

    @property
    def remember_agent(self) -> timedelta:
        return timedelta(hours=self.remember_agent_hours)


class AfterSalesSettings(BaseModel):
    """Cases of after-sales: what is promised, who is warned, and what needs a supervisor."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_action_minutes: float = Field(
        default=20, gt=0, le=1440, description="A case is looked at within this time, in the desk's hours."
    )
    closure_hours: float = Field(
        default=24, gt=0, le=720, description="A case ends within this time, at night as well."
    )
    warn_share: float = Field(
        default=0.8,
        gt=0,
        lt=1,
        description="Share of either time after which whoever has the case is warned.",
    )
    supervisor_share: float = Field(
        default=0.9, gt=0, lt=1, description="Share after which supervisors are warned."
    )
    refund_limit_yuan: float = Field(
        default=200, ge=0, description="Refunds for an order that exceed this together need a supervisor."
    )

    @model_validator(mode="after")
    def _in_order(self) -> AfterSalesSettings:
        if self.supervisor_share < self.warn_share:
            raise ValueError("supervisor_share comes after warn_share")
        return self

    def rules(self) -> AfterSalesRules:
        first = timedelta(minutes=self.first_action_minutes)
        closure = timedelta(hours=self.closure_hours)
        return AfterSalesRules(
            limits={
                Promise.FIRST_ACTION: Limit(time=first, warn_share=self.warn_share),
                Promise.CLOSURE: Limit(time=closure, warn_share=self.warn_share, round_the_clock=True),
            },
            shares={Step.AGENT: self.warn_share, Step.SUPERVISOR: self.supervisor_share, Step.BROKEN: 1.0},
        )

    @property
    def refund_limit_fen(self) -> int:
        return round(self.refund_limit_yuan * 100)


def _shift(words: str) -> Shift:
    """``9:00-12:00``; 24:00 is the end of the day. Raises ValueError."""
    found = _SHIFT.fullmatch(words.strip())
    if found is None or (found[3] == "24" and found[4] != "00"):
        raise ValueError(f"{words!r} is no shift; write it like 9:00-12:00, Beijing time")
    return Shift(time(int(found[1]), int(found[2])), time(int(found[3]) % 24, int(found[4])))
