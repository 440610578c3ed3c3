"""Template cards: what each kind must hold, with the platform's code for what is wrong (WeCom 90236, 90313)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from simulator.corp.errcodes import CorpError
from simulator.corpapp.fields import Json, obj, objects, text

INTERACTIVE = frozenset({"button_interaction", "vote_interaction", "multiple_interaction"})
"""Kinds whose buttons call back; the two notices do so only by their action menu."""

_TASK_ID = re.compile(r"[0-9A-Za-z_\-@]{1,128}")
_KEY_BYTES = 1024
_MAX_BUTTONS = 6
_MAX_OPTIONS = {"vote": 20, "select": 10}
_MAX_SELECTS = 3
_MAX_HORIZONTAL, _MAX_VERTICAL, _MAX_JUMPS, _MAX_ACTIONS = 6, 4, 3, 3
_STYLES = frozenset({0, 1, 2, 3, 4})


def check_card(card: Mapping[str, object]) -> Json:
    """The card as it will be shown; raises CorpError 4201x–4205x (or 40058) for what is wrong."""
    kind = card.get("card_type")
    checks = _KINDS.get(kind) if isinstance(kind, str) else None
    if checks is None:
        raise CorpError(42031, "card_type")
    _check_heading(card)
    for check in checks:
        check(card)
    _check_lists(card)
    menu = _check_action_menu(card)
    if card.get("task_id") is not None or kind in INTERACTIVE or menu:
        check_task_id(card.get("task_id"))
    return dict(card)


def check_task_id(task_id: object) -> str:
    """The id of a card's task: digits, letters and ``_-@``, at most 128 bytes; raises CorpError 42014."""
    if isinstance(task_id, str) and _TASK_ID.fullmatch(task_id):
        return task_id
    raise CorpError(42014, "task_id")


def keys_of(card: Mapping[str, object]) -> frozenset[str]:
    """The keys that a click on this card's buttons can carry."""
    keys = {
        str(button.get("key", "")) for button in objects(card, "button_list") if button.get("type", 0) == 0
    }
    submit = card.get("submit_button")
    if isinstance(submit, dict):
        keys.add(str(submit.get("key", "")))
    return frozenset(keys - {""})


def menu_keys_of(card: Mapping[str, object]) -> frozenset[str]:
    """The keys of the actions in the card's upper right corner."""
    menu = card.get("action_menu")
    if not isinstance(menu, dict):
        return frozenset()
    return frozenset(str(action.get("key", "")) for action in objects(menu, "action_list"))


def questions_of(card: Mapping[str, object]) -> Mapping[str, frozenset[str]]:
    """The options by question of a card that lets the member choose."""
    found: dict[str, frozenset[str]] = {}
    for holder in _choosers(card):
        options = objects(holder, "option_list")
        found[str(holder.get("question_key", ""))] = frozenset(
            str(option.get("id", "")) for option in options
        )
    return found


def takes_several(card: Mapping[str, object], question: str) -> bool:
    """Whether the member may choose more than one option: only in a vote whose mode is 1."""
    checkbox = card.get("checkbox")
    return (
        isinstance(checkbox, dict) and checkbox.get("question_key") == question and checkbox.get("mode") == 1
    )


def _choosers(card: Mapping[str, object]) -> list[Json]:
    holders = objects(card, "select_list")
    for name in ("button_selection", "checkbox"):
        value = card.get(name)
        if isinstance(value, dict):
            holders = [*holders, value]
    return holders


def _check_heading(card: Mapping[str, object]) -> None:
    title = card.get("main_title")
    has_title = isinstance(title, dict) and bool(title.get("title") or title.get("desc"))
    if not has_title and not card.get("sub_title_text"):
        raise CorpError(42033, "main_title.title or sub_title_text")


def _check_card_action(card: Mapping[str, object]) -> None:
    action = obj(card, "card_action", 42045)
    if action.get("type") not in (1, 2):
        raise CorpError(42045, "card_action.type")
    _check_jump(action)


def _check_optional_action(card: Mapping[str, object]) -> None:
    action = card.get("card_action")
    if isinstance(action, dict) and action.get("type", 0) != 0:
        _check_card_action(card)


def _check_image(card: Mapping[str, object]) -> None:
    image = card.get("card_image")
    if image is None and isinstance(card.get("image_text_area"), dict):
        return
    text(obj(card, "card_image", 42044), "url", 42044)


def _check_jump(item: Mapping[str, object]) -> None:
    if item.get("type") == 1:
        text(item, "url", 42028)
    elif item.get("type") == 2:
        text(item, "appid", 42030)


def _check_lists(card: Mapping[str, object]) -> None:
    for line in objects(card, "horizontal_content_list", 42035, high=_MAX_HORIZONTAL):
        text(line, "keyname", 42027)
        if line.get("type") == 1:
            text(line, "url", 42028)
        elif line.get("type") == 2:
            text(line, "media_id", 42029)
        elif line.get("type") == 3:
            text(line, "userid", 42050)
    for line in objects(card, "vertical_content_list", 42036, high=_MAX_VERTICAL):
        text(line, "title", 42033)
    for jump in objects(card, "jump_list", 42042, high=_MAX_JUMPS):
        text(jump, "title", 42033)
        _check_jump(jump)


def _check_action_menu(card: Mapping[str, object]) -> bool:
    if card.get("action_menu") is None:
        return False
    actions = objects(obj(card, "action_menu"), "action_list", low=1, high=_MAX_ACTIONS)
    keys = [text(action, "key", 42039, limit=_KEY_BYTES) for action in actions]
    for action in actions:
        text(action, "text", 42038)
    if len(set(keys)) != len(keys):
        raise CorpError(42051, "action_list.key")
    return True


def _check_buttons(card: Mapping[str, object]) -> None:
    for button in objects(card, "button_list", low=1, high=_MAX_BUTTONS):
        text(button, "text", 42038)
        if button.get("style", 0) not in _STYLES:
            raise CorpError(40058, "button_list.style")
        if button.get("type", 0) == 1:
            text(button, "url", 42028)
        else:
            text(button, "key", 42039, limit=_KEY_BYTES)
    selection = card.get("button_selection")
    if isinstance(selection, dict):
        _check_question(selection, _MAX_OPTIONS["select"])


def _check_vote(card: Mapping[str, object]) -> None:
    checkbox = obj(card, "checkbox", 42043)
    if checkbox.get("mode", 0) not in (0, 1):
        raise CorpError(40058, "checkbox.mode")
    _check_question(checkbox, _MAX_OPTIONS["vote"])


def _check_selects(card: Mapping[str, object]) -> None:
    selects = objects(card, "select_list", 42047, low=1, high=_MAX_SELECTS)
    for select in selects:
        _check_question(select, _MAX_OPTIONS["select"])
    if len({select["question_key"] for select in selects}) != len(selects):
        raise CorpError(42043, "question_key")


def _check_question(holder: Mapping[str, object], most: int) -> None:
    text(holder, "question_key", 42043, limit=_KEY_BYTES)
    options = objects(holder, "option_list", 42037, low=1, high=most)
    for option in options:
        text(option, "id", 42040, limit=128)
        text(option, "text", 42041)
    if len({option["id"] for option in options}) != len(options):
        raise CorpError(42040, "option_list.id")


def _check_submit(card: Mapping[str, object]) -> None:
    submit = obj(card, "submit_button", 42046)
    text(submit, "text", 42049)
    text(submit, "key", 42046, limit=_KEY_BYTES)


_KINDS: Mapping[str, tuple[Callable[[Mapping[str, object]], None], ...]] = {
    "text_notice": (_check_card_action,),
    "news_notice": (_check_card_action, _check_image),
    "button_interaction": (_check_buttons, _check_optional_action),
    "vote_interaction": (_check_vote, _check_submit),
    "multiple_interaction": (_check_selects, _check_submit),
}
