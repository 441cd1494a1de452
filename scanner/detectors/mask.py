"""Show the shape of a value and not the value: ``A*** L**``, ``+** *** **43``. In and out: text."""

import re

SHORT = 3
"""A value of so few letters and digits is masked altogether."""

LONG_NUMBER = 7
"""Only numbers of so many digits show their last two."""

LONGEST = 60
"""Characters of an example."""

HIDDEN = frozenset({"SECRET", "DATE_OF_BIRTH", "GENDER", "AGE", "NRP"})
"""Entities whose values are so few or so grave that not even a letter of theirs is shown."""

SAFE = frozenset(" .,-+()/@:_'")
"""Characters besides letters and digits that tell nothing."""

DOMAIN = re.compile(r"\.[a-z]{2,4}$", re.IGNORECASE)


def mask(value: str, entity: str = "") -> str:
    """Hide all but each word's first letter and the last two digits of a long number."""
    if entity == "SECRET":
        return "********"
    cut = value[:LONGEST]
    bare = sum(c.isalnum() for c in cut) <= SHORT or entity in HIDDEN
    digits = [i for i, c in enumerate(cut) if c.isdigit()]
    shown = set() if bare or len(digits) < LONG_NUMBER else set(digits[-2:])
    if not bare:
        shown |= {m.start() for m in re.finditer(r"[^\W\d_]+", cut) if len(m.group()) >= SHORT}
    if "@" in cut and not bare and (domain := DOMAIN.search(value)) and len(value) <= LONGEST:
        shown |= set(range(domain.start(), domain.end()))
    return "".join(c if i in shown or c in SAFE else "*" for i, c in enumerate(cut))
