"""The ways to write an address with its street, in one or several lines."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from scanner.identity import FIRST_IDEOGRAM, MIN_STREET, UNIT, Identifier, Strength, street_signs
from scanner.matching.form import AFTER, BEFORE, WORDS, Capitals, Form
from scanner.texts import months, names
from scanner.texts.folding import folded
from scanner.texts.lexicon import listed

ADDRESS_GAP = r"(?:[.]?[\s,>+_]+|[.])"
"""What stands between the words of an address."""

NUMBERED = r"(?:(?:n|no|nr|num|number)[°º.]{0,2}[ ]?)?"
"""What may stand before the number of a house, as it is folded."""

NO_COMMA = r"(?:[.]?[\s>+_]+|[.])"
HOUSE = (
    rf"(?!:\d|[./]\d+[./]\d|[-/]\w|[ ](?:uhr|h|am|pm|o'clock|{'|'.join(sorted(months.named()))})\b)"
)
"""What stands before the number of a house, and what does not go on as a time or a date."""

WORD_BREAKS = (
    "",
    " ",
    "+",
    "_",
    ".",
    ", ",
    ",",
    ". ",
    "\n",
    "\r\n",
    ",\n",
    ",\r\n",
    "\n>",
    "\r\n>",
)
"""What stands between the words of an address; nothing where a sign without a width does."""

LEAST_PART = 4
"""A shorter half of a double name is a particle."""


def forms(index: int, one: Identifier) -> Iterator[Form]:
    """Write an address in one or several lines, with its words cut short or not.

    Without the flat or the floor it is the house's, which means the subject beside something sure. A
    short one (Ring 3) is looked for as it is stored only.
    """
    if street_signs(one.value) < MIN_STREET:
        if one.strength == "weak":  # and not a household's, which could only be asked about
            yield _short(index, one.value)
        return
    yield from _address(index, one.value, one.strength)
    whole = one.value.strip()
    for bare, sure in dict((*_without_kind(whole), *_without_unit(whole))).items():
        yield from _address(index, bare, sure)
    first, _, street = whole.partition(" ")
    street, _, last = whole.rpartition(" ") if not first.isdigit() else (street, "", first)
    if last.isdigit() and not re.search(r"[\d,]", street):
        turned = f"{street} {last}" if first.isdigit() else f"{last} {street}"
        yield from _address(index, turned, "doubt")


def _short(index: int, value: str) -> Form:
    """Write an address as it is stored, with a capital where it has one: ring 3 times."""
    words = folded(value).split()
    inner = r"\s+".join(map(re.escape, words))
    pattern = f"{BEFORE}(?<!\\d[.,:/-]){inner}{AFTER}{HOUSE}(?![.,]\\d)"
    word = max((w for w in words if not w[0].isdigit()), key=len)
    capitals: Capitals = "" if value.islower() else "any"
    beside = tuple(w for w in words if w[0].isdigit())
    return Form(
        index, (word,), pattern, "weak", capitals, beside=beside, word=True, starts=(words[0],)
    )


def _without_unit(whole: str) -> Iterator[tuple[str, Strength]]:
    """Yield an address without the flat or the floor at its end, or in front, where a street is left."""
    gaps = [*re.finditer(r"[\s,]+", whole)]
    rest = [whole[: g.start()] for g in gaps if UNIT.fullmatch(whole[g.end() :])]
    rest += [whole[g.end() :] for g in gaps if "," in g[0] and UNIT.fullmatch(whole[: g.start()])]
    yield from ((one, "hint") for one in rest if re.search(r"[^\W\d_]{3}", one))


def _without_kind(whole: str) -> Iterator[tuple[str, Strength]]:
    """Yield an address without what calls it a street, where that stands in front and apart.

    Where that is mostly written, what is left may be something else: Roma 10.
    """
    kind, _, rest = whole.partition(" ")
    plain = folded(kind).strip(".")
    if len(rest) >= MIN_STREET and plain in listed("streets", "left_out"):
        yield rest, "hint"
    elif len(rest) >= MIN_STREET and plain in listed("streets", "put_first"):
        yield rest, "doubt"


def _address(index: int, value: str, strength: Strength) -> Iterator[Form]:
    if max(value) > FIRST_IDEOGRAM and WORDS.search(folded(value)):
        yield _unspaced(index, value, strength)
    words = [w.strip(".") for w in re.split(r"[\s,]+", folded(value)) if w.strip(".")]
    if not words or not any(w[0].isdigit() for w in words):
        return
    options = [sorted(names.same_in_address(w), key=len, reverse=True) for w in words]
    written = [f"(?:{'|'.join(map(re.escape, o))})" for o in options]
    inner = ADDRESS_GAP.join(written)
    if words[-1].isdigit() and len(words) > 1:
        written[-1] = f"{NUMBERED}{written[-1]}"
        inner = ADDRESS_GAP.join(written)
    anchor = max(options, key=lambda o: (not o[0][0].isdigit(), len(o) == 1, len(o[-1])))
    if len(anchor[-1]) < LEAST_PART and len(options) > 1:
        # St. or W. is in every other text: with the word beside it, it is not.
        anchor = ["".join(parts) for parts in product(options[0], WORD_BREAKS, options[1])]
    numbers = tuple(w for w in words if w[0].isdigit())
    starts = tuple(options[0])
    form = Form(index, tuple(anchor), "", strength, beside=numbers, word=True, starts=starts)
    alone = f"{BEFORE}{inner}{AFTER}"
    if not words[-1].isdigit() or len(words) == 1:
        yield replace(form, pattern=alone)
        return
    # Hauptstr. 5:30 Uhr, Hauptstr., 5 Personen: a number behind a street may be none of a house.
    tight = inner if "," in value else NO_COMMA.join((ADDRESS_GAP.join(written[:-1]), written[-1]))
    yield replace(form, pattern=f"{BEFORE}{tight}{AFTER}{HOUSE}")
    if strength != "doubt":
        yield replace(form, pattern=alone, strength="doubt", last=True)


def _unspaced(index: int, value: str, strength: Strength) -> Form:
    """Write an address of a script without spaces: they may stand anywhere, and words around it."""
    signs = re.sub(r"[\s,]+", "", folded(value))
    inner = r"[\s,]*".join(map(re.escape, signs))
    # The street's own signs, right before its number: between towns and streets spaces may stand.
    before = re.findall(r"([^\W\d_]+)[\s,]*\d", folded(value))
    anchor = before[-1][-3:] if before else max(WORDS.findall(folded(value)), key=len)
    numbers = tuple(re.findall(r"\d+", signs))
    pattern = rf"(?<!\d){inner}(?!\d)"
    return Form(index, (anchor,), pattern, strength, beside=numbers, starts=(signs[0],))
