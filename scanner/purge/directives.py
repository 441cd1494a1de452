"""Purge directives: which rows go with a row, as people write it in TOML. Text in, values out.

A relation is one line: ``table_notes_log.case_notes2case -> table_case`` says that rows of the left
table belong to the row of the right one whose key (or ``table(column)``) they hold;
``table_case.case_state2condition => table_condition`` that a row points at one that is its own.
``where focus_type = 45`` behind it compares columns of the left table with constants.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from scanner import rulebook
from scanner.errors import Misconfigured
from scanner.model import digest

LINE = re.compile(
    r"(?P<table>[^\s()]+)\.(?P<column>[^\s.()]+)\s+(?P<arrow>->|=>)\s+(?P<target>[^\s()]+)"
    r"(?:\((?P<to>[^\s()]+)\))?(?:\s+where\s+(?P<where>.+))?"
)
TERM = re.compile(r"(?P<column>[^\s=]+)\s*=\s*(?:(?P<number>-?\d+)|'(?P<text>[^']*)')")

HEAD = frozenset(
    "title root key extends roots where before follow cut reference no_delete".split()  # noqa: SIM905
)
TEXTS = frozenset({"title", "root", "key", "extends", "where", "before"})
STOP = frozenset({"rule", "why", "rows", "sql", "days", "kept", "effect", "needs", "liftable"})

Effect = Literal["stop", "warn"]


@dataclass(frozen=True, slots=True)
class Line:
    """A relation as it was written: rows of ``table`` hold in ``column`` what ``target.to`` holds.

    ``forward``: the row of ``target`` is the one that goes with the row of ``table``. An empty
    ``to`` is the key.
    """

    table: str
    column: str
    target: str
    to: str = ""
    forward: bool = False
    where: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Line | None":
        """Read a line; None where it is none."""
        found = LINE.fullmatch(text.strip())
        if found is None:
            return None
        terms = [TERM.fullmatch(t.strip()) for t in re.split(r"\s+and\s+", found["where"] or "")]
        if found["where"] and None in terms:
            return None
        where = tuple(
            (t["column"].lower(), int(t["number"]) if t["number"] else t["text"])
            for t in terms
            if t is not None
        )
        table, column, target = (found[n].lower() for n in ("table", "column", "target"))
        return cls(
            table, column, target, (found["to"] or "").lower(), found["arrow"] == "=>", where
        )

    def __str__(self) -> str:
        arrow, to = "=>" if self.forward else "->", f"({self.to})" if self.to else ""
        terms = " and ".join(f"{c} = {v!r}" for c, v in self.where)
        said = f"{self.table}.{self.column} {arrow} {self.target}{to}"
        return f"{said} where {terms}" if terms else said


@dataclass(frozen=True, slots=True)
class StopIf:
    """A reason not to purge: rows that go, or rows that refer to them, for which ``sql`` is true.

    ``line`` says which rows refer; without it the rows of ``table`` that would be deleted are
    asked. ``kept`` leaves out rows that go themselves. ``days`` gives the SQL ``:since``. Where a
    table that the SQL ``needs`` is not there, nothing stops. ``liftable``: as of a pack's stop.
    """

    rule: str
    why: str
    table: str
    line: Line | None = None
    sql: str = ""
    days: int = 0
    kept: bool = False
    needs: tuple[str, ...] = ()
    effect: Effect = "stop"
    liftable: bool = False

    @property
    def covers(self) -> bool:
        """Whether no row that refers by ``line`` can be left dangling: one would stop all."""
        return self.line is not None and self.kept and not self.sql and self.effect == "stop"


@dataclass(frozen=True, slots=True)
class Directive:
    """How one kind of row is purged.

    ``roots`` lead from a subject to the rows that it starts at, one after the other; ``where`` and
    ``before`` are SQL conditions on these rows: always, and for a selection by age (``:before``).
    """

    name: str
    digest: str
    title: str
    root: str
    key: str = "objid"
    roots: tuple[Line, ...] = ()
    where: str = ""
    before: str = ""
    follow: tuple[Line, ...] = ()
    cut: tuple[Line, ...] = ()
    reference: tuple[str, ...] = ()
    no_delete: tuple[str, ...] = ()
    stops: tuple[StopIf, ...] = ()


@dataclass(frozen=True, slots=True)
class Agenda:
    """Several directives that are carried out together, in their order."""

    directives: tuple[Directive, ...]

    @property
    def named(self) -> dict[str, str]:
        """Map the directives' names to their digests."""
        return {d.name: d.digest for d in self.directives}

    @property
    def key(self) -> str:
        """Name the key column of all of them."""
        return self.directives[0].key

    @property
    def follow(self) -> tuple[Line, ...]:
        """List all relations that are followed."""
        return tuple(dict.fromkeys(line for d in self.directives for line in d.follow))

    @property
    def cut(self) -> tuple[Line, ...]:
        """List all relations that are cut, unless another directive follows them."""
        kept = {(f.table, f.column, f.where) for f in self.follow if not f.forward}
        lines = dict.fromkeys(line for d in self.directives for line in d.cut)
        return tuple(c for c in lines if (c.table, c.column, c.where) not in kept)

    @property
    def stops(self) -> tuple[StopIf, ...]:
        """List all reasons to stop."""
        return tuple(dict.fromkeys(s for d in self.directives for s in d.stops))

    @property
    def no_delete(self) -> frozenset[str]:
        """Name the tables in which nothing is deleted, whichever directive would."""
        return frozenset(t for d in self.directives for t in d.no_delete)


def names() -> tuple[str, ...]:
    """List the directives that come with Efface."""
    return rulebook.shipped_with("directive")


def usual(subject: str) -> str:
    """Name the directive that purges subjects of the table ``subject``.

    Raises:
        Misconfigured: none comes with Efface.
    """
    name = f"purge_{subject.rpartition('.')[2].removeprefix('table_')}"
    if name not in rulebook.shipped_names():
        raise Misconfigured(
            f"no directive {name!r} comes with efface: name yours with --directive FILE.toml"
        )
    return name


def agenda(named: Sequence[str]) -> Agenda:
    """Load directives that are carried out together.

    Raises:
        Misconfigured: one is wrong, or their keys are called differently.
    """
    found = tuple(load(n) for n in dict.fromkeys(named))
    if len({d.key for d in found}) > 1:
        raise Misconfigured("directives with different keys cannot be carried out together")
    return Agenda(found)


def load(name: str) -> Directive:
    """Load the directive ``name``: one that comes with Efface, or a file that ends in .toml.

    Raises:
        Misconfigured: all that is wrong with it at once.
    """
    return _load(name, ())


def _load(name: str, above: tuple[str, ...]) -> Directive:
    text, raw = rulebook.find(name), rulebook.load(name)
    if "directive" not in raw:
        raise Misconfigured(f"{name!r} is no purge directive: it lacks [directive]")
    faults: list[str] = []
    head = raw["directive"] if isinstance(raw["directive"], dict) else {}
    faults += _shape(raw, head)
    base = None
    if not faults and (below := head.get("extends")):
        if below in above or below == name:
            raise Misconfigured(f"directive {name!r} extends itself")
        base = _load(below, (*above, name))
    lines: dict[str, Any] = {
        n: _lines(head.get(n, []), n, faults) for n in ("roots", "follow", "cut")
    }
    faults += _undecided(lines["follow"], lines["cut"])
    stops = tuple(_stops(raw.get("stop_if", []), faults))
    faults += [f"{n} is missing" for n in ("title", "root") if not base and not head.get(n)]
    if faults:
        raise Misconfigured(f"directive {name!r}: {'; '.join(faults)}")
    plain: dict[str, Any] = {n: head[n] for n in ("title", "where", "before") if n in head}
    plain |= {n: head[n].lower() for n in ("root", "key") if n in head}
    listed: dict[str, Any] = {
        n: tuple(t.lower() for t in head.get(n, ())) for n in ("reference", "no_delete")
    }
    made = Directive(name, digest(text), **{"title": "", "root": "", **plain}, **listed)
    made = replace(made, **lines, stops=stops)
    return _extended(base, made, plain) if base else made


def _undecided(follow: Sequence[Line], cut: Sequence[Line]) -> Iterator[str]:
    """Name the relations that one directive follows and cuts as well."""
    kept = {(c.table, c.column, c.where) for c in cut}
    for line in follow:
        if not line.forward and (line.table, line.column, line.where) in kept:
            yield f"{line} stands in follow and in cut: leave it in one of them"


def _extended(base: Directive, more: Directive, plain: Mapping[str, str]) -> Directive:
    """Add what ``more`` says to ``base``; a relation that it follows or cuts is decided anew.

    What ``base`` says of rows that only such a relation led to is left out with it.
    """
    said = {(r.table, r.column, r.where, r.forward) for r in (*more.follow, *more.cut)}
    root = plain.get("root", base.root)
    stays = [r for r in base.follow if (r.table, r.column, r.where, r.forward) not in said]
    lost = _reached(base.root, base.follow) - _reached(root, (*stays, *more.follow))

    def rest(lines: tuple[Line, ...]) -> tuple[Line, ...]:
        return tuple(
            r
            for r in lines
            if (r.table, r.column, r.where, r.forward) not in said
            and (r.table if r.forward else r.target) not in lost
        )

    return replace(
        base,
        name=more.name,
        digest=digest(base.digest + more.digest),
        **plain,
        roots=more.roots or base.roots,
        follow=(*rest(base.follow), *more.follow),
        cut=(*rest(base.cut), *more.cut),
        reference=(*base.reference, *more.reference),
        no_delete=(*base.no_delete, *more.no_delete),
        stops=(*(s for s in base.stops if s.rule not in {m.rule for m in more.stops}), *more.stops),
    )


def _reached(root: str, follow: Sequence[Line]) -> set[str]:
    """Name the tables that lines lead to from ``root``."""
    found, fresh = {root}, True
    while fresh:
        ends = ((r.table, r.target) if r.forward else (r.target, r.table) for r in follow)
        more = {end for begin, end in ends if begin in found} - found
        found, fresh = found | more, bool(more)
    return found


def _shape(raw: Mapping[str, Any], head: Mapping[str, Any]) -> Iterator[str]:
    if strange := sorted(raw.keys() - {"directive", "stop_if", "confirm"}):
        yield f"unknown {', '.join(strange)}: there are directive and stop_if"
    if waiting := raw.get("confirm"):
        said = ", ".join(
            map(str, waiting.get("lines", waiting) if isinstance(waiting, dict) else ())
        )
        yield f"not confirmed: {said}: move each line to follow or cut, then delete [confirm]"
    if strange := sorted(head.keys() - HEAD):
        yield f"unknown {', '.join(strange)}: there are {', '.join(sorted(HEAD))}"
    for name in sorted(HEAD & head.keys()):
        value = head[name]
        if name in TEXTS and not isinstance(value, str):
            yield f"{name} must be a text"
        if name not in TEXTS and not _texts(value):
            yield f"{name} must be a list of texts"


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def _lines(texts: Any, where: str, faults: list[str]) -> tuple[Line, ...]:
    found = []
    for text in texts if _texts(texts) else ():
        line = Line.parse(text)
        if line is None:
            faults.append(f"{where}: {text!r} is not TABLE.COLUMN -> TABLE [where COLUMN = VALUE]")
        elif line.forward and where == "cut":
            faults.append(f"cut: {text!r} points at what it cuts from: write it with ->")
        else:
            found.append(line)
    return tuple(found)


def _stops(tables: Any, faults: list[str]) -> Iterator[StopIf]:
    for n, raw in enumerate(tables if isinstance(tables, list) else (), start=1):
        where = f"stop_if {raw.get('rule', n) if isinstance(raw, dict) else n}"
        if not isinstance(raw, dict) or not {"rule", "why", "rows"} <= raw.keys():
            faults.append(f"{where} needs rule, why and rows")
            continue
        kinds = {"days": int, "kept": bool, "needs": list, "liftable": bool}
        wrong = [k for k, v in raw.items() if not isinstance(v, kinds.get(k, str))]
        wrong += sorted(raw.keys() - STOP)
        if raw.get("effect", "stop") not in ("stop", "warn"):
            wrong.append("effect (stop or warn)")
        line = Line.parse(raw["rows"]) if isinstance(raw["rows"], str) else None
        if line is None and (not isinstance(raw["rows"], str) or " " in raw["rows"].strip()):
            wrong.append("rows (a table, or TABLE.COLUMN -> TABLE)")
        if wrong:
            faults.append(f"{where}: cannot be read: {', '.join(wrong)}")
            continue
        rest = {k: v for k, v in raw.items() if k not in ("rows", "needs")}
        rest["needs"] = tuple(map(str.lower, raw.get("needs", ())))
        table = line.table if line else raw["rows"].strip().lower()
        yield StopIf(table=table, line=line, **rest)
