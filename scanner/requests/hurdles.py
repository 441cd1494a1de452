"""Says what stands against erasing a person: stops of the pack, holds of the journal. Reads only."""

from dataclasses import replace

from sqlalchemy import Connection, MetaData

from scanner.database import ref
from scanner.errors import Misconfigured
from scanner.graph import Walk
from scanner.journal import Journal
from scanner.packs import stops
from scanner.plans import StopFound
from scanner.purge import purging
from scanner.purge.appraiser import appraise
from scanner.purge.references import Ground
from scanner.purge.uprooter import Uprooter
from scanner.records import holds
from scanner.requests.items import Item
from scanner.rows import Address
from scanner.rulebook import Pack
from scanner.texts.wording import count


def excusing(pack: Pack, item: Item) -> Pack:
    """Let no stop take the request itself for something that is still open."""
    desk = pack.requests.desk
    table = desk.items.table if desk else ""
    but = tuple(replace(s, but=(*s.but, item.key)) if s.table == table else s for s in pack.stops)
    return replace(pack, stops=but)


def directed(pack: Pack, item: Item) -> tuple[str, ...]:
    """Name the directives by which the item's person is purged; none for another method."""
    return pack.requests.policy.directives if item.method == "purge" else ()


def held(journal: Journal, item: Item, now: str) -> tuple[str, ...]:
    """Say whether the journal holds the item's person, until when and why.

    Raises:
        Negative: the journal is broken.
    """
    found = holds.on(journal, item.subject, now)
    return (found.sentence,) if found else ()


def ground(connection: Connection, schema: MetaData, pack: Pack) -> Walk:
    """Get ready to walk from people to what belongs to them, once for all requests."""
    addresses = {ref(t): Address.of(t, (), "") for t in schema.tables.values()}
    return Walk(connection, schema, pack, addresses=addresses, copies={})


def stopping(walk: Walk, pack: Pack, item: Item) -> tuple[str, ...]:
    """List the stops that hold for the item's person and method."""
    territory = walk.trace(item.subject)
    walk.pack = excusing(pack, item)
    found = [*stops.found(walk.connection, walk, territory, item.method)]
    if item.method == "purge":
        try:
            found += _directed(walk, item)
        except Misconfigured as error:  # this request's alone: others may be redacted
            return (error.lines[0],)
    return tuple(f"{s.why} ({count(s.rows, 'row')})" for s in found if s.effect == "stop")


def _directed(walk: Walk, item: Item) -> list[StopFound]:
    """List the stops of the directive by which the person would be purged."""
    agenda = purging.agenda_of(directed(walk.pack, item), walk.pack.subject)
    ground = Ground(walk.connection, walk, agenda.key)
    uprooter = Uprooter(walk.connection, ground, appraise(ground, agenda, ()).sound())
    made = uprooter.uproot(uprooter.roots([item.subject], walk.subject))
    return uprooter.stops(made, subject=item.subject)
