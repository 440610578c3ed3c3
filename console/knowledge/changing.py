"""From a proposal to the change of the entries that it asks for. Blocking: reads drafts, revisions, files."""

from __future__ import annotations

from collections.abc import Sequence

from console.knowledge.conflicts import conflict_of
from console.knowledge.proposal import Kind, Proposal, ProposalFolder
from knowledge_base.editing.drafts import DraftId, SavedDraft
from knowledge_base.editing.ledger import EditConflict
from knowledge_base.editing.revisions import Act, state_at
from knowledge_base.editing.workbench import Change, ChangeRefused, Workbench, put, remove
from knowledge_base.entry import Entry, EntryId
from knowledge_base.importing.files import read_files
from knowledge_base.importing.planning import plan_import
from knowledge_base.text import tidy

ACTS = {Kind.DRAFTS: Act.EDIT, Kind.REMOVE: Act.DELETE, Kind.ROLLBACK: Act.ROLLBACK, Kind.IMPORT: Act.IMPORT}
_NAMED = 20
"""Most reasons that are named when an import is refused."""


def change_of(proposal: Proposal, bench: Workbench, folder: ProposalFolder) -> Change:
    """The change raises ``KnowledgeBaseError`` when it cannot be: incomplete, in conflict, gone."""
    match proposal.kind:
        case Kind.DRAFTS:
            return lambda entries: _with_drafts(entries, proposal, bench)
        case Kind.REMOVE:
            return remove([EntryId(each) for each in proposal.ids])
        case Kind.ROLLBACK:
            return lambda entries: state_at(bench.ledger.revisions(), proposal.number)
        case Kind.IMPORT:
            return lambda entries: _with_file(entries, proposal, folder)


def _with_drafts(entries: tuple[Entry, ...], proposal: Proposal, bench: Workbench) -> Sequence[Entry]:
    revisions = bench.ledger.revisions()
    for draft in (bench.drafts.read(DraftId(each)) for each in proposal.ids):
        conflict = conflict_of(draft, revisions)
        if conflict is not None:
            touched = [each.entry for each in conflict.changes.entries if each.entry_id == draft.entry_id]
            raise EditConflict(draft.base, conflict, touched)
        if draft.entry_id is None:
            _check_new(draft, entries)
        entries = tuple(put(draft)(entries))
    return entries


def _check_new(draft: SavedDraft, entries: Sequence[Entry]) -> None:
    """A new entry must not quietly take the place of one with the same question."""
    question = tidy(str(draft.fields.get("question", "")))
    held = next((entry for entry in entries if question and tidy(entry.question) == question), None)
    if held is not None:
        raise ChangeRefused([f"已经有“{held.question}”了（编号 {held.id}），请到那一条里改"])


def _with_file(entries: tuple[Entry, ...], proposal: Proposal, folder: ProposalFolder) -> Sequence[Entry]:
    reading = read_files([folder.file(proposal.file)], proposal.renaming)
    plan = plan_import(entries, reading.drafts)
    problems = (*reading.problems, *plan.problems)
    if problems and not proposal.skip_bad:
        named = [f"第 {each.line} 行：{each.reason}" if each.line else each.reason for each in problems]
        raise ChangeRefused(named[:_NAMED])
    return plan.entries
