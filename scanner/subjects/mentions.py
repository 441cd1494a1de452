"""Where the subject is named outside the cells that are rewritten, and how sure that is.

Strong identifiers are certain anywhere, unless somebody else has them too. A full name is
corroborated by something strong beside it or by a relation to the subject, else only possible.
Another way to write it needs something strong; what only looks alike is always asked about.
Parts of a name count beside something else of the subject.
"""

import re
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from scanner.errors import Refused
from scanner.graph import Territory
from scanner.identity import AROUND, Identity, surroundings
from scanner.matcher import Match
from scanner.model import Certainty, ColumnRef, Key, Span, TableRef, digest
from scanner.plans import Answer, Basis, Mention, Review
from scanner.rulebook import Pack
from scanner.subjects import neighbours
from scanner.subjects.bearers import others_name, tells
from scanner.subjects.bounds import half_capitals, in_two_sentences, part_of_another, thing
from scanner.subjects.details import behind, cued
from scanner.subjects.neighbours import parted, strange, touch
from scanner.subjects.searcher import RowHits, text
from scanner.texts.folding import folded, spaced

NAMESAKE = "a full name with nothing beside it: it may be a namesake"
NEIGHBOUR = "the same street address: it may be a neighbour or a household"
BESIDE = "the same town or postcode in a row that holds something of the subject"
SHORT = "a number without an area code, or a short one: it may be another's"
KEYED = "the same number stands in a column that holds keys or codes, not people"
SHARED = "somebody else has the same address, number or id"
COMMON = "a mailbox or a number that many give: it says nothing of whom"
OTHER_NAME = "a part of the name beside a part of another name"
LOOKS_LIKE = "nearly the name or the address: it may be somebody else's"
PART = "a part of the name alone, in something that the subject has to do with"
LONE = "a part of the name alone, and few texts hold it"
ABOUT_IT = "a part of the name or a date in a text that holds something else of the subject"
SIGNED = "a name behind the close of a letter: it may be its writer's"
SAME_NAME = "the full name, and somebody else has the same"
ELSES = "a part of the name, with an address or a number behind it that is not the subject's"
SAME_PART = "a part of the name, and somebody else has the same name"
THING = "a company, a street or another thing that is called like the subject"
DETAIL = "an address or a number beside the name, and no row of the subject holds it"
COMPUTED = "the database computes it from other columns, in which nothing sure stands"
"""Why a match is only possible."""

ABOUT = 2
"""So many things of the subject alone make a text one about it."""

NEAR_NAME, NEAR_PART, TOUCHING = 60, 40, 3
"""How many characters may stand between a name, or a part of one, and what corroborates it.

Where somebody else has the name, too, a part of it needs something ``TOUCHING`` it besides: what
corroborates it, or the other part.
"""

PARAGRAPH = re.compile(r"(?:\r\n|\n\r|\n|\r)[\s>]*(?:\r\n|\n\r|\n|\r)")
"""An empty line, also in a quoted mail."""

Place = tuple[TableRef, tuple[object, ...], str]
"""A cell: table, key, column."""

Rows = Mapping[tuple[TableRef, Key], Mapping[str, object]]
"""Rows by table and key."""


def _nobodys(_rows: Rows) -> Mapping[tuple[TableRef, Key], Collection[object]]:
    return {}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of all matches: identifiers that others have too, and names of namesakes."""

    shared: frozenset[str] = field(default=frozenset(), repr=False)
    namesakes: frozenset[str] = field(default=frozenset(), repr=False)

    def __or__(self, other: "Known") -> "Known":
        return Known(self.shared | other.shared, self.namesakes | other.namesakes)


@dataclass(frozen=True, slots=True)
class Mentions:
    """What was found: to scrub, to review, and what stays by decision; and how it was ``judged``."""

    sure: tuple[Mention, ...]
    reviews: tuple[Review, ...]
    kept: Mapping[str, int]
    kept_places: frozenset[Place]
    undecided: frozenset[ColumnRef]
    values: Mapping[Place, Mapping[str, object]] = field(repr=False)
    judged: Known = field(default_factory=Known, repr=False)


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of a row: whose it is, and what stands in cells of its own.

    ``paired``: given and family name; ``supported``: something strong; ``holder``: the row is
    somebody else's own, whose name is the namesake's and no mention; ``keyed``: the pack says that
    the column holds nobody's data. ``about``: the cell holds several things that are the subject's
    alone, as a copy of its row does; ``told``: one such thing at least.
    """

    own: bool
    linked: bool
    paired: bool
    supported: bool
    holder: bool
    keyed: bool = False
    about: bool = False
    told: bool = False


@dataclass(frozen=True)
class Judge:
    """Says of each match whether it means the subject; ``before``: what is known of other rows.

    ``rare`` are parts of the name that count even where they stand by themselves: to be asked about.
    ``owners`` says to whose rows relations lead from rows; ``key`` is the subject's.
    """

    pack: Pack
    basis: Basis
    territory: Territory
    identity: Identity
    rewritten: Callable[[TableRef], Mapping[str, str]]
    answers: Mapping[str, Answer]
    computed: Mapping[TableRef, frozenset[str]] = field(default_factory=dict)
    before: Known = field(default_factory=Known)
    rare: frozenset[str] = field(default=frozenset(), repr=False)
    owners: Callable[[Rows], Mapping[tuple[TableRef, Key], Collection[object]]] = _nobodys
    key: object = None

    def sort(self, hits: Iterable[RowHits]) -> Mentions:
        """Sort all that a search found.

        Raises:
            Refused: somebody answered erase about what only the database can write.
        """
        rows = list(hits)
        known = self._known(rows) | self.before
        sure: list[Mention] = []
        reviews: list[Review] = []
        kept: Counter[str] = Counter()
        places: set[Place] = set()
        undecided: set[ColumnRef] = set()
        values: dict[Place, Mapping[str, object]] = {}
        for hit in rows:
            firm = set[str]()
            for mention, why in self._followed(hit.table, list(self._row(hit, known))):
                column = ColumnRef(hit.table.schema, hit.table.name, mention.column)
                place = (hit.table, hit.key, mention.column)
                if self.basis.treatment(column).firm and column not in self.basis.undecided:
                    firm.add(str(column))
                    places.add(place)
                    continue
                if column in self.basis.undecided:
                    undecided.add(column)
                values[place] = hit.values
                if mention.certainty != "possible":
                    sure.append(mention)
                    continue
                review = self._review(mention, why)
                reviews.append(review)
                if review.answer == "erase":
                    self._writable(mention)
                    sure.append(mention)
            kept.update(firm)  # a row counts once, however often it names the subject
        return Mentions(
            merged(sure),
            tuple(sorted(reviews, key=lambda r: _order(r.mention))),
            dict(sorted(kept.items())),
            frozenset(places),
            frozenset(undecided),
            values,
            known,
        )

    def _followed(
        self, where: TableRef, found: list[tuple[Mention, str]]
    ) -> Iterator[tuple[Mention, str]]:
        """Ask about what a column computes of cells in which nothing sure stands; else it follows."""
        computed = self.computed.get(where, frozenset())
        sure = any(m.certainty != "possible" and m.column not in computed for m, _ in found)
        for mention, why in found:
            if mention.column not in computed:
                yield mention, why
            elif not sure:
                yield replace(mention, certainty="possible"), COMPUTED

    def _writable(self, mention: Mention) -> None:
        if mention.column in self.computed.get(mention.table, frozenset()):
            raise Refused(
                f"{mention.table}.{mention.column} is computed by the database: answer keep, and "
                "see to what it is computed from"
            )

    def _known(self, rows: Sequence[RowHits]) -> Known:
        """Find out what the subject shares with others: identifiers, and its name."""
        shared, namesakes = set[str](), set[str]()
        for hit in rows:
            own = self.territory.row(hit.table, hit.key)
            if self.pack.holds(hit.table, self.basis.copies) and own is None:
                whole = [m for ms in hit.found.values() for m in ms if m.whole]
                shared |= {self._value(m) for m in whole}
                namesakes |= {_plainly(pair) for pair in self._pairs(hit)}
                full = (m for m in whole if m.strength == "full" and m.span.entity == "PERSON")
                namesakes |= {_plainly(self._value(m)) for m in full}
        return Known(frozenset(shared | self._held(rows)), frozenset(namesakes))

    def _held(self, rows: Sequence[RowHits]) -> set[str]:
        """Find the identifiers that stand as whole values in rows of somebody else of any table."""
        asked = self.asked(rows)
        led = self.owners(asked) if asked else {}
        shared = set[str]()
        for hit, values, others in self._strangers(rows):
            people = led.get((hit.table, hit.key), ()) if others is None else ()
            if others or (people and self.key not in people):
                shared |= values
        return shared

    def asked(self, rows: Iterable[RowHits]) -> Rows:
        """Choose the rows of which relations must say whose they are: no name in them does."""
        open_ones = (hit for hit, _, others in self._strangers(rows) if others is None)
        return {(hit.table, hit.key): hit.values for hit in open_ones}

    def _strangers(
        self, rows: Iterable[RowHits]
    ) -> Iterator[tuple[RowHits, set[str], bool | None]]:
        """Yield rows that are not the subject's with the identifiers that are whole values there.

        The last says whether the name in the row is somebody else's; None where there is none.
        """
        for hit in rows:
            values = {
                self._value(m)
                for column, ms in hit.found.items()
                for m in ms
                if m.whole and m.strength == "strong" and tells(self.basis, hit.table, column)
            }
            if values and self.territory.row(hit.table, hit.key) is None:
                yield hit, values, others_name(hit.table, hit.values, self.basis, self.identity)

    def _value(self, match: Match) -> str:
        return folded(self.identity.identifiers[match.index].value)

    def _row(self, hit: RowHits, known: Known) -> Iterator[tuple[Mention, str]]:
        row = self.territory.row(hit.table, hit.key)
        own = row is not None and row.rows == "own" and row.only is None
        context = Context(
            own,
            linked=row is not None,
            paired=bool(self._pairs(hit)),
            holder=row is None and self.pack.holds(hit.table, self.basis.copies),
            supported=any(
                m.whole and self._strong(m, known) for ms in hit.found.values() for m in ms
            ),
        )
        for column, matches in hit.found.items():
            declared = self.pack.declared(hit.table.name, column)
            keyed = declared is not None and declared.personal == "none"
            here = replace(context, keyed=keyed)
            graded: dict[tuple[Certainty, str], list[Match]] = {}
            free = own and (declared is None or declared.personal != "none")
            said = text(hit.values[column])
            for match, grade in self._cell(spaced(said), matches, here, known, free=free):
                graded.setdefault(grade, []).append(match)
            if not own and (spans := self._details(said, matches, graded, context)):
                yield Mention(hit.table, hit.key, column, spans, "possible"), DETAIL
            for (certainty, why), found in sorted(graded.items()):
                spans = tuple(span for m in found for span in m.places(said))
                yield Mention(hit.table, hit.key, column, spans, certainty), why
        if context.linked and context.paired and not own:
            for column in hit.values.keys() - hit.found.keys():
                if spans := (*cued(text(hit.values[column]), ()),):
                    yield Mention(hit.table, hit.key, column, spans, "possible"), DETAIL
        whole = () if own else [m for ms in hit.found.values() for m in ms if m.whole]
        if any(m.span.entity == "STREET_ADDRESS" for m in whole):
            yield from self._around(hit, NEIGHBOUR)
        elif any(m.strength == "strong" for m in whole):
            yield from self._around(hit, BESIDE)

    def _details(
        self,
        said: str,
        matches: Sequence[Match],
        graded: Mapping[tuple[Certainty, str], Sequence[Match]],
        context: Context,
    ) -> tuple[Span, ...]:
        """Find what a text says of the subject that is not known: behind its name, or in its row."""
        sure = (m for (certainty, _), ms in graded.items() for m in ms if certainty != "possible")
        named = [m.span for m in sure if m.strength == "full" and m.span.entity == "PERSON"]
        known = [m.span for m in matches]
        found = (*behind(said, named, known),)
        if context.linked and context.paired:
            found += (*cued(said, (*known, *found)),)
        return found

    def _around(self, hit: RowHits, why: str) -> Iterator[tuple[Mention, str]]:
        """Ask about the subject's town and postcode beside its street, or something else of it."""
        for column, value in hit.values.items():
            if column in hit.found or value is None:
                continue
            named = self.pack.base(column) or column
            entity = self.basis.treatment(ColumnRef(hit.table.schema, hit.table.name, named)).entity
            if entity in AROUND and surroundings(said := text(value)) in self.identity.around:
                span = Span(0, len(said), entity)
                yield Mention(hit.table, hit.key, column, (span,), "possible"), why

    def _cell(
        self,
        said: str,
        matches: Sequence[Match],
        context: Context,
        known: Known,
        *,
        free: bool,
    ) -> Iterator[tuple[Match, tuple[Certainty, str]]]:
        """Grade what one cell holds; ``free``: an own cell of which no pack says what it is."""
        strong = [m for m in matches if self._strong(m, known)]
        about = len({m.index for m in strong}) >= ABOUT
        context = replace(context, about=about, told=bool(strong))
        sure = list(strong)
        for match in (m for m in matches if m.strength != "weak"):
            grade = self._grade(said, match, strong, context, known)
            if grade[0] != "possible":
                sure.append(match)
            yield match, grade
        sure.sort(key=lambda m: m.span.start)
        parts = [m for m in matches if m.strength == "weak"]
        for match in parts:
            near = _beside(said, match, sure, NEAR_PART)
            apart = known.namesakes and not any(
                other.index != match.index and _near(said, match, other, TOUCHING)
                for other in (*near, *parts)
            )
            why = SAME_PART if apart else ""
            if near and any(behind(said, [match.span], [m.span for m in matches if m != match])):
                why = why or ELSES
            if (part := self._part(said, match, near, context, why, free=free)) is not None:
                yield match, part

    def _strong(self, match: Match, known: Known) -> bool:
        return match.strength == "strong" and self._value(match) not in known.shared

    def _unsure(self, match: Match) -> str:
        """Say why what is always asked about may be somebody else's."""
        if match.span.entity == "STREET_ADDRESS":
            return NEIGHBOUR
        common = self.identity.identifiers[match.index].strength == "doubt"
        known = match.span.entity in ("EMAIL_ADDRESS", "PHONE_NUMBER")
        return COMMON if common and known else LOOKS_LIKE

    def _pairs(self, hit: RowHits) -> list[str]:
        """Name the names of which both parts stand in cells of their own, as in a ship-to address."""
        whole = {
            self._value(m)
            for ms in hit.found.values()
            for m in ms
            if m.whole and m.span.entity == "PERSON"
        }
        pairs = [i.value for i in self.identity.identifiers if "\n" in i.value]
        return [p for p in pairs if {folded(part) for part in p.split("\n")} <= whole]

    def covered(self, table: TableRef, key: Key) -> frozenset[str]:
        """Name the columns of a row that are rewritten, or follow, anyway: they are not searched."""
        row = self.territory.row(table, key)
        if row is None or row.rows != "own":
            return frozenset()
        columns = self.rewritten(table)
        only = row.only
        if only is None:
            return frozenset(columns) | self.computed.get(table, frozenset())
        return frozenset(c for c in columns if c in only or self.pack.base(c) in only)

    def _grade(
        self,
        said: str,
        match: Match,
        strong: Sequence[Match],
        context: Context,
        known: Known,
    ) -> tuple[Certainty, str]:
        """Grade something strong or a full name."""
        if context.own:
            return "certain", ""
        if match.strength == "strong":
            return self._sure(match, context, known)
        if match.strength == "doubt":
            return "possible", self._unsure(match)
        near = _beside(said, match, strong, NEAR_NAME)
        if match.span.entity == "PERSON":
            same = _plainly(self._value(match)) in known.namesakes and not context.supported
            if why := self._unlike(said, match) or (_same(said, match, near) if same else ""):
                return "possible", why
        if (match.whole and context.supported) or (near and not _signed(said, match, near)):
            return "corroborated", ""
        if match.strength == "hint":
            return "possible", LOOKS_LIKE
        if context.linked and not known.namesakes:
            return "corroborated", ""
        if near:
            return "possible", SIGNED
        kinds = {"STREET_ADDRESS": NEIGHBOUR, "PERSON": NAMESAKE}
        return "possible", kinds.get(match.span.entity, SHORT)

    def _sure(self, match: Match, context: Context, known: Known) -> tuple[Certainty, str]:
        """Grade something strong: certain, unless others have it or its column holds no person's."""
        if self._value(match) in known.shared and not context.linked:
            return "possible", SHARED
        return ("possible", KEYED) if context.keyed else ("certain", "")

    def _part(
        self,
        said: str,
        match: Match,
        near: Sequence[Match],
        context: Context,
        apart: str,
        *,
        free: bool,
    ) -> tuple[Certainty, str] | None:
        """Grade a part of a name or a date, with what is ``near`` it; None where it says nothing.

        ``apart``: why a part of a name may be another's, though something of the subject is near.
        """
        if free:
            return "certain", ""
        if near:
            why = self._doubtful(said, match, near) or apart
            doubtful = match.span.entity == "PERSON" and why
            return ("possible", why) if doubtful else ("corroborated", "")
        if context.paired and match.whole and not context.holder:
            certain = context.supported or context.linked
            return ("corroborated", "") if certain else ("possible", NAMESAKE)
        person = match.span.entity == "PERSON"
        if (context.about or (context.told and person)) and not self._strange(
            said, match, begun=not person
        ):
            return "possible", ABOUT_IT
        if person and match.whole and context.supported and not context.holder:
            return "possible", PART
        if context.keyed or not person or thing(said, match.span):
            return None
        capitals = said.isupper()  # all words of a shadow look like names
        strange = not capitals and self._strange(said, match)
        if context.linked:
            return "possible", OTHER_NAME if strange else PART
        if strange and self._strange(said, match, begun=False):
            return None
        word = match.whole and " " not in said.strip()  # a town may be called so
        return ("possible", LONE) if self._rare(match) and not (word or context.holder) else None

    def _doubtful(self, said: str, match: Match, near: Sequence[Match]) -> str:
        """Say why a part of a name may be another's, though something of the subject stands near."""
        if thing(said, match.span):
            return THING
        if self._strange(said, match):
            return OTHER_NAME
        return SIGNED if _signed(said, match, near) else ""

    def _rare(self, match: Match) -> bool:
        """Whether a match is of a part of the name that few texts hold."""
        value = self.identity.identifiers[match.index].value
        return any(folded(part) in self.rare for part in value.split("\n"))

    def _strange(self, said: str, match: Match, *, begun: bool = True) -> bool:
        """Whether a part of a name stands beside a part of another name."""
        value = self.identity.identifiers[match.index].value
        family = folded(value.rpartition("\n")[2]) in self._families
        return strange(said, match.span, self._called, family=family, begun=begun)

    def _unlike(self, said: str, match: Match) -> str:
        """Say why a whole name is none of a person, or a part of another's."""
        if thing(said, match.span):
            return THING
        value = self.identity.identifiers[match.index].value
        longer = part_of_another(said, match.span, self._called)
        longer = longer or neighbours.longer(said, match.span, self._called)
        if longer or in_two_sentences(said, match.span, value):
            return OTHER_NAME
        return LOOKS_LIKE if half_capitals(said, match.span, self._parts) else ""

    @cached_property
    def _parts(self) -> frozenset[str]:
        """Collect the folded parts of the subject's names."""
        people = (i for i in self.identity.identifiers if i.kind == "PERSON")
        return frozenset(folded(i.value) for i in people if i.strength == "weak")

    @cached_property
    def _families(self) -> frozenset[str]:
        """Collect the folded family names of the subject, and the words of them."""
        pairs = (i.value.split("\n")[1] for i in self.identity.identifiers if "\n" in i.value)
        return frozenset(folded(w) for family in pairs for w in (family, *family.split()))

    @cached_property
    def _called(self) -> frozenset[str]:
        """Collect the folded words of the subject's names."""
        people = (i.value for i in self.identity.identifiers if i.kind == "PERSON")
        return frozenset(folded(w) for value in people for w in value.split())

    def _review(self, mention: Mention, why: str) -> Review:
        place = f"{mention.table}|{mention.key}|{mention.column}|{mention.spans[0].start}"
        name = digest(place)[:10]
        return Review(name, mention, why, self.answers.get(name, ""))


def _plainly(name: str) -> str:
    """Write a name alike whether its parts stood in cells of their own or in one."""
    return " ".join(folded(name).split())


def _near(said: str, one: Match, other: Match, most: int) -> bool:
    """Whether two matches stand in the same paragraph with at most ``most`` characters between."""
    first, second = sorted((one.span, other.span))
    if second.start - first.end > most:
        return False
    return not PARAGRAPH.search(said[first.end : second.start])


def _beside(said: str, match: Match, others: Sequence[Match], most: int) -> list[Match]:
    """Choose those of ``others``, which are in order, that stand near ``match``: its neighbours do."""
    place = bisect(others, match.span.start, key=lambda m: m.span.start)
    neighbours = others[max(0, place - 1) : place + 1]
    return [other for other in neighbours if _near(said, match, other, most)]


def _same(said: str, match: Match, near: Sequence[Match]) -> str:
    """Say why a name that somebody else has, too, may be theirs, though something stands near it."""
    apart = near and not any(touch(said, match.span, other.span) for other in near)
    return SAME_NAME if apart else ""


def _signed(said: str, match: Match, others: Sequence[Match]) -> bool:
    """Whether the close of a letter parts a name from all that stands beside it.

    Who signs is the letter's writer, who need not be the one it is about. In a signature what
    follows the name says whose it is, in lines that hold little else.
    """
    return all(parted(said, match.span, other.span) for other in others)


def _order(mention: Mention) -> tuple[str, str, str]:
    return (str(mention.table), str(mention.key), mention.column)


def merged(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    """Make one mention of those in the same cell; the least sure one names them all."""
    cells: dict[tuple[str, str, str], list[Mention]] = {}
    for mention in mentions:
        cells.setdefault(_order(mention), []).append(mention)
    merged = []
    for _, same in sorted(cells.items()):
        spans = tuple(sorted({s for m in same for s in m.spans}))
        certainty = max(same, key=lambda m: _SURE.index(m.certainty)).certainty
        one = same[0]
        merged.append(Mention(one.table, one.key, one.column, spans, certainty))
    return tuple(merged)


_SURE = ("certain", "corroborated", "possible")
