"""From a draft to all that is written: own rows and mentions, one change a row. Reads nothing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import MetaData

from scanner import strategies
from scanner.graph import table_of
from scanner.model import Key, TableRef
from scanner.planner import Draft
from scanner.plans import Mention
from scanner.rewriter import Edit, settings, tag, unique_columns
from scanner.rows import Address
from scanner.rulebook import Pack
from scanner.subjects.mentions import Mentions


def changed(draft: Draft, pack: Pack) -> list[Edit]:
    """Give what becomes of each row that a draft is about."""
    mentions, subject = replace(draft.mentions, sure=draft.plan.mentions), draft.plan.subject[1]
    return joined(draft.edits, mentions, draft.schema, draft.addresses, pack, subject)


def joined(
    edits: Iterable[Edit],
    mentions: Mentions,
    schema: MetaData,
    addresses: Mapping[TableRef, Address],
    pack: Pack,
    subject: Any,
) -> list[Edit]:
    """Give one edit for each row, of what becomes of own rows and of the sure mentions in others."""
    return _by_row([*edits, *_scrubs(mentions, schema, addresses, pack, subject)])


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


def _scrubs(
    mentions: Mentions,
    schema: MetaData,
    addresses: Mapping[TableRef, Address],
    pack: Pack,
    subject: Any,
) -> Iterator[Edit]:
    """Turn mentions into edits, one for each row."""
    rows: dict[tuple[TableRef, Key], list[Mention]] = {}
    for mention in mentions.sure:
        rows.setdefault((mention.table, mention.key), []).append(mention)
    for (where, key), some in rows.items():
        table, address = table_of(schema, where), addresses[where]
        values = mentions.values[where, key, some[0].column]
        unique = unique_columns(table)
        new = {
            m.column: strategies.apply(
                "scrub",
                values[m.column],
                column=table.c[m.column],
                entity=m.spans[0].entity,
                key=tag(key, subject),
                unique=m.column in unique,
                spans=m.spans,
                settings=settings(pack),
            )
            for m in some
        }
        place = {c: values[c] for c in address.columns}
        yield Edit(where, key, place, new, spans={m.column: m.spans for m in some})
