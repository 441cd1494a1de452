"""What cases and contacts point to: agents, firms, lists, queues. Writes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agent:
    """A user of the system and the employee behind the login."""

    user: int
    employee: int
    wipbin: int
    login: str
    first: str
    last: str
    email: str

    @property
    def full(self) -> str:
        """Give the full name."""
        return f"{self.first} {self.last}"


@dataclass(frozen=True, slots=True)
class Company:
    """A business customer with its one shared site."""

    bus_org: int
    site: int
    address: int
    name: str
    domain: str


@dataclass(frozen=True, slots=True)
class World:
    """What cases and contacts point to."""

    lists: Mapping[str, Mapping[str, int]]
    activities: Mapping[int, int]
    queues: tuple[tuple[int, str], ...]
    agents: tuple[Agent, ...]
    companies: tuple[Company, ...]
    parts: tuple[int, ...]
    products: tuple[str, ...]
    countries: Mapping[str, int]
    zone: int
    lookups: Mapping[str, int]
