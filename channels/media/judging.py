"""What one download means for the file: pure."""

from __future__ import annotations

from dataclasses import dataclass

from channels.calls import Answered, Downloaded, DownloadResult, TooLarge
from channels.errcodes import ErrcodeTable, Reaction
from channels.media.kinds import MediaKind, content_type
from channels.media.store import MediaState
from channels.outcomes import NotSent

_EXPIRED = 40007
_BASE_SECONDS, _CAP_SECONDS = 2.0, 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """Keep it as this type."""

    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """``seconds`` None: by the schedule."""

    reason: str
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    state: MediaState
    reason: str


def judge(kind: MediaKind, result: DownloadResult, errcodes: ErrcodeTable) -> Keep | Later | GiveUp:
    """The decision on a file of ``kind`` whose download came to ``result``."""
    match result:
        case Downloaded(content=content):
            return _checked(kind, content)
        case TooLarge(max_bytes=most):
            return GiveUp(state=MediaState.REFUSED, reason=f"larger than {most} bytes")
        case Answered():
            return _answered(result, errcodes)
        case NotSent(reason=reason, retry_after=seconds):
            return Later(reason=reason, seconds=seconds)
        case unknown:
            return Later(reason=unknown.reason)


def _checked(kind: MediaKind, content: bytes) -> Keep | GiveUp:
    found = content_type(kind, content)
    if found is None:
        return GiveUp(state=MediaState.REFUSED, reason=f"not a type that is kept as {kind}")
    return Keep(content=content, content_type=found)


def _answered(answer: Answered, errcodes: ErrcodeTable) -> Later | GiveUp:
    if not answer.code:
        # 公众号 answers for a video with the address of a page; foreign addresses are not followed.
        return GiveUp(state=MediaState.REFUSED, reason="an answer came in the place of a file")
    row = errcodes.row(answer.code)
    reason = f"errcode {row.code}: {row.meaning}"
    if row.code == _EXPIRED or row.reaction is Reaction.REFUSED:
        return GiveUp(state=MediaState.LOST, reason=reason)
    return Later(reason=reason, seconds=row.retry_after)


def pause_seconds(attempts: int) -> float:
    """Seconds until the next try after ``attempts`` failed ones: 2, 4, 8 … 1800."""
    return min(_CAP_SECONDS, _BASE_SECONDS * 2.0 ** min(attempts - 1, 32))
