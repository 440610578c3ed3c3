"""A customer says how a person served them. Pure."""

from __future__ import annotations

from dataclasses import replace

from conversations.facts import Fact
from conversations.outcomes import Outcome, Say
from conversations.ratings import COMMENT_WITHIN, Rating, out_of_ten
from conversations.replies import TextReply
from handlers.turn import Turn, settled

THANKS = "谢谢您的评价，祝您生活愉快～"
THANKS_AND_WHY = "谢谢您告诉我们。哪里还能做得更好？方便的话说一句，我会转告同事～"
SORRY_AND_WHY = "很抱歉没让您满意。哪里没做好？请说一句，主管会看到并跟进。"
GLAD = "谢谢您愿意推荐我们，有您真好～"
WHAT_IS_MISSING = "谢谢您的分数。差在哪儿？方便的话说一句，我会转告同事～"
TOLD_ON = "收到，已经转告了，谢谢您～"
CONTENT = 5
RECOMMENDS = 9
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


def recommends(turn: Turn) -> int | None:
    """How likely the customer recommends the shop, where they were asked and this answers it."""
    context = turn.conversation.context
    if context.recommend_until is None or turn.now >= context.recommend_until:
        return None
    return None if context.offered or context.guided else out_of_ten(turn.text)


def recommended(turn: Turn, score: int) -> Outcome:
    glad = score >= RECOMMENDS
    context = replace(
        settled(turn.conversation.context),
        comment_until=None if glad else turn.now + COMMENT_WITHIN,
        recommend_until=None,
    )
    return Outcome(
        says=(Say(reply=TextReply(text=GLAD if glad else WHAT_IS_MISSING)),),
        context=context,
        facts=(Fact(name="shop.recommended", details={"score": score}),),
        rating=Rating(recommends=score),
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
