"""Whether somebody published a change of an entry since an editor began to change it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge_base.editing.drafts import SavedDraft
from knowledge_base.editing.revisions import Revision


def conflict_of(draft: SavedDraft, revisions: Sequence[Revision]) -> Revision | None:
    """The newest revision after the draft's base that changed its entry; None: the draft may be published.

    The first revision is no change to anybody who saw entries before it: they were there already.
    """
    if draft.entry_id is None:
        return None
    for revision in reversed(revisions):
        if revision.number <= max(1, draft.base):
            return None
        if any(change.entry_id == draft.entry_id for change in revision.changes.entries):
            return revision
    return None
