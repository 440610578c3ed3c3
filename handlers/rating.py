"""A customer says how a person served them. Pure."""

from __future__ import annotations

from dataclasses import replace

from conversations.facts import Fact
from conversations.outcomes import Outcome, Say
from conversations.ratings import COMMENT_WITHIN, Rating
from conversations.replies import TextReply
from handlers.turn import Turn, settled

THANKS = "谢谢您的评价，祝您生活愉快～"
THANKS_AND_WHY = "谢谢您告诉我们。哪里还能做得更好？方便的话说一句，我会转告同事～"
SORRY_AND_WHY = "很抱歉没让您满意。哪里没做好？请说一句，主管会看到并跟进。"
TOLD_ON = "收到，已经转告了，谢谢您～"
CONTENT = 5
LONGEST_COMMENT = 500


def rated(turn: Turn, score: int) -> Outcome:
    text = THANKS if score >= CONTENT else SORRY_AND_WHY if score <= 1 else THANKS_AND_WHY
    until = None if score >= CONTENT else turn.now + COMMENT_WITHIN
    return Outcome(
        says=(Say(reply=TextReply(text=text)),),
        context=replace(settled(turn.conversation.context), comment_until=until),
        facts=(Fact(name="service.rated", details={"score": score}),),
        rating=Rating(score=score),
    )


def awaits_comment(turn: Turn) -> bool:
    until = turn.conversation.context.comment_until
    return until is not None and turn.now < until


def commented(turn: Turn) -> Outcome:
    return Outcome(
        says=(Say(reply=TextReply(text=TOLD_ON)),),
        context=replace(settled(turn.conversation.context), comment_until=None),
        facts=(Fact(name="service.commented"),),
        rating=Rating(comment=turn.text[:LONGEST_COMMENT]),
    )
