"""What stands around a name in a text, and may make it another person's. Reads nothing."""

import re
from collections.abc import Collection, Iterator

from scanner.identity import FAMILY, GIVEN, is_name
from scanner.model import Span
from scanner.subjects.details import LABEL
from scanner.texts import names
from scanner.texts.folding import folded, meant

ROOM = 120
"""How far a text is looked at before and behind a name."""

CAPITAL = r"(?<![^\W_])(?:[^\W\d_]['’])?[^\W\d_]{2,}"
"""A word, which must have a capital to be a name."""

PARTICLES = (
    "(?:(?:van|von|de|la|las|los|der|den|del|della|di|da|du|dos|le|el|al|bin|ibn|ter|ten|zu|zur|af|av)"
    "[ ]){0,3}"
)
BEFORE = re.compile(rf"({CAPITAL})(?:[ ][^\W\d_]\.)?(?:[ ][^\W\d_]\.)?[ _+-]\Z")
BEHIND = re.compile(rf"[ _+-]{PARTICLES}({CAPITAL})(?![^\W_])(?![-_/.]?\d)")
"""A word with a capital right before, right behind, with initials or particles between."""

INITIALS, INITIAL = (
    re.compile(r"(?<!\w)((?:[^\W\d_]\.[ ]?){1,3})\Z"),
    re.compile(r"[ ]([^\W\d_])\.(?!\w)"),
)
"""Letters that stand for names right before, and one right behind."""

FAMILY_NAME = re.compile(rf"[ ]{PARTICLES}({CAPITAL})(?![^\W_])(?![-_/.]?\d|[ ]?[:#])")
"""What stands behind a whole name as one more family name does, and not as an id or a label."""

COMMA, CELL = re.compile(rf",[ ]?({CAPITAL})"), re.compile(rf",[ ]?({CAPITAL}),")
"""What stands behind a family name as a given name does (Lee, Bob), and in a list behind either."""

JUNIOR = re.compile(r",? (?:jr|sr|junior|senior|ii|iii)\b", re.IGNORECASE)
"""What tells members of a family apart."""

SAINT = re.compile(r"(?<!\w)(?:St|Ste|Saint|Sainte|Sankt|San|Santa|Sant)\.?[ -]\Z")
"""What makes a place of a name."""

QUOTE = r"\\?[\"']"
CELLS = rf"(?:{QUOTE})?[ ]?[;|\t][ ]?(?:{QUOTE})?|,(?=\S)|{QUOTE}\s?,\s?{QUOTE}|</(?:td|th|li|c|v|p)>\s*<(?:td|th|li|c|v|p)>"
TABLE = re.compile(rf"({CAPITAL})(?:{CELLS})\Z"), re.compile(rf"(?:{CELLS})({CAPITAL})")
"""A word with a capital in the cell before, behind."""

NAMED = rf"[\w.-]*(?:name|{GIVEN.pattern}|{FAMILY.pattern})[\w.-]*"
KEYED = re.compile(
    rf"(?<![^\W_])(?:{NAMED}(?:[ ]name)?(?:{QUOTE})?\s?[:=]\s?(?:{QUOTE})?|<{NAMED}>)({CAPITAL})",
    re.IGNORECASE,
)
"""A part of a name behind what its field is called: in JSON, in XML, in a form, in an address of the web."""

RECORD = re.compile(
    r"[{}]|\r?\n\s*\r?\n|</(?:contact|customer|person|record|row|item|tr)>", re.IGNORECASE
)
"""What ends what is said of one person."""

BEGUN = re.compile(r"(?:\A|[.!?:;>\r\n\"(])\s*\Z")
"""Behind what a sentence begins, and any word has a capital: Asked Seth."""

FIELD = re.compile(r"\\?[\"']\s*:")
"""What stands behind the name of a field of JSON."""

SPACES = re.compile(r"[^\S\r\n]+")

WORD, LABELS = re.compile(r"\w+"), 2
"""Words of a line, and how many of them stand in a signature before a number or an address."""

LABELLED = re.compile(rf"\W{{0,4}}(?:{LABEL.pattern})?\W{{0,3}}", re.IGNORECASE)
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
    ahead, after = _around(said, span)
    if SAINT.search(ahead) or (family and JUNIOR.match(after)) or _initials(ahead, after, called):
        return True
    comma = (COMMA if family else CELL).match(after)
    beside = (_before(ahead, begun=begun), BEHIND.match(after), comma)
    if any(_names(m[1], called) for m in beside if m is not None):
        return True
    fields = [*_fields(ahead, after)]
    ours = any(folded(w) in called for w in fields)
    return not ours and any(_names(w, called) for w in fields)


def labels(said: str, span: Span) -> bool:
    """Whether a word is what a field is called, in XML or JSON, and nobody's name: <Price>."""
    ahead, after = said[max(0, span.start - 2) : span.start], said[span.end : span.end + 8]
    tag = ahead.endswith(("<", "</")) and after[:1] in (">", "/", " ")
    return tag or (ahead.endswith(('"', "'")) and FIELD.match(after) is not None)


def longer(said: str, span: Span, called: Collection[str]) -> bool:
    """Whether another name beside a whole one makes it another one: Mary Ann Lee, Ann Lee Smith."""
    ahead, after = _around(said, span)
    before, behind = BEFORE.search(ahead), FAMILY_NAME.match(after)
    if before and names.is_given(folded(before[1])) and _names(before[1], called):
        return True
    return behind is not None and not said.isupper() and _names(behind[1], called)


def touch(said: str, one: Span, other: Span) -> bool:
    """Whether nothing but signs and a label (Tel.) stands between a name and something else."""
    first, second = sorted((one, other))
    between = said[first.end : second.start]
    return len(between) <= ROOM and LABELLED.fullmatch(meant(between)) is not None


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
    """Yield the words of the fields beside one, of the same record, that may be parts of a name."""
    yield from (m[1] for m in (TABLE[0].search(ahead), TABLE[1].match(after)) if m is not None)
    yield from (m[1] for m in KEYED.finditer(RECORD.split(ahead)[-1]))
    yield from (m[1] for m in KEYED.finditer(RECORD.split(after)[0]))


def _initials(ahead: str, after: str, called: Collection[str]) -> bool:
    """Whether letters beside a part stand for names that are none of the subject's: J. A. Lee."""
    before, behind = INITIALS.search(ahead), INITIAL.match(after)
    letters = re.findall(r"[^\W\d_]", before[1]) if before else []
    letters += [behind[1]] if behind else []
    known = {word[0] for word in called if word}
    return any(not x.islower() and folded(x)[:1] not in known for x in letters)


def _around(said: str, span: Span) -> tuple[str, str]:
    """Give what stands before and behind a name, as it is meant, with one space where there are several."""
    ahead, after = said[max(0, span.start - ROOM) : span.start], said[span.end : span.end + ROOM]
    return SPACES.sub(" ", meant(ahead)), SPACES.sub(" ", meant(after))
