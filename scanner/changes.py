"""From a draft to all that is written: own rows and mentions, one change a row. Reads nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from scanner import strategies
from scanner.graph import table_of
from scanner.model import Key, TableRef
from scanner.planner import Draft
from scanner.plans import Mention
from scanner.rewriter import Edit, settings, tag, unique_columns
from scanner.rulebook import Pack


def changed(draft: Draft, pack: Pack) -> list[Edit]:
    """Give what becomes of each row that a draft is about."""
    return _by_row([*draft.edits, *_scrubs(draft, pack)])


def _by_row(edits: Iterable[Edit]) -> list[Edit]:
    """Make one edit of all that change a row: a row named by what it holds is found once only."""
    rows: dict[tuple[TableRef, Key], Edit] = {}
    for edit in edits:
        old = rows.get((edit.table, edit.key))
        if old:
            new, spans = {**edit.new, **old.new}, {**edit.spans, **old.spans}
            edit = replace(old, new=new, spans=spans)
        rows[edit.table, edit.key] = edit
    return list(rows.values())


def _scrubs(draft: Draft, pack: Pack) -> Iterator[Edit]:
    """Turn mentions into edits, one for each row."""
    rows: dict[tuple[TableRef, Key], list[Mention]] = {}
    for mention in draft.plan.mentions:
        rows.setdefault((mention.table, mention.key), []).append(mention)
    for (where, key), mentions in rows.items():
        table, address = table_of(draft.schema, where), draft.addresses[where]
        values = draft.mentions.values[where, key, mentions[0].column]
        unique = unique_columns(table)
        new = {
            m.column: strategies.apply(
                "scrub",
                values[m.column],
                column=table.c[m.column],
                entity=m.spans[0].entity,
                key=tag(key, draft.plan.subject[1]),
                unique=m.column in unique,
                spans=m.spans,
                settings=settings(pack),
            )
            for m in mentions
        }
        place = {c: values[c] for c in address.columns}
        yield Edit(where, key, place, new, spans={m.column: m.spans for m in mentions})
