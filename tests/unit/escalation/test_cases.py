"""What a case is made of."""

from datetime import UTC, datetime

import pytest

from conversations.address import ConversationId
from conversations.inbound import MessageKey
from conversations.outcomes import HandOver, HandOverReason
from escalation.cases import Case, CaseKey, CaseState, open_case

NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
HAND_OVER = HandOver(reason=HandOverReason.ASKED_FOR, summary="转人工")
WANG = ConversationId("official:gh_shop:wang")


def test_a_case_says_who_why_and_when() -> None:
    assert open_case(HAND_OVER, message=MessageKey("m1"), conversation_id=WANG, now=NOW) == Case(
        key=CaseKey("m1:case"),
        conversation_id=WANG,
        reason=HandOverReason.ASKED_FOR,
        summary="转人工",
        opened_at=NOW,
        state=CaseState.OPEN,
    )


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="timezone-aware"):
        open_case(HAND_OVER, message=MessageKey("m1"), conversation_id=WANG, now=NOW.replace(tzinfo=None))
