"""A proposed pack as a TOML file that a person reads and confirms. Values in, text out."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import Any

from scanner.model import TableRef
from scanner.packs.proposer import Proposal, Relation

WIDTH = 98

HEAD = """\
A pack proposed by efface for a schema that none was known for. Read it before you use it:
`efface rules THIS-FILE --check` refuses it while something waits for you.

[[reach]] says how rows are found from rows that are known already: by = a column of table that
holds the value of from's `to`; via = a column of from that holds table's `to`. rows = "own" rows
are rewritten, "linked" ones are shared: only what names the subject is scrubbed there. identity =
the rows say what the subject is called. confirm = true waits for you: delete that line if the
relation is right, the whole [[reach]] if not. What stands in comments is not followed."""

STOPS = """\
No stops are proposed. Reasons not to erase are written like this:

[[stop]]
rule   = "unpaid"
table  = "invoices"
why    = "an invoice is not paid"
where  = { status = "open" }
redact = "warn"                # stop, warn or ignore
purge  = "stop"
"""

UNSCANNED = """\
Made without a scan: no figures are proposed, and nothing is said of personal data that no relation
reaches. `efface scan --pack none -o scan.json`, then propose again with scan.json."""


def toml(proposal: Proposal) -> str:
    """Write the pack file."""
    return "\n".join(_lines(proposal)) + "\n"


def _lines(proposal: Proposal) -> Iterator[str]:
    names = _Short(proposal.tables)
    yield from _comment(HEAD)
    yield ""
    own = [r.table for r in proposal.relations if r.state == "follow" and r.rows == "own"]
    yield "[pack]"
    yield f"title    = {_text(f'proposed for {names(proposal.subject)}')}"
    known = dict.fromkeys(t.name.lower() for t in (proposal.subject, *own))
    yield f"known_by = {_texts(known)}"
    yield f"key      = {_text(proposal.key)}"
    yield ""
    yield from _subject(proposal, names)
    for relation in proposal.relations:
        yield ""
        yield from _reach(relation, names)
    for figure in proposal.figures:
        yield ""
        yield "[[kpi]]"
        parts = [*figure.by, *(f"month of {m}" for m in figure.months)]
        yield f"name   = {_text(names(figure.table) + ' by ' + ', '.join(parts))}"
        yield f"table  = {_text(names(figure.table))}"
        if figure.by:
            yield f"by     = {_texts(figure.by)}"
        if figure.months:
            yield f"months = {_texts(figure.months)}"
    yield ""
    yield from _comment(STOPS.rstrip())
    for head, told in _left(proposal, names):
        yield ""
        yield from _comment(head)
        yield from (f"#   {line}" for line in told)


def _subject(proposal: Proposal, names: "_Short") -> Iterator[str]:
    if len(proposal.candidates) > 1 or not proposal.given:
        yield "# Tables of people, the likeliest first:"
        yield from (f"#   {names(t)}: {why}" for t, why in proposal.candidates)
    yield "[subject]"
    yield f"table   = {_text(names(proposal.subject).lower())}"
    if not proposal.given:
        yield "confirm = true  # nobody named the table of the subjects: is it this one?"
    yield "# Tables in which a whole value is somebody's own: what stands there may be a namesake's."
    yield f"holders = {_texts(dict.fromkeys(t.name.lower() for t in proposal.holders))}"


def _reach(relation: Relation, names: "_Short") -> Iterator[str]:
    tie = relation.tie
    told = tie.certainty == "declared"
    yield from _comment(tie.evidence if told else f"{tie.certainty}: {tie.evidence}")
    if relation.doubt:
        yield from _comment(relation.doubt)
    lines = ["[[reach]]"]
    lines.append(f"table    = {_text(names(relation.table))}")
    lines.append(f"from     = {_text(names(relation.start))}")
    lines.append(f"{'via' if relation.via else 'by '}      = {_text(tie.column)}")
    lines.append(f"to       = {_text(tie.key)}")
    lines += ['rows     = "linked"'] if relation.rows == "linked" else []
    lines += ["identity = true"] if relation.identity else []
    if relation.unshared:
        lines.append(f"unshared = [{', '.join(_texts(u) for u in relation.unshared)}]")
    lines.append(f"why      = {_text('a declared foreign key' if told else 'its name and values')}")
    lines += ["confirm  = true"] if relation.state == "confirm" else []
    yield from (f"# {line}" if relation.state == "tell" else line for line in lines)


def _left(proposal: Proposal, names: "_Short") -> Iterator[tuple[str, list[str]]]:
    if proposal.composite:
        yield (
            "Foreign keys of several columns, which no relation can follow:",
            list(proposal.composite),
        )
    if not proposal.scanned:
        yield UNSCANNED, []
    elif proposal.missed:
        head = (
            "Not reached: these tables hold, or may hold, personal data, and no relation above leads "
            "to their rows. What names a subject there is still searched for and scrubbed."
        )
        yield head, [f"{names(t)}: {why}" for t, why in proposal.missed]


def _comment(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        parts = wrap(line, WIDTH) if len(line) > WIDTH else [line]
        yield from (f"# {part}".rstrip() for part in parts)


class _Short:
    """Names tables as a pack does: without their schema where that is clear."""

    def __init__(self, tables: Iterable[TableRef]) -> None:
        self._places = Counter(t.name.lower() for t in set(tables))

    def __call__(self, table: TableRef) -> str:
        return table.name if self._places[table.name.lower()] == 1 else str(table)


def _text(value: Any) -> str:
    """Write a basic string of TOML: JSON's, but for one character."""
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _texts(values: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"
