"""Purge directives for ``efface rules``: shown, checked against a database, proposed. Reads only."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.cli import _connection
from scanner.errors import Misconfigured
from scanner.texts.wording import count, noun

if TYPE_CHECKING:
    from scanner.purge.directives import Directive
    from scanner.purge.references import Ground


@dataclass(frozen=True, slots=True)
class Known:
    """What people say of the database: its audit, and its pack."""

    audit: Path | None = None
    pack: str | None = None


def among(names: Sequence[str]) -> list[str]:
    """Pick the names that are directives.

    Raises:
        Misconfigured: a file says nothing, as one that a failed --generate has left.
    """
    from scanner import rulebook
    from scanner.errors import Misconfigured
    from scanner.purge import directives

    shipped = directives.names()
    files = [n for n in names if n.endswith(".toml")]
    said = {n: rulebook.load(n) for n in files}
    if empty := [n for n in files if not said[n]]:
        raise Misconfigured(f"no rules in {', '.join(empty)}: write them again, or leave them out")
    return [n for n in names if n in shipped or "directive" in said.get(n, {})]


def overview(names: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Describe directives in numbers."""
    from scanner.purge import directives

    found = map(directives.load, directives.names() if names is None else names)
    return [
        {
            "name": d.name,
            "title": d.title,
            "root": d.root,
            "follow": len(d.follow),
            "cut": len(d.cut),
            "stops": len(d.stops),
        }
        for d in found
    ]


def shown(names: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """List all that directives say."""
    from scanner.purge import directives

    found = [directives.load(n) for n in names]
    return {
        "directives": overview(names),
        "relations": [row for d in found for row in _relations(d)],
        "stops": [
            {"rule": s.rule, "effect": s.effect, "asked of": str(s.line or s.table), "why": s.why}
            for d in found
            for s in d.stops
        ],
    }


def _relations(directive: "Directive") -> Iterator[dict[str, Any]]:
    for line in directive.follow:
        told = "the row that it points at goes, too" if line.forward else "deleted"
        yield {"relation": str(line), "rows": told}
    for line in directive.cut:
        yield {"relation": str(line), "rows": "kept, the column is emptied"}


def check(db: str, known: Known, names: Sequence[str]) -> str:
    """Check directives together against a database; say what they delete there.

    Raises:
        Misconfigured: all that does not fit.
    """
    from scanner.purge import directives
    from scanner.purge.appraiser import appraise

    agenda = directives.agenda(names)
    with _ground(db, known, agenda.key) as (ground, personal):
        made = appraise(ground, agenda, personal).sound()
        left = sorted(str(x) for x in (*agenda.follow, *agenda.cut) if ground.bind(x)[0] is None)
    more = f"; not in this database: {', '.join(left)}" if left else ""
    by, cut = len(made.follow) + len(made.owned), len(made.cut)
    return (
        f"{', '.join(names)} {noun(len(names), 'fits', 'fit')}: rows of "
        f"{count(len(made.deleted), 'table')} are deleted by {count(by, 'relation')}, "
        f"{cut} {noun(cut, 'is', 'are')} cut{more}"
    )


def propose(db: str, known: Known, name: str) -> str:
    """Propose what a directive lacks in a database, or a directive for a table.

    Raises:
        Misconfigured: it is neither a directive nor a table.
    """
    from scanner.purge import directives, directivewriter

    base = directives.load(name) if among([name]) else None
    with _ground(db, known, base.key if base else "", values=True) as (ground, _):
        start = base or directivewriter.start(ground, name)
        made = directivewriter.propose(ground, start)
    return directivewriter.toml(start, made, extends=base is not None)


@contextmanager
def _ground(
    db: str, known: Known, key: str, *, values: bool = False
) -> Iterator[tuple["Ground", set[Any]]]:
    """Read what refers to what; an audit says which tables are copies or hold personal data.

    ``values``: where no dictionary knows the relations, names and values are asked, too.
    """
    import reports
    from scanner import database, rulebook
    from scanner.graph import Walk
    from scanner.plans import Basis
    from scanner.purge.references import Ground
    from scanner.rows import Address
    from scanner.tables.linker import Linker, Tie

    decided = reports.read(known.audit) if known.audit else None
    basis = Basis.of(decided) if decided else None
    with _connection.opened(db) as engine, database.reading(engine) as connection:
        schema = database.reflect(connection)
        tables = {database.ref(t): t for t in schema.tables.values()}
        name = known.pack or (decided.scan.pack if decided else "auto")
        pack = rulebook.choose(name or "auto", [t.name for t in tables])
        if pack is None:
            raise Misconfigured(
                "no pack is known for this database: propose one with efface pack, then name it "
                "with --pack"
            )
        addresses = {w: Address.of(t, (), "") for w, t in tables.items()}
        walk = Walk(
            connection,
            schema,
            pack,
            addresses=addresses,
            copies=basis.copies if basis else {},
        )
        personal = (
            {c.of for c, t in basis.columns.items() if t.personal != "none"} if basis else set()
        )
        ties: Iterable[Tie] = ()
        if values and pack.dictionary != "adp":
            ties = Linker(connection, schema, walk.copies).ties()
            ties = [t for t in ties if t.certainty != "weak"]
        yield Ground(connection, walk, key or pack.key, ties), personal
