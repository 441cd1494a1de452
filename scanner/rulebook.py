"""Rule files: where they are, and what a pack (the knowledge about one product) says. Reads only.

A name is a file shipped in ``rules/``; anything that ends in ``.toml`` is a file of the user's.
"""

import fnmatch
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from scanner.errors import Misconfigured
from scanner.model import Personal, TableRef, digest
from scanner.rulefiles import ruletables, tracking
from scanner.rulefiles.tracking import Tracking

T = TypeVar("T")

RELATION = re.compile(r"[a-z]\w*2[a-z]\w*")
"""A relation column of a table that the pack knows: role2target."""

Rows = Literal["own", "linked"]
"""Whose the rows of a reach are: the subject's own, or shared ones that only mention it."""

PLAIN = frozenset({"pack", "subject", "directive"})
"""Sections of rule files that may have any name."""

BY_NAME = ("exports", "holds", "mailboxes", "names", "neutral", "people", "policy")
"""Rule files that are asked for by their names, but for those with recognizers."""

KEPT = 8
"""How many packs are kept, by what their files say: parsing one takes longer than much that uses it."""

PERSONAL = ("direct", "quasi", "free_text", "none")
"""What a pack may declare a column to be."""


def find(name: str) -> str:
    """Read the user's file ``name``, or the shipped one of that name.

    Raises:
        Misconfigured: there is neither.
    """
    if name.endswith(".toml"):
        try:
            return Path(name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise Misconfigured(f"the rule file {name!r} cannot be read") from None
    shipped = files("rules") / f"{name}.toml"
    if not re.fullmatch(r"[\w-]+", name) or not shipped.is_file():
        raise Misconfigured(f"no rule file {name!r}: there are {', '.join(shipped_names())}")
    return shipped.read_text(encoding="utf-8")


def shipped_names() -> tuple[str, ...]:
    """List the rule files that come with Efface."""
    found = (f.name for f in files("rules").iterdir())
    return tuple(sorted(n.removesuffix(".toml") for n in found if n.endswith(".toml")))


def load_script(name: str) -> dict[str, Any]:
    """Parse a shipped file that says how scripts for one database are framed."""
    return tomllib.loads((files("rules") / "scripts" / f"{name}.toml").read_text(encoding="utf-8"))


def load(name: str) -> dict[str, Any]:
    """Parse a rule file.

    Raises:
        Misconfigured: it is missing or no TOML; the message has the line.
    """
    return _parsed(name, find(name))


def _parsed(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(f"rule file {name!r}: {error}") from None


@dataclass(frozen=True, slots=True)
class Declared:
    """What a pack says of a column; ``choice`` overrides the policy's suggestion."""

    personal: Personal
    entity: str = ""
    choice: str = ""

    @classmethod
    def parse(cls, text: str, where: str) -> Self:
        """Read ``"direct PHONE_NUMBER keep"``: what it is, the entity, the choice."""
        first, *rest = text.split() or [""]
        entities = [w for w in rest if w.isupper()]
        choices = [w for w in rest if not w.isupper()]
        if first not in PERSONAL or len(entities) > 1 or len(choices) > 1:
            raise Misconfigured(
                f"{where}: {text!r} is not PERSONAL [ENTITY] [choice], "
                f"where PERSONAL is one of {', '.join(PERSONAL)}"
            )
        entity = entities[0] if entities else ("FREE_TEXT" if first == "free_text" else "")
        return cls(first, entity, choices[0] if choices else "")  # type: ignore[arg-type]  # in PERSONAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How rows of ``table`` are found from rows of ``start``.

    Either ``by``, a column of ``table``, holds the value of ``start.to``; or ``via``, a column of
    ``start``, holds the value of ``table.to``; or the rows of ``through`` pair ``near`` (of
    ``start``) with ``far`` (of ``table``). ``where`` compares columns of ``table`` with constants.
    ``unshared`` names (table, link column, person column[, table of the person column]): a row
    that another person's row links to is left out. ``only`` limits what is rewritten to some columns. ``identity`` says that
    these rows describe the subject itself.
    """

    table: str
    start: str
    by: str = ""
    via: str = ""
    to: str = ""
    through: str = ""
    near: str = ""
    far: str = ""
    where: Mapping[str, Any] = field(default_factory=dict)
    unshared: tuple[tuple[str, ...], ...] = ()
    only: tuple[str, ...] = ()
    rows: Rows = "own"
    identity: bool = False
    called: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Columns (globs) of tables outside the dictionary that hold the value of ``to``."""

    columns: tuple[str, ...]
    to: str

    def names(self, column: str) -> bool:
        """Whether a column of this name is such a link."""
        return any(fnmatch.fnmatchcase(column.lower(), glob) for glob in self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A reason not to go on, or to warn: an own row of ``table`` with ``where``.

    ``where`` compares columns with constants or lists of them; ``via``/``of`` follow one relation
    first: the own row's column ``via`` names a row of ``of`` that ``where`` is asked of. With
    ``by`` the rows count whose column ``by`` names the subject, be they its own or not. ``but``
    are keys of rows that do not count, such as the request that is being carried out. Who may
    decide otherwise on one that is ``liftable`` is told what to write.
    """

    rule: str
    table: str
    why: str
    where: Mapping[str, Any] = field(default_factory=dict)
    via: str = ""
    of: str = ""
    by: str = ""
    redact: Literal["stop", "warn", "ignore"] = "stop"
    purge: Literal["stop", "warn", "ignore"] = "stop"
    but: tuple[Any, ...] = ()
    liftable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """A figure that reports are made of: rows of ``table`` counted by the columns ``by``.

    ``months`` names date columns that are cut to their month first.
    """

    name: str
    table: str
    by: tuple[str, ...] = ()
    months: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Something outside the database's reach that people must see to."""

    kind: str
    why: str
    table: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """The knowledge about one product's schema."""

    name: str
    digest: str
    title: str
    known_by: tuple[str, ...]
    key: str
    shadow: str
    empty_date: datetime | None
    dictionary: str
    subject: str
    holders: tuple[str, ...]
    columns: Mapping[str, Mapping[str, Declared]]
    safe: Mapping[tuple[str, str], tuple[re.Pattern[str], ...]]
    reaches: tuple[Reach, ...]
    links: tuple[Link, ...]
    stops: tuple[Stop, ...]
    kpis: tuple[Kpi, ...]
    duties: tuple[Duty, ...]
    requests: Tracking = field(default_factory=Tracking)

    def declared(self, table: str, column: str) -> Declared | None:
        """Say what the pack knows of a column.

        An upper-case shadow is what its base is; a relation column (x2y) holds a key.
        """
        known = self.columns.get(table.lower(), {})
        name = column.lower()
        base = self.base(name)
        found = known.get(name) or (known.get(base) if base else None)
        if found is None and known and RELATION.fullmatch(name):
            return Declared("none")
        return found

    def base(self, column: str) -> str:
        """Name the column that ``column`` would be the shadow of, else an empty text."""
        name = column.lower()
        return (
            name.removeprefix(self.shadow) if self.shadow and name.startswith(self.shadow) else ""
        )

    def knows(self, table: str) -> bool:
        """Whether the table belongs to the product itself."""
        return table.lower() in self.columns

    def holds(self, table: TableRef, copies: Mapping[TableRef, TableRef]) -> bool:
        """Whether rows of a table, or of what it copies, are people, or what is one's own."""
        names = {table.name.lower(), copies.get(table, table).name.lower()}
        return not names.isdisjoint(self.holders)

    def names_people(self, table: str, column: str) -> bool:
        """Whether a column holds the keys of subjects: its table's own, or what refers to them."""
        where, name = table.lower(), column.lower()
        own = {_bare(r.table) for r in self.reaches if r.rows == "own"}
        mine = where in {_bare(self.subject), *own}
        key = mine and name == self.key.lower()
        return key or any(
            name == end.lower()
            for r in self.reaches
            if _bare(r.start) == _bare(self.subject) and r.to.lower() == self.key.lower()
            for at, end in ((r.table, r.by), (r.through, r.near))
            if end and _bare(at) == where
        )

    def fits(self, tables: Sequence[str]) -> bool:
        """Whether a database with these tables is one of this product."""
        return set(self.known_by) <= {t.lower() for t in tables}


def _bare(table: str) -> str:
    """Name a table without its schema, in lower case."""
    return table.rpartition(".")[2].lower()


def pack(name: str) -> Pack:
    """Load the pack ``name`` (shipped, or a .toml file) and check it.

    Raises:
        Misconfigured: all that is wrong with it at once.
    """
    text = find(name)
    base = _extends(name, text)
    return _made(name, text, base, find(base) if base else "")


@lru_cache(KEPT)
def _extends(name: str, text: str) -> str:
    head = _parsed(name, text).get("pack", {})
    return str(head.get("extends", "")) if isinstance(head, dict) else ""


@lru_cache(KEPT)
def _made(name: str, text: str, base: str, under: str) -> Pack:
    raw = _parsed(name, text)
    if base:
        text, raw = text + under, _extended(raw, _parsed(base, under), name, base)
    if "pack" not in raw or "subject" not in raw:
        raise Misconfigured(f"{name!r} is no pack: it lacks [pack] or [subject]")
    try:
        return _pack(name, digest(text), raw)
    except (KeyError, TypeError, ValueError, AttributeError, re.error) as error:
        raise Misconfigured(
            f"pack {name!r}: {type(error).__name__} at {error}: compare with rules/clarify.toml"
        ) from None


def _extended(raw: dict[str, Any], base: dict[str, Any], name: str, of: str) -> dict[str, Any]:
    """Put what a pack says of its own into the one that it extends: stops by their rules, requests.

    Raises:
        Misconfigured: it says more than that, or extends what is no pack or extends another.
    """
    if "subject" not in base or "extends" in base["pack"]:
        raise Misconfigured(f"{name}: [pack]: extends names a pack that is whole, not {of!r}")
    _only(raw, f"{name}, which extends {of}", _EXTENDING)
    _only(raw["pack"], f"{name}: [pack]", _HEAD | {"extends"})
    mine = {one.get("rule"): one for one in raw.get("stop", ())}
    stops = [{**one, **mine.pop(one["rule"], {})} for one in base.get("stop", ())]
    return {
        **base,
        "pack": {**base["pack"], **{k: v for k, v in raw["pack"].items() if k != "extends"}},
        "stop": [*stops, *mine.values()],
        "requests": {**base.get("requests", {}), **raw.get("requests", {})},
    }


@cache
def packs() -> tuple[str, ...]:
    """List the packs that come with Efface."""
    return shipped_with("subject")


def shipped_with(section: str) -> tuple[str, ...]:
    """List the rule files that come with Efface and have a section.

    Raises:
        Misconfigured: a file is there that nothing reads, so that it would be left out silently.
    """
    said = {n: load(n) for n in shipped_names()}
    read = {*BY_NAME, *(n.removesuffix(".toml") for n in ruletables.OURS)}
    if strange := [n for n, raw in said.items() if n not in read and not {*raw} & PLAIN]:
        raise Misconfigured(
            f"nothing reads {', '.join(f'rules/{n}.toml' for n in strange)}, as it has neither "
            "[pack] nor [directive]: mend its sections, or take it out and give recognizers with "
            "--rules FILE"
        )
    return tuple(n for n, raw in said.items() if section in raw)


def choose(name: str, tables: Sequence[str]) -> Pack | None:
    """Load the pack ``name``; ``auto`` takes the one that fits the tables, ``none`` none."""
    if name == "none":
        return None
    if name != "auto":
        return pack(name)
    return next((p for p in map(pack, packs()) if p.fits(tables)), None)


def _beside(name: str) -> Callable[[str], str]:
    """Find the directives that a pack names: files beside it, else from where efface is run."""

    def place(directive: str) -> str:
        near = Path(name).parent / directive
        ours = directive.endswith(".toml") and name.endswith(".toml") and near.is_file()
        return str(near) if ours else directive

    return place


def _pack(name: str, text_digest: str, raw: dict[str, Any]) -> Pack:
    _only(raw, name, _SECTIONS)
    head, subject = raw["pack"], raw["subject"]
    _whole(raw, name)
    _only(head, f"{name}: [pack]", _HEAD)
    _only(subject, f"{name}: [subject]", _SUBJECT)
    _confirmed(raw, name)
    key = head.get("key", "objid")
    return Pack(
        name=name,
        digest=text_digest,
        title=head["title"],
        known_by=tuple(head["known_by"]),
        key=key,
        shadow=head.get("shadow", ""),
        empty_date=head.get("empty_date"),
        dictionary=head.get("dictionary", ""),
        subject=subject["table"].lower(),
        holders=tuple(subject.get("holders", ())),
        columns=_columns(raw.get("columns", {})),
        safe={
            (one["table"], one["column"]): tuple(re.compile(p) for p in one["patterns"])
            for one in raw.get("safe", ())
        },
        reaches=tuple(_reach(one, key) for one in raw.get("reach", ())),
        links=tuple(_make(Link, one) for one in raw.get("link", ())),
        stops=tuple(_stop(one) for one in raw.get("stop", ())),
        kpis=tuple(_make(Kpi, one) for one in raw.get("kpi", ())),
        duties=tuple(_make(Duty, one) for one in raw.get("duty", ())),
        requests=tracking.parse(raw.get("requests", {}), name, _beside(name)),
    )


_HEAD = frozenset({"title", "known_by", "key", "shadow", "empty_date", "dictionary"})
_EXTENDING = frozenset({"pack", "stop", "requests"})
_SUBJECT = frozenset({"table", "holders", "confirm"})
_SECTIONS = frozenset(
    {"pack", "subject", "columns", "safe", "reach", "link", "stop", "kpi", "duty", "requests"}
)


def _only(raw: Mapping[str, Any], where: str, known: frozenset[str]) -> None:
    if unknown := sorted(set(raw) - known):
        raise Misconfigured(
            f"{where}: unknown {', '.join(unknown)}: there are {', '.join(sorted(known))}"
        )


_NEEDED = {
    "pack": ("title", "known_by"),
    "subject": ("table",),
    "reach": ("table", "from"),
    "link": ("columns", "to"),
    "kpi": ("name", "table"),
    "duty": ("kind", "why"),
    "safe": ("table", "column", "patterns"),
}
"""What each part of a pack must say; stops have words of their own."""


def _whole(raw: Mapping[str, Any], name: str) -> None:
    """Refuse a pack that does not say what it must, with all that it lacks."""
    lacking = []
    for part, needed in _NEEDED.items():
        single = isinstance(raw.get(part), Mapping)
        for number, one in enumerate([raw[part]] if single else raw.get(part, ()), 1):
            if missing := [word for word in needed if word not in one]:
                place = f"[{part}]" if single else f"[[{part}]] number {number}"
                lacking.append(f"{place} lacks {', '.join(missing)}")
    if lacking:
        raise Misconfigured(f"pack {name!r}: {'; '.join(lacking)}: rules/clarify.toml shows how")


def _confirmed(raw: Mapping[str, Any], name: str) -> None:
    """Refuse a proposed pack in which something still waits for a person."""
    asked = ["[subject]"] if raw["subject"].get("confirm") else []
    asked += [
        f"{one['table']} from {one['from']}" for one in raw.get("reach", ()) if one.get("confirm")
    ]
    if asked:
        raise Misconfigured(
            f"pack {name!r}: not confirmed: {'; '.join(asked)}: delete the line confirm = true "
            "where it is right, the whole [[reach]] where it is not"
        )


def _columns(raw: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, Declared]]:
    """Read ``columns.TABLE``: a text for a column, or for several names with spaces between."""
    return {
        table: {
            column: Declared.parse(text, f"{table}.{column}")
            for names, text in columns.items()
            for column in names.split()
        }
        for table, columns in raw.items()
    }


def _reach(raw: Mapping[str, Any], key: str) -> Reach:
    values = {"to": key, **raw}
    values["start"] = values.pop("from")
    values.pop("confirm", None)
    if "unshared" in values:
        values["unshared"] = tuple(tuple(one) for one in values["unshared"])
    reach = _make(Reach, values)
    if sum(map(bool, (reach.by, reach.via, reach.through))) != 1:
        raise Misconfigured(f"reach of {reach.table}: needs one of by, via, through")
    return reach


def _stop(raw: Mapping[str, Any]) -> Stop:
    name = f"stop {raw.get('rule', '')!r}"
    if missing := sorted({"rule", "table", "why"} - set(raw)):
        raise Misconfigured(f"{name}: lacks {', '.join(missing)}")
    stop = _make(Stop, raw)
    if not {stop.redact, stop.purge} <= {"stop", "warn", "ignore"}:
        raise Misconfigured(f"{name}: redact and purge are stop, warn or ignore")
    return stop


def _make(kind: type[T], raw: Mapping[str, Any]) -> T:
    known = frozenset(f.name for f in fields(kind))  # type: ignore[arg-type]  # a dataclass
    _only(raw, f"{kind.__name__.lower()} {raw.get('table', raw.get('to', ''))}", known)
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()})
