"""What stands around a name in a text, and may make it another person's. Reads nothing."""

import re
from collections.abc import Collection, Iterator

from scanner.identity import FAMILY, GIVEN, is_name
from scanner.model import Span
from scanner.subjects.details import LABEL
from scanner.texts import names
from scanner.texts.folding import folded

ROOM = 80
"""How far a text is looked at before and behind a name."""

CAPITAL = r"(?<![^\W_])[^\W\d_]{2,}"
"""A word, which must have a capital to be a name."""

BEFORE, BEHIND = re.compile(rf"({CAPITAL})[ -]$"), re.compile(rf"[ -]({CAPITAL})")
"""A word with a capital right before, right behind."""

FAMILY_NAME = re.compile(r"[ ](?-i:([^\W\d_][^\W\d_]+))(?![^\W_])(?![ ]?[:#])")
"""What stands behind a whole name as one more family name does."""

COMMA = re.compile(rf",[ ]?({CAPITAL})")
"""What stands behind a family name as a given name does: Lee, Bob."""

JUNIOR = re.compile(r",? (?:jr|sr|junior|senior|ii|iii)\b", re.IGNORECASE)
"""What tells members of a family apart."""

SAINT = re.compile(r"(?<!\w)(?:St|Ste|Saint|Sainte|Sankt|San|Santa|Sant)\.?[ -]\Z")
"""What makes a place of a name."""

QUOTE = r"\\?[\"']"
KEY = r"(?P<key>[\w. -]+)"
CELLS = rf"(?:{QUOTE})?[;|\t](?:{QUOTE})?|,(?=\S)|{QUOTE}\s?,\s?{QUOTE}"
FIELDS = tuple(
    (re.compile(rf"{before}\Z"), re.compile(behind))
    for before, behind in (
        (
            rf"{QUOTE}{KEY}{QUOTE}\s?:\s?{QUOTE}({CAPITAL}){QUOTE}\s?,\s*{QUOTE}[\w. -]+{QUOTE}\s?:\s?{QUOTE}",
            rf"{QUOTE}\s?,\s*{QUOTE}{KEY}{QUOTE}\s?:\s?{QUOTE}({CAPITAL})",
        ),
        (
            rf"<{KEY}[^<>]*>({CAPITAL})</[\w:.-]+>\s*<[\w:.-]+[^<>]*>",
            rf"</[\w:.-]+>\s*<{KEY}[^<>]*>({CAPITAL})",
        ),
        (rf"(?P<key>)({CAPITAL})(?:{CELLS})", rf"(?P<key>)(?:{CELLS})({CAPITAL})"),
    )
)
"""A word with a capital in the field before, behind: of JSON, of XML, of a table."""

NAMED = re.compile(f"name|{GIVEN.pattern}|{FAMILY.pattern}", re.IGNORECASE)
"""What a field is called that holds a part of a name."""

BEGUN = re.compile(r"(?:\A|[.!?:;>\r\n\"(])\s*\Z")
"""Behind what a sentence begins, and any word has a capital: Asked Seth."""

WORD, LABELS = re.compile(r"\w+"), 2
"""Words of a line, and how many of them stand in a signature before a number or an address."""

TAGS = r"(?:</?\w[^<>]*>)*"
LABELLED = re.compile(rf"{TAGS}\W{{0,4}}{TAGS}(?:{LABEL.pattern})?\W{{0,3}}{TAGS}", re.IGNORECASE)
"""What may stand between a name and an address or a number that goes with it."""


def strange(
    said: str, span: Span, called: Collection[str], *, family: bool, begun: bool = True
) -> bool:
    """Whether a part of a name stands beside a part of another name: Christopher Ingram; Lee, Bob.

    Args:
        said: the text.
        span: where the part stands.
        called: the folded words of the subject's names.
        family: whether it is a family name.
        begun: also beside a word with which a sentence begins, where no given name is known to have
            other forms; that may be any word.
    """
    ahead, after = said[max(0, span.start - ROOM) : span.start], said[span.end : span.end + ROOM]
    if SAINT.search(ahead) or (family and JUNIOR.match(after)):
        return True
    beside = [m[1] for m in (_before(ahead, begun=begun), BEHIND.match(after)) if m is not None]
    if family and (given := COMMA.match(after)):
        beside.append(given[1])
    if any(_names(w, called) for w in beside):
        return True
    fields = [*_fields(ahead, after)]
    ours = any(folded(w) in called for w in fields)
    return not ours and any(_names(w, called) for w in fields)


def longer(said: str, span: Span, called: Collection[str]) -> bool:
    """Whether another name beside a whole one makes it another one: Mary Ann Lee, Ann Lee Smith."""
    before = BEFORE.search(said[max(0, span.start - ROOM) : span.start])
    if before and names.is_given(folded(before[1])) and _names(before[1], called):
        return True
    behind = FAMILY_NAME.match(said[span.end : span.end + ROOM])
    return behind is not None and not said.isupper() and _names(behind[1], called)


def touch(said: str, one: Span, other: Span) -> bool:
    """Whether nothing but signs and a label (Tel.) stands between a name and something else."""
    first, second = sorted((one, other))
    return LABELLED.fullmatch(said[first.end : second.start]) is not None


def parted(said: str, name: Span, other: Span) -> bool:
    """Whether the close of a letter parts its writer's name from something of the subject.

    What follows the name in its signature goes with it, in lines that hold little else.
    """
    if other.end <= name.start:
        return names.closing().search(said[other.end : name.start]) is not None
    ahead = said[max(0, name.start - ROOM) : name.start]
    ends = [m.end() for m in names.closing().finditer(ahead)]
    if not ends or ahead[ends[-1] :].strip(" \t>*"):
        return False
    line = re.split(r"[\r\n]", said[name.end : other.start])[-1]
    return len(WORD.findall(line)) > LABELS


def _before(ahead: str, *, begun: bool) -> re.Match[str] | None:
    before = BEFORE.search(ahead)
    if before and not begun and not names.is_given(folded(before[1])):
        return None if BEGUN.search(ahead[: before.start()]) else before
    return before


def _names(word: str, called: Collection[str]) -> bool:
    plain = folded(word)
    known = plain in called or LABEL.match(word) is not None
    herald = plain in names.heralds() and not names.is_given(plain)
    return is_name(word) and names.is_capital(word) and not known and not herald


def _fields(ahead: str, after: str) -> Iterator[str]:
    """Yield the words of the fields beside one that may be parts of a name."""
    for before, behind in FIELDS:
        for found in (before.search(ahead), behind.match(after)):
            if found is not None and (not found["key"] or NAMED.search(found["key"])):
                yield found[2]
