"""What is known of a row and of all that was found, by which a match in it is graded."""

from dataclasses import dataclass, field

from scanner.model import Certainty
from scanner.texts.folding import folded

Grade = tuple[Certainty, str]
"""How sure something is, and why it is not more."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of all matches: identifiers that others have too, and names of namesakes."""

    shared: frozenset[str] = field(default=frozenset(), repr=False)
    namesakes: frozenset[str] = field(default=frozenset(), repr=False)

    def __or__(self, other: "Known") -> "Known":
        return Known(self.shared | other.shared, self.namesakes | other.namesakes)


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of a row: whose it is, and what stands in cells of its own.

    ``paired``: given and family name; ``supported``: something strong; ``holder``: the row is
    somebody else's own, whose name is the namesake's and no mention; ``keyed``: the pack says that
    the column holds nobody's data. ``about``: the cell holds several things that are the subject's
    alone, as a copy of its row does; ``told``: the row holds one such thing at least. ``mixed``: the row bears the
    name of the subject and that of somebody else, whose what stands in cells of its own may be. ``twin``: the
    row is somebody else's of the same name, with something of the subject: maybe the same person's.
    """

    own: bool
    linked: bool
    paired: bool
    supported: bool
    holder: bool
    keyed: bool = False
    about: bool = False
    told: bool = False
    mixed: bool = False
    twin: bool = False


def plainly(name: str) -> str:
    """Write a name alike whether its parts stood in cells of their own or in one."""
    return " ".join(folded(name).split())
