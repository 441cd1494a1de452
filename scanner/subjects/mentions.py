"""Where the subject is named outside the cells that are rewritten: what is sure, what to review."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from scanner.errors import Refused
from scanner.graph import Territory
from scanner.identity import AROUND, Identity, surroundings
from scanner.matcher import Match
from scanner.matching.rest import Taken
from scanner.model import KEEP, Certainty, ColumnRef, Key, Span, TableRef, digest
from scanner.plans import Answer, Basis, Mention, Review
from scanner.rulebook import Pack
from scanner.subjects import copied
from scanner.subjects.bearers import bearers, tells, without_part
from scanner.subjects.context import Context, Known, plainly
from scanner.subjects.details import behind, cued, towns
from scanner.subjects.grading import Grader
from scanner.subjects.reasons import BESIDE, COMPUTED, DETAIL, ELSES, LONE, NEIGHBOUR
from scanner.subjects.searcher import RowHits, text
from scanner.texts.folding import folded, spaced

Place = tuple[TableRef, tuple[object, ...], str]
"""A cell: table, key, column."""

Rows = Mapping[tuple[TableRef, Key], Mapping[str, object]]
"""Rows by table and key."""


Copied = Callable[[Sequence[RowHits]], Mapping[tuple[TableRef, Key], RowHits]]
"""Chooses the rows that are copies of the subject's own, with all that is found in them."""


def no_copies(_rows: Sequence[RowHits]) -> Mapping[tuple[TableRef, Key], RowHits]:
    """Choose none: before anything is written nothing is a copy that a trigger made of it."""
    return {}


Beside = Callable[[str, Sequence[Match], Sequence[Span]], tuple[Match, ...]]
"""Finds, besides what was found in a text, what shows only once these places of it are replaced."""


def nothing_more(_said: str, found: Sequence[Match], _gone: Sequence[Span]) -> tuple[Match, ...]:
    """Find nothing besides."""
    return tuple(found)


def _nobodys(_rows: Rows) -> Mapping[tuple[TableRef, Key], Collection[object]]:
    return {}


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


@dataclass(frozen=True)
class Judge:
    """Says of each match whether it means the subject; ``before``: what is known of other rows.

    ``rare``: as for ``Grader``. ``owners`` says to whose rows relations lead from rows; ``key`` is the subject's.
    ``copied`` chooses rows in which all is the subject's. ``beside`` finds what shows once more is replaced.
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
    copied: Copied = no_copies
    beside: Beside = nothing_more

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
        copies = self.copied([hit for hit in rows if self._may_be_copy(hit, known)])
        for hit in rows:
            firm = set[str]()
            copy = copies.get((hit.table, hit.key))
            found = self._row(hit, known) if copy is None else self._copy(copy, known)
            for mention, why in self._followed(hit.table, list(found)):
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
                shared |= {self._grader.called.value(m) for m in whole}
                namesakes |= {plainly(pair) for pair in self._pairs(hit)}
                full = (m for m in whole if m.strength == "full" and m.span.entity == "PERSON")
                namesakes |= {plainly(self._grader.called.value(m)) for m in full}
        shared |= self._held(rows) | {*self._keys(rows)}
        return Known(frozenset(shared), frozenset(namesakes))

    def _keys(self, rows: Sequence[RowHits]) -> Iterator[str]:
        """Yield the numbers of the subject that are whole values of columns of keys and codes."""
        for hit in rows:
            if self.territory.row(hit.table, hit.key) is None:
                for column, matches in hit.found.items():
                    declared = self.pack.declared(hit.table.name, column)
                    if declared is not None and declared.personal == "none":
                        yield from (self._grader.called.value(m) for m in matches if m.whole)

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
                self._grader.called.value(m)
                for column, ms in hit.found.items()
                for m in ms
                if m.whole and m.strength == "strong" and tells(self.basis, hit.table, column)
            }
            if values and self.territory.row(hit.table, hit.key) is None:
                borne = self._borne(hit)
                yield hit, values, not any(borne) if borne else None

    def _borne(self, hit: RowHits) -> tuple[bool, ...]:
        """Say of each name that stands in cells of its own of a row whether it can be the subject's."""
        return bearers(hit.table, hit.values, hit.found, self.basis, self.identity)

    def _row(self, hit: RowHits, known: Known) -> Iterator[tuple[Mention, str]]:
        row = self.territory.row(hit.table, hit.key)
        own = row is not None and row.rows == "own" and row.only is None
        borne = () if row is not None else self._borne(hit)
        strong = [m for ms in hit.found.values() for m in ms if self._grader.strong(m, known)]
        paired = bool(self._pairs(hit))
        holder = row is None and self.pack.holds(hit.table, self.basis.copies)
        whole = [m for ms in hit.found.values() for m in ms if m.whole]
        context = Context(
            own,
            linked=row is not None,
            mixed=any(borne) and not all(borne),
            paired=paired,
            holder=holder,
            twin=holder and paired and any(m.strength == "strong" for m in whole),
            supported=any(m.whole for m in strong),
            told=bool(strong),
        )
        for column, matches in hit.found.items():
            declared = self.pack.declared(hit.table.name, column)
            keyed = declared is not None and declared.personal == "none"
            here = replace(context, keyed=keyed)
            yield from self._cell(hit, column, matches, here, known)
        if context.linked and context.paired and not own:
            for column in hit.values.keys() - hit.found.keys():
                if spans := (*cued(text(hit.values[column]), ()),):
                    yield Mention(hit.table, hit.key, column, spans, "possible"), DETAIL
        if not own:
            yield from self._beside(hit, whole)

    def _beside(self, hit: RowHits, whole: Sequence[Match]) -> Iterator[tuple[Mention, str]]:
        """Ask about the town and the postcode of the subject in cells beside something that is all of one."""
        if any(m.span.entity == "STREET_ADDRESS" and m.strength != "weak" for m in whole):
            yield from self._around(hit, NEIGHBOUR)
        elif any(m.strength == "strong" for m in whole):
            yield from self._around(hit, BESIDE)

    def _cell(
        self, hit: RowHits, column: str, matches: Sequence[Match], context: Context, known: Known
    ) -> Iterator[tuple[Mention, str]]:
        """Judge a cell, with what shows in it only once more than the matches is replaced: a town."""
        found = [*self._graded(hit, column, matches, context, known)]
        said = text(hit.values[column])
        while more := [
            s for m, why in found for s in m.spans if why == DETAIL or s.entity in AROUND
        ]:
            seen = self.beside(said, matches, more)
            if seen == tuple(matches):
                break
            matches = seen
            found = [*self._graded(hit, column, matches, context, known)]
        yield from found

    def _graded(
        self, hit: RowHits, column: str, matches: Sequence[Match], context: Context, known: Known
    ) -> Iterator[tuple[Mention, str]]:
        """Grade what stands in a cell, with the towns and the details beside it."""
        graded: dict[tuple[Certainty, str], list[Match]] = {}
        said, free = text(hit.values[column]), context.own and not context.keyed
        for match, grade in self._grader.cell(spaced(said), matches, context, known, free=free):
            graded.setdefault(grade, []).append(match)
        if not context.own and (spans := self._details(said, matches, graded, context)):
            yield Mention(hit.table, hit.key, column, spans, "possible"), DETAIL
        told, sure = set[Span](), list[Span]()
        for (certainty, why), found in sorted(graded.items()):
            spans = tuple(span for m in found for span in m.places(said))
            streets = [span for span in spans if span.entity == "STREET_ADDRESS"]
            sure += spans if certainty != "possible" else ()
            spans = (*spans, *towns(said, streets, self._towns))
            told.update(spans)
            yield Mention(hit.table, hit.key, column, spans, certainty), why
        around = set() if context.own else {*towns(said, sure, self._towns)} - told
        if around:
            yield Mention(hit.table, hit.key, column, tuple(sorted(around)), "possible"), BESIDE

    def _may_be_copy(self, hit: RowHits, known: Known) -> bool:
        """Whether a row that is not the subject's holds the values of one that is, and no other's."""
        if self.territory.row(hit.table, hit.key) is not None:
            return False
        matches = [m for ms in hit.found.values() for m in ms]
        strong = {m.index for m in matches if self._grader.strong(m, known)}
        cells = copied.of_row(hit.values, hit.found, self._towns)
        return copied.is_copy([one for some in cells.values() for one in some], strong)

    @cached_property
    def _towns(self) -> Collection[str]:
        """Give the subject's towns and postcodes, if any column of such is to be erased."""
        chosen = {t.entity for t in self.basis.columns.values() if t.choice != KEEP}
        return self.identity.around if chosen & AROUND else ()

    def _copy(self, hit: RowHits, known: Known) -> Iterator[tuple[Mention, str]]:
        """Give the values of the subject that a copy of its row holds, and what else is in it."""
        rest: dict[str, tuple[Match, ...]] = {}
        for column, some in copied.of_row(hit.values, hit.found, self._towns).items():
            spans = tuple(one.span for one in some if one.span is not None)
            if spans:
                yield Mention(hit.table, hit.key, column, spans, "certain"), ""
            taken = Taken((span.start, span.end) for span in spans)
            others = [m for m in hit.found.get(column, ()) if not _within(m.span, taken)]
            rest[column] = tuple(m for m in others if m.strength != "weak")
            parts = tuple(m.span for m in others if m.strength == "weak" and not m.small)
            if parts:
                yield Mention(hit.table, hit.key, column, parts, "possible"), LONE
        left = {column: matches for column, matches in rest.items() if matches}
        yield from self._row(replace(hit, found=left), known)

    def _details(
        self,
        said: str,
        matches: Sequence[Match],
        graded: Mapping[tuple[Certainty, str], Sequence[Match]],
        context: Context,
    ) -> tuple[Span, ...]:
        """Find what a text says of the subject that is not known: behind its name, or in its row."""
        sure = (
            m
            for (certainty, why), ms in graded.items()
            for m in ms
            if certainty != "possible" or why == ELSES
        )
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

    def _pairs(self, hit: RowHits) -> list[str]:
        """Name the names of which both parts stand in cells of their own, as in a ship-to address."""
        whole: dict[str, set[str]] = {}
        for column, ms in hit.found.items():
            said = {
                self._grader.called.value(m) for m in ms if m.whole and m.span.entity == "PERSON"
            }
            whole.setdefault(without_part(column), set()).update(said)
        pairs = [i.value for i in self.identity.identifiers if "\n" in i.value]
        return [
            pair
            for pair in pairs
            if any(
                {folded(part) for part in pair.split("\n")} <= said | whole.get("", set())
                for said in whole.values()
            )
        ]

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

    @cached_property
    def _grader(self) -> Grader:
        return Grader(self.identity, self.rare)

    def _review(self, mention: Mention, why: str) -> Review:
        place = f"{mention.table}|{mention.key}|{mention.column}|{mention.spans[0].start}"
        name = digest(place)[:10]
        return Review(name, mention, why, self.answers.get(name, ""))


def _within(span: Span, taken: Taken) -> bool:
    place = taken.at(span.start, span.end)
    return place is not None and place[0] <= span.start and span.end <= place[1]


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
