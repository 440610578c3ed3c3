"""Every table: what of it belongs to a person and what erasure does to it, or why it holds nothing of anybody.

In the order of erasure: what hangs on other rows goes before them, and what a person is found by goes last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, false, or_, select

from customers.rights.person import Person
from storage.after_sales_schema import after_sales, after_sales_events
from storage.consents_schema import consents
from storage.customers_schema import (
    activities,
    customer_profiles,
    customers_waiting,
    events,
    events_waiting,
    identities,
    identity_links,
    tag_history,
)
from storage.customers_tags_schema import wecom_tag_looks, wecom_tags, wecom_tags_waiting
from storage.errands_schema import errands
from storage.groups_schema import customer_groups, mass_receipts, mass_tasks
from storage.mall_schema import mall_changes, mall_points
from storage.people_schema import mentions, service_events, services, stewards
from storage.questions_schema import question_labels, question_marks, questions
from storage.schema import (
    cases,
    conversations,
    deliveries,
    facts,
    inbox,
    kefu_sessions,
    mall_orders,
    media,
    messages,
    outbox,
    reply_windows,
)

Mine = Callable[[Person], ColumnElement[bool]]
_SHORTEST_TOLD = 8
"""Characters: shorter words of a customer are found in what others said as well."""
_MEMBERS = ("wecom:", "aibot:")
"""How ids of conversations with colleagues begin."""


class Fate(StrEnum):
    DELETED = "deleted"
    ANONYMISED = "anonymised"
    """The row stays, without anything that leads to the person: transactions, and lists of many people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """``mine``: which rows are the person's; ``title``: what a copy calls them; "": not part of it, being a note to
    ourselves, or about colleagues.
    """

    table: Table
    mine: Mine
    title: str
    fate: Fate = Fate.DELETED


def _by(column: Column[Any], ids: Callable[[Person], tuple[Any, ...]]) -> Mine:
    return lambda person: column.in_(ids(person))


def _talks(table: Table) -> Mine:
    return _by(table.c.conversation_id, lambda person: person.conversations)


def _ids(column: Column[Any]) -> Mine:
    return _by(column, lambda person: person.identity_ids)


def _contacts(column: Column[Any]) -> Mine:
    return _by(column, lambda person: person.external_userids)


def _below(child: Column[Any], parent: Column[Any], table: Table) -> Mine:
    return lambda person: child.in_(select(parent).where(_talks(table)(person)))


def _naming(table: Table, column: Column[Any]) -> Mine:
    """Lists in JSON that hold an external_userid."""

    def mine(person: Person) -> ColumnElement[bool]:
        quoted = [f'"{each}"' for each in person.external_userids]
        return or_(false(), *(column.contains(each, autoescape=True) for each in quoted))

    return mine


def _told_to_members(table: Table) -> Mine:
    """Cards and answers to colleagues that repeat the customer's words, and the taps on them."""

    def mine(person: Person) -> ColumnElement[bool]:
        parts = [*person.cases, *(each for each in person.told if len(each) >= _SHORTEST_TOLD)]
        spoken = or_(false(), *(table.c.body.contains(each, autoescape=True) for each in parts))
        members = or_(*(table.c.conversation_id.startswith(each) for each in _MEMBERS))
        return spoken & members

    return mine


def _either_end(person: Person) -> ColumnElement[bool]:
    ids = person.identity_ids
    return or_(identity_links.c.low_id.in_(ids), identity_links.c.high_id.in_(ids))


def _consents(person: Person) -> ColumnElement[bool]:
    return consents.c.conversation_id.in_((*person.conversations, *person.hidden))


HOLDINGS: tuple[Holding, ...] = (
    Holding(table=errands, mine=_talks(errands), title="托商城办的事"),
    Holding(table=deliveries, mine=_below(deliveries.c.outbox_id, outbox.c.id, outbox), title="消息发送记录"),
    Holding(table=outbox, mine=_talks(outbox), title="待发和已发的消息"),
    Holding(table=inbox, mine=_talks(inbox), title="收到的消息原文"),
    Holding(table=messages, mine=_talks(messages), title="聊天记录"),
    Holding(table=outbox, mine=_told_to_members(outbox), title=""),
    Holding(table=inbox, mine=_told_to_members(inbox), title=""),
    Holding(table=messages, mine=_told_to_members(messages), title=""),
    Holding(table=media, mine=_talks(media), title="发来的文件"),
    Holding(table=facts, mine=_talks(facts), title="会话里发生的事"),
    Holding(
        table=question_marks,
        mine=_below(question_marks.c.question_key, questions.c.key, questions),
        title="问题后来怎样了",
    ),
    Holding(
        table=question_labels,
        mine=_below(question_labels.c.question_key, questions.c.key, questions),
        title="问题的标注",
    ),
    Holding(table=questions, mine=_talks(questions), title="问过的问题"),
    Holding(table=mentions, mine=_talks(mentions), title="同事之间的提醒"),
    Holding(table=service_events, mine=_talks(service_events), title="人工服务的经过"),
    Holding(table=services, mine=_talks(services), title="人工服务"),
    Holding(table=after_sales_events, mine=_talks(after_sales_events), title="售后的经过"),
    Holding(table=after_sales, mine=_talks(after_sales), title="售后"),
    Holding(table=cases, mine=_talks(cases), title="转给同事的事"),
    Holding(table=reply_windows, mine=_talks(reply_windows), title="可回复的时间"),
    Holding(table=kefu_sessions, mine=_talks(kefu_sessions), title="微信客服会话状态"),
    Holding(
        table=mall_changes,
        mine=_by(mall_changes.c.customer_ref, lambda person: person.conversations),
        title="商城办过的事",
        fate=Fate.ANONYMISED,
    ),
    Holding(
        table=mall_orders,
        mine=_by(mall_orders.c.owner_ref, lambda person: person.conversations),
        title="商城订单",
        fate=Fate.ANONYMISED,
    ),
    Holding(
        table=mall_points,
        mine=_by(mall_points.c.owner_ref, lambda person: person.conversations),
        title="积分",
    ),
    Holding(
        table=mass_tasks,
        mine=_naming(mass_tasks, mass_tasks.c.receivers),
        title="",
        fate=Fate.ANONYMISED,
    ),
    Holding(table=mass_receipts, mine=_contacts(mass_receipts.c.receiver), title="收到的群发"),
    Holding(
        table=customer_groups,
        mine=_naming(customer_groups, customer_groups.c.roster),
        title="",
        fate=Fate.ANONYMISED,
    ),
    Holding(
        table=wecom_tags_waiting,
        mine=_contacts(wecom_tags_waiting.c.external_userid),
        title="待核对的企业标签",
    ),
    Holding(table=wecom_tags, mine=_ids(wecom_tags.c.identity_id), title="企业微信标签"),
    Holding(table=wecom_tag_looks, mine=_ids(wecom_tag_looks.c.identity_id), title="企业标签核对"),
    Holding(table=stewards, mine=_ids(stewards.c.identity_id), title="专属管家"),
    Holding(table=events_waiting, mine=_ids(events_waiting.c.identity_id), title="待累计的事件"),
    Holding(table=events, mine=_ids(events.c.identity_id), title="事件", fate=Fate.ANONYMISED),
    Holding(table=activities, mine=_ids(activities.c.identity_id), title="累计"),
    Holding(table=customers_waiting, mine=_ids(customers_waiting.c.customer_id), title="待更新的画像"),
    Holding(table=customer_profiles, mine=_ids(customer_profiles.c.customer_id), title="画像"),
    Holding(table=tag_history, mine=_ids(tag_history.c.customer_id), title="标签的来历"),
    Holding(table=consents, mine=_consents, title="同意和撤回", fate=Fate.ANONYMISED),
    Holding(table=identity_links, mine=_either_end, title="身份之间的关联"),
    Holding(table=identities, mine=_ids(identities.c.id), title="身份"),
    Holding(
        table=conversations,
        mine=_by(conversations.c.id, lambda person: person.conversations),
        title="会话",
    ),
)

NOBODYS: Mapping[str, str] = {
    "agents": "colleagues who serve customers",
    "aibot_connections": "which process holds the connection of a 智能机器人",
    "callbacks_seen": "when a platform last called",
    "canned_replies": "what agents say to anybody",
    "console_accounts": "colleagues",
    "console_attempts": "who tried to sign in",
    "console_audit": "what colleagues did; a customer's id there names nobody once they are erased",
    "console_recovery_codes": "how colleagues who lost their phone prove who they are",
    "console_second_factors": "how colleagues prove who they are",
    "console_sessions": "colleagues who are signed in",
    "customer_population": "figures of all customers together, cursors, locks, the key of hidden names",
    "kefu_accounts": "where pulling from the shop's own accounts stands",
    "mall_rewards": "what points can be had for",
    "question_dismissals": "hashes of questions that many ask, and who of the shop left them alone",
}
"""By table: why it holds nothing of a customer."""
