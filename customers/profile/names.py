"""What segments are called where people read them."""

from __future__ import annotations

from collections.abc import Mapping

from customers.profile.profile import Segment

SEGMENTS: Mapping[Segment, str] = {
    Segment.HIGH_VALUE: "高净值",
    Segment.SPREADER: "社交传播节点",
    Segment.POTENTIAL: "潜在转化",
    Segment.ORDINARY: "普通",
}
