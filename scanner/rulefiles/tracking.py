"""What a pack says of requests to be forgotten: when one counts, and how the CRM keeps it.

``Policy`` goes for any site. ``Desk`` is for products that track requests as rows of their own
(action items): where they stand, and what the product writes for each errand (create, dispatch,
note, close). Values that stand in braces are filled in: ``{item}``, ``{queue.title}``, ``{now}``.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any, Literal, TypeVar

from scanner.errors import Misconfigured

T = TypeVar("T")

METHODS = ("redact", "purge")
"""What can be asked for."""

ERRANDS = ("create", "dispatch", "note", "close")
"""What is written for a request, each by rows that the pack lists."""

Reviews = Literal["keep", "refuse"]
"""What a run does where places may mean somebody else: keep and count them, or leave all open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """When a request is carried out, and how.

    ``delay_days`` count from the approval, ``term_months`` (calendar months, Art. 12(3) GDPR) from
    the day on which the request was received. ``second_person``: who approves a request must not
    be who opened it. ``methods`` maps what the item's ``kind`` column says to another method;
    ``directives`` say how a subject is purged, the usual one where there are none. In ``done`` a
    count may have its word: ``{rows:row}`` is 1 row or 2 rows.
    """

    type: str = "GDPR"
    status: str = "Approved"
    delay_days: int = 30
    term_months: int = 1
    second_person: bool = False
    reviews: Reviews = "keep"
    method: str = "redact"
    methods: Mapping[str, str] = field(default_factory=dict)
    directives: tuple[str, ...] = ()
    queue: str = ""
    title: str = "Request for erasure"
    agent: str = ""
    done: str = "Efface carried this out by {method}: {rows:row}, {reviews:place} kept for review."
    refused: str = "Efface did not carry this out: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """The table of the items, and its columns; ``where`` tells requests from other items."""

    table: str
    where: Mapping[str, Any]
    number: str
    subject: str
    received: str
    status: str
    kind: str
    originator: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class States:
    """The rows that say whether an item is open: the titles of open and of closed ones."""

    table: str
    title: str
    open: tuple[str, ...]
    closed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Titled:
    """A table in which a column says what people call a row."""

    table: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The rows that say when an item got which status, and from whom."""

    table: str
    item: str
    status: str
    when: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """The rows that hold an item's notes."""

    table: str
    item: str
    text: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Where the keys of new rows come from.

    ``table`` holds the next number of each kind of row; ``kinds`` maps tables to their kinds. A key
    is that number above ``block`` times the site's number, which ``site_table`` says (CLARIFY.md,
    section 1: objid = site number x 2^28 + counter).
    """

    table: str
    kind: str
    next: str
    kinds: Mapping[str, int]
    block: int
    site_table: str
    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Where the numbers that people see come from."""

    table: str
    where: Mapping[str, Any]
    next: str
    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """One row that has to be there: of ``table``, with ``where``."""

    table: str
    where: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One row that is written: a new one of ``insert``, called ``name``, or ``row`` of ``update``."""

    set: Mapping[str, Any]
    insert: str = ""
    name: str = ""
    update: str = ""
    row: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """How a product keeps requests: where they stand, and what it writes for each errand."""

    items: Items
    states: States
    titles: Titled
    people: Titled
    changes: Changes
    notes: Notes
    keys: Keys
    series: Series
    find: Mapping[str, Find]
    errands: Mapping[str, tuple[Write, ...]]

    @property
    def tables(self) -> frozenset[str]:
        """Name all tables that are read or written, in lower case."""
        parts = (getattr(self, part) for part in PARTS)
        names = {p.table for p in parts} | {self.keys.site_table}
        names |= {f.table for f in self.find.values()}
        names |= {w.insert or w.update for some in self.errands.values() for w in some}
        return frozenset(n.lower() for n in names)


@dataclass(frozen=True, slots=True)
class Tracking:
    """What a pack says of requests; ``desk`` is None where the product has no action items."""

    policy: Policy = field(default_factory=Policy)
    desk: Desk | None = None


PARTS: Mapping[str, type[Any]] = {
    "items": Items,
    "states": States,
    "titles": Titled,
    "people": Titled,
    "changes": Changes,
    "notes": Notes,
    "keys": Keys,
    "series": Series,
}
"""The tables of ``[requests]`` that each are one value."""


def parse(raw: Mapping[str, Any], name: str, place: Callable[[str], str] = str) -> Tracking:
    """Read the ``[requests]`` of the pack ``name``; ``place`` says where its directives are.

    Raises:
        Misconfigured: it says what is not known, leaves out what is needed, or makes no sense.
    """
    desk = {k: v for k, v in raw.items() if k in PARTS or k in ("find", "errands")}
    policy = _made(Policy, {k: v for k, v in raw.items() if k not in desk}, f"{name}: [requests]")
    _sensible(policy, name)
    policy = replace(policy, directives=tuple(map(place, policy.directives)))
    return Tracking(policy, _desk(desk, name) if desk else None)


def _sensible(policy: Policy, name: str) -> None:
    if faults := [*_faults(policy)]:
        raise Misconfigured(f"{name}: [requests]: {'; '.join(faults)}")


def _faults(policy: Policy) -> Iterator[str]:
    """List all that makes no sense."""
    wrong = {policy.method, *policy.methods.values()} - {*METHODS}
    if wrong:
        yield f"no method {', '.join(sorted(wrong))}: redact or purge"
    if not isinstance(policy.directives, tuple):
        yield "directives is a list of names and files"
    if policy.reviews not in ("keep", "refuse"):
        yield "reviews is keep or refuse"
    for key in ("delay_days", "term_months"):
        value = getattr(policy, key)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            yield f"{key} is a whole number"
    if not isinstance(policy.second_person, bool):
        yield "second_person is true or false"


def _desk(raw: Mapping[str, Any], name: str) -> Desk:
    where = f"{name}: [requests"
    missing = sorted({*PARTS, "find", "errands"} - set(raw))
    if missing:
        raise Misconfigured(
            f"{where}]: lacks {', '.join(missing)}: compare with rules/clarify.toml"
        )
    if set(raw["errands"]) != set(ERRANDS):
        raise Misconfigured(f"{where}.errands]: these are {', '.join(ERRANDS)}")
    writes = {
        errand: tuple(_write(one, f"{where}.errands.{errand}]") for one in some)
        for errand, some in raw["errands"].items()
    }
    finds = {n: _made(Find, one, f"{where}.find.{n}]") for n, one in raw["find"].items()}
    parts = {part: _made(kind, raw[part], f"{where}.{part}]") for part, kind in PARTS.items()}
    unnumbered = {w.insert for some in writes.values() for w in some if w.insert}
    if unnumbered := unnumbered - set(parts["keys"].kinds):
        raise Misconfigured(f"{where}.keys]: no kind of {', '.join(sorted(unnumbered))}")
    return Desk(**parts, find=finds, errands=writes)


def _write(raw: Mapping[str, Any], where: str) -> Write:
    made = _made(Write, raw, where)
    if bool(made.insert) == bool(made.update) or bool(made.update) != bool(made.row):
        raise Misconfigured(f"{where}: needs insert, or update and row")
    return made


def _made(kind: type[T], raw: Mapping[str, Any], where: str) -> T:
    known = {f.name: f for f in fields(kind)}  # type: ignore[arg-type]  # a dataclass
    needed = {n for n, f in known.items() if f.default is MISSING and f.default_factory is MISSING}
    if unknown := sorted(set(raw) - set(known)):
        raise Misconfigured(
            f"{where}: unknown {', '.join(unknown)}: there are {', '.join(sorted(known))}"
        )
    if missing := sorted(needed - set(raw)):
        raise Misconfigured(f"{where}: lacks {', '.join(missing)}")
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()})
