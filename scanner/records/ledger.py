"""What the journal holds of each erasure beside its receipt, and how it is read back.

With the intent go the marks of the subject (HMACs), who asked and approved, and people's answers;
once for each workbook, what plans are made from. After the commit nobody could tell these any more.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from scanner.errors import Misconfigured
from scanner.identity import Identity
from scanner.journal import Journal
from scanner.model import Database, TableRef, digest
from scanner.planner import Draft
from scanner.plans import Basis, Mention, Plan, Review
from scanner.sealing import marks
from scanner.sealing.chain import Entry

ID = re.compile(r"(?=[^\d]*\d)[A-Za-z0-9][A-Za-z0-9._:/#-]{0,39}")
"""A request's number: no spaces and at least one digit, so that no name fits."""

LONGEST = 60
LOGIN, STRANGE = re.compile(rf"[\w.\\@-]{{1,{LONGEST}}}"), re.compile(r"[^\w.\\@-]")
"""Whom a computer knows by that name, and what no login has: a space."""

NUMBERED = (
    "a request is named by its number, such as SR-2026-17: up to 40 letters, digits "
    "and . _ : / # -, with a digit and without spaces; never by a name or an address"
)
APPROVING = "who approves is named by a login: up to 60 letters and digits"


def as_login(name: str) -> str:
    """Write down what a computer or a CRM calls somebody as a login; what none has becomes a line."""
    return STRANGE.sub("_", name)[:LONGEST]


class Grounded(Protocol):
    """A plan about one subject or about many, as far as it says what it was made from."""

    @property
    def database(self) -> Database:
        """Of which database it is."""

    @property
    def pack(self) -> str:
        """The pack's name."""

    @property
    def pack_digest(self) -> str:
        """The pack's digest."""

    @property
    def basis(self) -> Basis:
        """What the audit says."""


@dataclass(frozen=True, slots=True)
class Warrant:
    """On whose word something is erased: the request's id, who approved it, and what it repeats.

    ``again`` names the journal's line of an erasure that a restored copy has undone.
    """

    request: str = ""
    by: str = ""
    again: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.request and not ID.fullmatch(self.request):
            raise Misconfigured(NUMBERED)
        if self.by and not LOGIN.fullmatch(self.by):
            raise Misconfigured(APPROVING)

    def to_raw(self) -> dict[str, Any]:
        """Write what is known."""
        return {k: v for k, v in asdict(self).items() if v}


NOBODYS = Warrant()
"""Nobody said who asked."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """A completed erasure as the journal has it; ``basis`` is none where an early journal has none.

    ``first`` is the line that says that it was done, the first time, ``last`` the last time.
    """

    table: str
    key: Any
    method: str
    request: str
    pack: str
    pack_digest: str
    first: Entry
    last: Entry
    basis: Basis | None = field(repr=False)
    answers: tuple[Review, ...] = field(repr=False)
    marks: Mapping[str, frozenset[str]] = field(repr=False)
    directives: tuple[str, ...] = ()


def intent(
    journal: Journal, plan: Plan, draft: Draft, warrant: Warrant, when: str
) -> dict[str, Any]:
    """Say what the journal keeps of an erasure that is about to be committed.

    Writes what the plan was made from into the journal, where it is not there yet.

    Raises:
        Negative: the journal is broken. Misconfigured: it cannot be written.
    """
    name = basis_of(journal, plan, when)
    answers = [
        {"id": r.id, "answer": r.answer, "by": r.by, "when": r.when}
        for r in plan.reviews
        if r.answer
    ]
    found = marks.of(draft.identity, journal.unlock().marking())
    return {
        "subject": {"table": plan.subject[0], "key": plan.subject[1]},
        "method": plan.method,
        **({"directives": dict(plan.directives)} if plan.directives else {}),
        "basis": name,
        "answers": answers,
        "marks": {"form": marks.FORM, **found},
        **warrant.to_raw(),
    }


def subjects(
    table: str, identities: Mapping[Any, Identity], marking: bytes
) -> list[dict[str, Any]]:
    """Say who the subjects of a batch are: keys and marks, for ``content["subjects"]``.

    Args:
        table: the subjects' table.
        identities: by key, what each is called.
        marking: the key of the marks (``journal.unlock().marking()``).
    """
    return [
        {"table": table, "key": key, "marks": {"form": marks.FORM, **marks.of(who, marking)}}
        for key, who in identities.items()
    ]


def basis_of(journal: Journal, plan: Grounded, when: str) -> str:
    """Name what a plan was made from, for ``content["basis"]``; write it down the first time.

    Raises:
        Negative: the journal is broken. Misconfigured: it cannot be written.
    """
    return laid(journal, grounds(plan), when)


def grounds(plan: Grounded) -> dict[str, Any]:
    """Say what a plan was made from, under the ``name`` of all that."""
    content = {
        "database": asdict(plan.database),
        "pack": plan.pack,
        "digests": {
            "scan": plan.basis.scan,
            "workbook": plan.basis.workbook,
            "pack": plan.pack_digest,
        },
        "basis": plan.basis.to_raw(),
    }
    return {"name": digest(json.dumps(content, sort_keys=True)), **content}


def laid(journal: Journal, basis: Mapping[str, Any], when: str) -> str:
    """Write ``grounds`` down the first time; give their name.

    Raises:
        Negative: the journal is broken. Misconfigured: it cannot be written.
    """
    name = str(basis["name"])
    if not any(e.event == "basis" and e.content.get("name") == name for e in journal.read()):
        journal.append("basis", when, "", dict(basis))
    return name


def erasures(entries: Iterable[Entry]) -> tuple[Erasure, ...]:
    """Read back all completed erasures, one for each subject and method, oldest first.

    A subject that was erased several times has the marks and the answers of all, the basis of the
    last. A batch that does not say who its subjects were is one without a key.
    """
    bases: dict[str, Entry] = {}
    intents: dict[str, Entry] = {}
    found: dict[tuple[str, str, str], Erasure] = {}
    for entry in entries:
        if entry.event == "basis":
            bases[entry.content["name"]] = entry
        elif entry.event == "intent":
            intents[entry.plan] = entry
        elif entry.event in ("done", "batch") and (begun := intents.get(entry.plan)):
            for subject in _subjects(entry, begun):
                made = _erasure(entry, begun, subject, bases)
                name = (made.table, str(made.key) or str(entry.number), made.method)
                found[name] = _joined(found[name], made) if name in found else made
    return tuple(sorted(found.values(), key=lambda e: e.first.number))


def answered(plan: Plan, entries: Sequence[Entry]) -> Plan:
    """Take over the answers with which the journal says that a plan was carried out, if it was."""
    done = {e.plan for e in entries if e.event == "done"}
    for entry in reversed(entries):
        if entry.event == "intent" and entry.plan in done:
            made = plan.answered(map(_answer, entry.content.get("answers", ())))
            if made.digest == entry.plan:
                return made
    return plan


def _subjects(done: Entry, begun: Entry) -> Sequence[Mapping[str, Any]]:
    """Say who was erased: the subject of an intent with its marks, or all those of a batch.

    The end of many batches says nothing that they did not say.
    """
    if done.event == "batch":
        some: Sequence[Mapping[str, Any]] = (
            done.content.get("subjects") or begun.content.get("subjects") or ({},)
        )
        return some
    if "batch" in begun.content:
        return ()
    subject = begun.content.get("subject") or {}
    return ({**subject, "marks": begun.content.get("marks")},)


def _erasure(
    done: Entry, begun: Entry, subject: Mapping[str, Any], bases: Mapping[str, Entry]
) -> Erasure:
    base = bases.get(begun.content.get("basis", ""))
    content = base.content if base else {}
    default = "purge" if done.event == "batch" else "redact"
    return Erasure(
        table=subject.get("table", ""),
        key=subject.get("key", ""),
        method=begun.content.get("method") or done.content.get("method") or default,
        request=begun.content.get("request", ""),
        pack=content.get("pack", done.content.get("pack", "")),
        pack_digest=content.get("digests", {}).get("pack", ""),
        first=done,
        last=done,
        basis=_read_basis(content) if base else None,
        answers=tuple(map(_answer, begun.content.get("answers", ()))),
        marks={k: frozenset(v) for k, v in marks.readable(subject).items()},
        directives=tuple(begun.content.get("directives", ())),
    )


def _read_basis(content: Mapping[str, Any]) -> Basis:
    return Basis.from_raw(content["basis"], content["digests"], Database(**content["database"]))


def _answer(raw: Mapping[str, Any]) -> Review:
    """Take an answer for what it says; the place is found again by the review's id."""
    nowhere = Mention(TableRef("", ""), (), "", (), "possible")
    return Review(raw["id"], nowhere, "", raw["answer"], raw["by"], raw["when"])


def _joined(earlier: Erasure, later: Erasure) -> Erasure:
    kinds = earlier.marks.keys() | later.marks.keys()
    none: frozenset[str] = frozenset()
    answers = {r.id: r for r in (*earlier.answers, *later.answers)}
    return Erasure(
        table=later.table,
        key=later.key,
        method=later.method,
        request=later.request or earlier.request,
        pack=later.pack or earlier.pack,
        pack_digest=later.pack_digest or earlier.pack_digest,
        first=earlier.first,
        last=later.last,
        basis=later.basis or earlier.basis,
        answers=tuple(answers.values()),
        marks={k: earlier.marks.get(k, none) | later.marks.get(k, none) for k in sorted(kinds)},
        directives=later.directives or earlier.directives,
    )


def known(entries: Iterable[Entry]) -> dict[str, set[str]]:
    """Collect the marks of all who were erased, by kind."""
    found: dict[str, set[str]] = {}
    for erasure in erasures(entries):
        for kind, some in erasure.marks.items():
            found.setdefault(kind, set()).update(some)
    return found
