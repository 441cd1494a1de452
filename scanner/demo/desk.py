"""What all makers of rows share: the store, the world, the people and the sentences."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from scanner.demo.chance import Chance
from scanner.demo.load import Store
from scanner.demo.naming import WAYS, slots
from scanner.demo.people import HEADLINE, Contact
from scanner.demo.said import Said, TextBuilder, say
from scanner.demo.times import DAY, TODAY, day
from scanner.demo.truth import Flag
from scanner.demo.world import Agent, World

Slots = Mapping[str, Said | str]
"""What fills the slots of a sentence."""


KINDS = ("notes_person",) * 9 + ("notes_plain",) * 10 + ("agents",)
"""What a note consists of, most often first."""


@cache
def sentences() -> dict[str, list[str]]:
    """Read the sentences by kind."""
    return tomllib.loads((files(__package__) / "sentences.toml").read_text("utf-8"))


@dataclass(slots=True)
class Desk:
    """A service desk at work."""

    store: Store
    world: World
    people: Sequence[Contact]
    chance: Chance
    sites: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Contact's key to (site, address)."""

    @property
    def headline(self) -> Contact:
        """The contact with the many cases."""
        return self.people[min(HEADLINE, len(self.people)) - 1]

    def put(
        self, name: str, columns: str, *cells: Any, owner: int = 0, linked: bool = False
    ) -> int:
        """Add a row under a new objid."""
        return self.store.put(name, columns, cells, owner, Flag.LINKED if linked else Flag.OWN)

    def agent(self) -> Agent:
        """Choose an agent."""
        return self.chance.pick(self.world.agents)

    def moment(self, before: int = 1500) -> int:
        """Choose a moment of the last ``before`` days."""
        return (TODAY - self.chance.number(1, before)) * DAY + self.chance.number(7 * 3600, 68_000)

    def scene(self, who: Contact, agent: Agent, **more: Said | str) -> dict[str, Said | str]:
        """Fill all slots for a talk between ``agent`` and ``who``."""
        chance, known = self.chance, slots(who)
        product = chance.pick(self.world.products)
        return {
            **known,
            "name": known[chance.pick(WAYS)],
            "agent": agent.full,
            "agent_first": agent.first,
            "product": product,
            "part": f"{product[:2].upper()}-{chance.digits(4)}",
            "serial": f"SN{who.number:05}{chance.digits(4)}",
            "ref": chance.digits(6),
            "day": day(TODAY - chance.number(0, 900))[:10],
            "pin": chance.digits(4),
            "case": "",
            "dependent": chance.pick(("Jamie", "Robin", "Kim", "Alex")),
            **more,
        }

    def say(self, kind: str, scene: Slots, *, cut: int = 0) -> Said:
        """Say one sentence of a kind, cut to a column's length."""
        said = say(self.chance.pick(sentences()[kind]), scene)
        return said.cut(cut) if cut else said

    def tell(self, builder: TextBuilder, kind: str, scene: Slots) -> TextBuilder:
        """Append one sentence of a kind to a text."""
        return builder.say(self.chance.pick(sentences()[kind]), scene)

    def note(self, who: Contact, scene: Slots, *, mention: Contact | None = None) -> Said:
        """Write a note of a few sentences."""
        chance, known = self.chance, sentences()
        if chance.hit(0.04):
            return self.say("notes_system", scene)
        builder = TextBuilder()
        language = who.locale[:2] if who.locale[:2] in ("de", "fr", "es") else ""
        for n in range(chance.number(1, 4)):
            if n:
                builder.add(" " if chance.hit(0.8) else "\n")
            kind = language if language and chance.hit(0.2) else chance.pick(KINDS)
            builder.say(chance.pick(known[kind]), scene)
        if mention:
            kind = "mentions" if chance.hit(0.55) else "mentions_weak"
            builder.add(" ").say(chance.pick(known[kind]), slots(mention))
        return builder.said()

    def somebody(self, *, but: Contact) -> Contact | None:
        """Choose whom a text mentions: the headline more often than others."""
        found = self.headline if self.chance.hit(0.3) else self.chance.pick(self.people)
        return None if found.key == but.key else found
