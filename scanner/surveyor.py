"""The long pass before a short transaction: where subjects may be named, and as of when. Reads only.

A pass over all text takes as long as the database is big. It is done before the writing
transaction, for all subjects at once; inside that, only the rows that it found and what may have
changed since are read again. Where a database cannot say what changed, all is searched again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, MetaData

from scanner import planner
from scanner.database import dialect_of, fingerprint, reading, ref, reflect
from scanner.errors import Misconfigured, Stale
from scanner.matcher import REMEMBERED, Matcher
from scanner.model import Progress
from scanner.planner import Draft
from scanner.subjects import acquaintance
from scanner.subjects.acquaintance import Acquaintance, Request
from scanner.subjects.spotter import Sight, Spots, spot


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass found: the spots of each subject, and the state of the database before it.

    ``mark`` is the dialect's name of that state, empty where it has none; ``catalogue`` is that of
    the definitions of ``schema``; ``spots`` and what is ``known`` of each subject are by pack and
    key.
    """

    mark: str = ""
    catalogue: str = ""
    schema: MetaData | None = field(default=None, repr=False)
    spots: Mapping[tuple[str, Any], Spots] = field(default_factory=dict, repr=False)
    known: Mapping[tuple[str, Any], Acquaintance] = field(default_factory=dict, repr=False)

    def tables(self, connection: Connection) -> MetaData:
        """Give the tables as they are now, read again only where they may have changed."""
        dialect = dialect_of(connection)
        if self.schema is not None and self.mark and dialect.untouched(connection, self.mark):
            return self.schema
        same = self.catalogue and dialect.catalogue(connection) == self.catalogue
        return self.schema if same and self.schema is not None else reflect(connection)

    def acquaintance(
        self, connection: Connection, schema: MetaData, request: Request, sight: Sight | None
    ) -> Acquaintance | None:
        """Give what was known of a subject before the pass, if ``sight`` says that all is as it was."""
        if sight is None or sight.changed or schema is not self.schema:
            return None
        if not dialect_of(connection).still(connection, self.mark):
            return None
        known = self.known.get((request.pack.digest, request.key))
        if known is None or known.basis != request.basis or known.walk.pack != request.pack:
            return None
        return known

    def stands(self, connection: Connection, request: Request) -> bool:
        """Whether it saves searching all text for a subject that it found, as things are now."""
        return self.sight(connection, self.tables(connection), request) is not None

    def sight(self, connection: Connection, schema: MetaData, request: Request) -> Sight | None:
        """Say where to look for a subject now; None where all text must be searched again.

        Args:
            connection: the transaction in which it is to hold.
            schema: the tables as they are now.
            request: about whom.
        """
        spots = self.spots.get((request.pack.digest, request.key))
        if not self.mark or spots is None or self.schema is None:
            return None
        if schema is not self.schema and fingerprint(schema) != fingerprint(self.schema):
            return None
        if dialect_of(connection).untouched(connection, self.mark):
            return Sight(spots, {}, self.mark)
        tables = sorted(schema.tables.values(), key=ref)
        changed = dialect_of(connection).since(connection, self.mark, tables)
        if all(t in changed and changed[t] is None for t in tables):
            return None
        return Sight(spots, {ref(t): which for t, which in changed.items()}, self.mark)


def draft(
    connection: Connection,
    request: Request,
    survey: Survey,
    *,
    progress: Progress | None = None,
) -> Draft:
    """Work out a plan in a transaction, looking only where ``survey`` found something.

    Raises:
        Misconfigured, Undecided, Stale: as ``planner.plan``.
    """
    schema = survey.tables(connection)
    sight = survey.sight(connection, schema, request)
    known = survey.acquaintance(connection, schema, request, sight)
    return planner.draft(connection, schema, request, sight=sight, known=known, progress=progress)


def survey(
    engine: Engine, requests: Sequence[Request], *, progress: Progress | None = None
) -> Survey:
    """Look through all text once for the subjects of all ``requests``.

    A subject that is not there, or whose database is another, has no spots: whoever carries the
    request out says why.

    Raises:
        DatabaseFailed: the database failed.
    """
    with reading(engine) as connection:
        # In a transaction before the pass: what is committed in between counts as changed.
        mark = dialect_of(engine).mark(connection)
    if not mark:
        return Survey()
    with reading(engine) as connection:
        catalogue = dialect_of(engine).catalogue(connection)
        schema = reflect(connection)
        known = {
            (request.pack.digest, request.key): (request, found)
            for request in requests
            if (found := _acquainted(connection, schema, request)) is not None
        }
        if not known:
            return Survey()
        numbers = {
            c for request, _ in known.values() for c in planner.searched_numbers(request.basis)
        }
        memory = REMEMBERED // len(known)
        spots = spot(
            connection,
            schema,
            [(Matcher(one.identity, memory=memory), one.own) for _, one in known.values()],
            addresses=next(iter(known.values()))[1].addresses,
            numbers=numbers,
            progress=progress,
        )
        return Survey(
            mark,
            catalogue,
            schema,
            dict(zip(known, spots, strict=True)),
            {key: one for key, (_, one) in known.items()},
        )


def renewed(
    engine: Engine,
    survey_: Survey | None,
    requests: Sequence[Request],
    *,
    progress: Progress | None = None,
) -> Survey:
    """Give a survey that still saves searching all text for the first of ``requests``.

    Where a database cannot say what has changed since, and something has, all ``requests`` are
    looked for once more.

    Raises:
        DatabaseFailed: the database failed.
    """
    first = (requests[0].pack.digest, requests[0].key)
    if survey_ is not None and first not in survey_.spots:
        return survey_  # it found no such subject: another pass would not, either
    if survey_ is not None:
        with reading(engine) as connection:
            if survey_.stands(connection, requests[0]):
                return survey_
    return survey(engine, requests, progress=progress)


def _acquainted(connection: Connection, schema: MetaData, request: Request) -> Acquaintance | None:
    try:
        return acquaintance.acquaint(connection, schema, request)
    except (Misconfigured, Stale):
        return None
