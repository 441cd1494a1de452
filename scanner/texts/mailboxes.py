"""Which mailboxes are nobody's or everybody's: ``rules/mailboxes.toml``, read once."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from scanner.texts.folding import folded

BETWEEN = re.compile(r"[\W\d_]+")
"""What parts the words of a local part."""


@cache
def roles() -> frozenset[str]:
    """List the folded words for what a mailbox is for, or of nobody's."""
    said = tomllib.loads((files("rules") / "mailboxes.toml").read_text("utf-8"))["words"]
    return frozenset(word for line in said.values() for word in line.split())


def is_common(address: str) -> bool:
    """Whether an address is called by what it is for, or by nothing: info@, no-reply@, none@."""
    local = folded(address).rpartition("@")[0].partition("+")[0]
    words = [*filter(None, BETWEEN.split(local))]
    return bool(words) and roles().issuperset(words)
