"""Giving and taking tags by hand: what may be a tag, and the deed with its entry in the log."""

from __future__ import annotations

from collections.abc import Collection

from console.audit.log import AuditLog
from console.customers.desk import CustomersDesk
from console.masking import mask_text
from console.web.visit import Visit
from customers.profile.by_hand import LONGEST_REASON, LONGEST_TAG, held, tag_changes, write_by_hand
from customers.profile.names import SEGMENTS
from customers.profile.profiler import wait_to_hold


def tag_of(typed: str) -> str:
    """Without spaces around it, and single ones within."""
    return " ".join(typed.split())


def problem_of(tag: str, *, of_rules: Collection[str]) -> str:
    """Why it cannot be given by hand; empty when it can. Pure."""
    if not tag:
        return "标签还没写"
    if len(tag) > LONGEST_TAG:
        return f"标签最多 {LONGEST_TAG} 个字"
    if not tag.isprintable():
        return "标签里有看不见的字符，请重新打一遍"
    if tag in SEGMENTS.values() or tag in of_rules:
        return f"“{tag}”由规则来给，换个说法吧"
    return ""


async def change_tag(
    desk: CustomersDesk,
    audit: AuditLog,
    visit: Visit,
    customer_id: int,
    identity_ids: Collection[int],
    *,
    tag: str,
    given: bool,
    reason: str = "",
) -> bool:
    """False when they had it already, or did not. The log gets no reason: it may say something of the customer."""
    async with desk.database.writing() as connection:
        # Lines of the history are written by one at a time: whoever follows it goes by their ids.
        await wait_to_hold(connection)
        has = {each.tag for each in held(await tag_changes(connection, identity_ids))}
        if (tag in has) is given:
            return False
        await write_by_hand(
            connection,
            customer_id,
            tag,
            given=given,
            by=visit.account.login,
            reason=tag_of(reason)[:LONGEST_REASON],
            now_ms=desk.now_ms,
        )
        name = "customer.tagged" if given else "customer.untagged"
        await audit.append(connection, visit.act(name, f"customer:{customer_id}", {"tag": mask_text(tag)}))
    return True
