"""What segments, roles and money are called where people read them."""

from __future__ import annotations

from collections.abc import Mapping

from customers.events.event import Role
from customers.profile.profile import Segment

SEGMENTS: Mapping[Segment, str] = {
    Segment.HIGH_VALUE: "高净值",
    Segment.SPREADER: "社交传播节点",
    Segment.POTENTIAL: "潜在转化",
    Segment.ORDINARY: "普通",
}

ROLES: Mapping[Role, str] = {
    Role.ORDINARY: "普通顾客",
    Role.GROUP_OWNER: "团长",
    Role.DISTRIBUTOR: "分销员",
    Role.CREATOR: "达人",
}


def yuan(fen: int) -> str:
    """``¥212``, ``¥212.50``; thousands apart."""
    return f"¥{fen // 100:,}" if fen % 100 == 0 else f"¥{fen / 100:,.2f}"
