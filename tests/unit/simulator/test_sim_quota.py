"""How many custom messages may follow what a shopper did."""

from simulator.quota import HOUR, Act, Granted, Refused, ReplyQuota


def taken(quota: ReplyQuota, now: float, times: int) -> list[int]:
    """0 for each message that may go out, else the errcode."""
    results = [quota.take(now) for _ in range(times)]
    return [result.errcode if isinstance(result, Refused) else 0 for result in results]


def test_nothing_may_be_sent_to_somebody_who_did_nothing() -> None:
    assert ReplyQuota().take(0) == Refused(errcode=45015)


def test_a_message_allows_five_within_48_hours() -> None:
    quota = ReplyQuota()
    quota.note(Act.MESSAGE, 0)
    assert taken(quota, 48 * HOUR - 1, 6) == [0, 0, 0, 0, 0, 45047]
    assert taken(quota, 48 * HOUR, 1) == [45015]


def test_the_next_message_renews_the_five_and_does_not_add_to_them() -> None:
    quota = ReplyQuota()
    quota.note(Act.MESSAGE, 0)
    assert taken(quota, 1, 2) == [0, 0]
    quota.note(Act.MESSAGE, 2)
    assert taken(quota, 3, 6) == [0, 0, 0, 0, 0, 45047]


def test_a_click_allows_three_within_a_minute() -> None:
    quota = ReplyQuota()
    quota.note(Act.CLICK, 0)
    assert taken(quota, 59, 4) == [0, 0, 0, 45047]
    quota.note(Act.CLICK, 100)
    assert taken(quota, 160, 1) == [45015]


def test_the_shortest_window_is_used_first() -> None:
    quota = ReplyQuota()
    quota.note(Act.MESSAGE, 0)
    quota.note(Act.FOLLOW, 0)
    assert quota.left(1) == 8
    assert quota.take(1) == Granted(act=Act.FOLLOW, left=2)
    assert quota.left(61) == 5


def test_used_up_is_told_from_too_late_by_the_open_windows() -> None:
    quota = ReplyQuota()
    quota.note(Act.MESSAGE, 0)
    taken(quota, 0, 5)
    quota.note(Act.SCAN, 10)
    assert taken(quota, 20, 4) == [0, 0, 0, 45047]
    assert taken(quota, 100, 1) == [45047]


def test_leaving_closes_everything() -> None:
    quota = ReplyQuota()
    quota.note(Act.MESSAGE, 0)
    quota.close()
    assert quota.take(1) == Refused(errcode=45015)
