"""Mass messages: tasks that members must confirm before anything is sent (WeCom 92135, 93338, 97610, 97611)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from simulator.contacts.book import ContactBook
from simulator.contacts.groups import GroupBook
from simulator.contacts.monthly import may_receive
from simulator.corp.errcodes import CorpError
from simulator.corpapp.fields import Json

PENDING, SENT, NOT_A_FRIEND, RECEIVED_ANOTHER = 0, 1, 2, 3
"""What became of one receiver."""

NOT_SENT, DONE = 0, 2
"""What became of one sender."""

REMINDERS, REMINDER_SPAN = 3, 86_400.0


class MassRefused(ValueError):
    """A confirmation that the client does not offer; the text says why."""


@dataclass(slots=True, kw_only=True)
class Outcome:
    """One receiver of one sender."""

    status: int = PENDING
    at: int = 0


@dataclass(slots=True, kw_only=True)
class SenderTask:
    """What one member is asked to send."""

    userid: str
    targets: dict[str, Outcome]
    status: int = NOT_SENT
    at: int = 0


@dataclass(slots=True, kw_only=True)
class MassTask:
    """One mass message. ``chat_type`` is ``single`` or ``group``; ``allow_select`` lets senders leave some out."""

    msgid: str
    chat_type: str
    created: int
    creator: str
    message: Mapping[str, object]
    senders: dict[str, SenderTask]
    allow_select: bool
    cancelled: bool = False
    reminded: list[float] = field(default_factory=list)


class MassBook:
    """Tasks by msgid, and when each customer and group received a mass message."""

    def __init__(self, contacts: ContactBook, groups: GroupBook) -> None:
        self.tasks: dict[str, MassTask] = {}
        self.received: dict[str, list[float]] = {}
        self.rule = "day"
        self._contacts = contacts
        self._groups = groups

    def add(
        self,
        *,
        chat_type: str,
        assigned: Mapping[str, Sequence[str]],
        message: Mapping[str, object],
        creator: str,
        allow_select: bool,
        now: float,
    ) -> MassTask:
        """A task for these receivers by sender."""
        task = MassTask(
            msgid="msg" + secrets.token_urlsafe(22),
            chat_type=chat_type,
            created=int(now),
            creator=creator,
            message=message,
            senders={
                userid: SenderTask(userid=userid, targets={target: Outcome() for target in targets})
                for userid, targets in assigned.items()
            },
            allow_select=allow_select,
        )
        self.tasks[task.msgid] = task
        return task

    def find(self, msgid: object) -> MassTask:
        """A task; raises CorpError 41046 (none named) or 41047 (unknown)."""
        if not isinstance(msgid, str) or not msgid:
            raise CorpError(41046)
        task = self.tasks.get(msgid)
        if task is None:
            raise CorpError(41047)
        return task

    def remind(self, msgid: object, now: float) -> list[str]:
        """Remind whoever has not sent; returns them. Raises CorpError 41093 or 41094 (three in 24 hours)."""
        task = self._living(msgid)
        recent = [at for at in task.reminded if now - at < REMINDER_SPAN]
        if len(recent) >= REMINDERS:
            raise CorpError(41094)
        task.reminded = [*recent, now]
        return [sender.userid for sender in task.senders.values() if sender.status == NOT_SENT]

    def cancel(self, msgid: object) -> None:
        """Nobody need send it any more; raises CorpError 41093 when it was cancelled before."""
        self._living(msgid).cancelled = True

    def pending(self, userid: str) -> list[MassTask]:
        """What a member is asked to send and has not."""
        return [
            task
            for task in self.tasks.values()
            if not task.cancelled and (sender := task.senders.get(userid)) and sender.status == NOT_SENT
        ]

    def confirm(self, userid: str, msgid: str, chosen: Sequence[str] | None, now: float) -> SenderTask:
        """A member sends it in the client, to all or to some of the receivers; raises MassRefused."""
        task = next((task for task in self.pending(userid) if task.msgid == msgid), None)
        if task is None:
            raise MassRefused(f"{userid} has no task {msgid} to confirm")
        sender = task.senders[userid]
        if chosen is not None and not task.allow_select:
            raise MassRefused("this task does not let the sender choose")
        for target, outcome in sender.targets.items():
            if chosen is None or target in chosen:
                outcome.status = self._deliver(task, userid, target, now)
                outcome.at = int(now) if outcome.status == SENT else 0
        sender.status, sender.at = DONE, int(now)
        return sender

    def _living(self, msgid: object) -> MassTask:
        task = self.find(msgid)
        if task.cancelled:
            raise CorpError(41093)
        return task

    def _deliver(self, task: MassTask, userid: str, target: str, now: float) -> int:
        received = self.received.setdefault(target, [])
        if task.chat_type == "single" and not self._are_friends(userid, target):
            return NOT_A_FRIEND
        if not may_receive(received, now, self.rule):
            return RECEIVED_ANOTHER
        content: Json = {"mass": dict(task.message), "msgid": task.msgid}
        if task.chat_type == "group":
            group = self._groups.groups[target]
            if group.dismissed:
                return NOT_A_FRIEND
            group.say(userid, content, now)
        else:
            self._contacts.customers[target].inbox.append({"at": now, "from": userid, **content})
        received.append(now)
        return SENT

    def _are_friends(self, userid: str, external_userid: str) -> bool:
        follow = self._contacts.follows.get((userid, external_userid))
        return follow is not None and not follow.alone
