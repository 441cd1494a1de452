"""What stands around a name in a text, and may make it another person's. Reads nothing."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from scanner.identity import FAMILY, GIVEN, is_name
from scanner.model import Span
from scanner.subjects.details import LABEL
from scanner.texts import months, names
from scanner.texts.folding import folded, meant
from scanner.texts.lexicon import listed

ROOM = 120
"""How far a text is looked at before and behind a name."""

CLOSE = 16
"""What is short and stands right before a name is looked for in so few characters."""

CAPITAL = r"(?<![^\W_])(?:[^\W\d_]['’])?[^\W\d_]{2,}"
"""A word, which must have a capital to be a name."""

PARTICLE = rf"(?i:{names.PARTICLE})"

PARTICLES = rf"(?:{PARTICLE}[ ]){{0,3}}"
"""Many write them with a capital: Jan Van Damme, Nguyen Van An."""

BEFORE = re.compile(rf"({CAPITAL})(?:[ ][^\W\d_]\.)?(?:[ ][^\W\d_]\.)?[ _+-]{PARTICLES}\Z")

BEHIND = re.compile(rf"[ _+-]{PARTICLES}({CAPITAL})(?![^\W_])(?![-_/.]?\d)")
"""A word with a capital right before, right behind, with initials or particles between."""

LONE_PARTICLE = re.compile(rf"(?<!\w)(?=[A-Z][a-z])({PARTICLE})[ ]\Z")
"""A particle with a capital right before a family name makes it another one: Van Damme."""

INITIALS, INITIAL = (
    re.compile(r"(?<!\w)((?:[^\W\d_]\.[ -]?){1,3}|[B-HJ-NP-Z][ ])\Z"),
    re.compile(r",?[ ](?:([^\W\d_])\.(?!\w)|([B-HJ-NP-Z])(?![\w'’&]))"),
)
"""Letters that stand for names right before, and one right behind; without a stop A, I and O are words."""

FAMILY_NAME = re.compile(rf"[ ]{PARTICLES}({CAPITAL})(?![^\W_])(?![-_/.]?\d|[ ]?[:#])")
"""What stands behind a whole name as one more family name does, and not as an id or a label."""

COMMA, CELL = re.compile(rf",[ ]?({CAPITAL})"), re.compile(rf",[ ]?({CAPITAL}),")
"""What stands behind a family name as a given name does (Lee, Bob), and in a list behind either."""

JUNIOR = re.compile(
    r",? (?:(jr|sr|jun|sen|junior|senior|ii|iii|iv|fils|père|filho|neto)|d\. ?[äj])\b",
    re.IGNORECASE,
)

JUNIOR_TOO = re.compile(r"[ ](jr|sr|ii|iii)\.?\Z", re.IGNORECASE)
"""What tells members of a family apart: behind a name, and at the end of one."""

SAINT = re.compile(r"(?<!\w)(?:St|Ste|Saint|Sainte|Sankt|San|Santa|Sant)\.?[ -]\Z")
"""What makes a place of a name."""

QUOTE = r"\\?[\"']"

CELLS = rf"(?:{QUOTE})?[ ]?[;|\t][ ]?(?:{QUOTE})?|,|{QUOTE}\s?,\s?{QUOTE}|</(?:td|th|li|c|v|p)>\s*<(?:td|th|li|c|v|p)>"

TABLE = re.compile(rf"({CAPITAL})(?:{CELLS})\Z"), re.compile(rf"(?:{CELLS})(?!\s)({CAPITAL})")
"""A word with a capital in the cell before, behind."""

NAMED = rf"[\w.-]*(?:name|{GIVEN.pattern}|{FAMILY.pattern})[\w.-]*"

KEYED = re.compile(
    rf"(?<![^\W_])(?:{NAMED}(?:[ ]name)?(?:{QUOTE})?\s?[:=]\s?(?:{QUOTE})?|<{NAMED}>)({CAPITAL})",
    re.IGNORECASE,
)
"""A part of a name behind what its field is called: in JSON, in XML, in a form, in an address of the web."""

KEYS = frozenset(":=>")
"""Of these a field has one: where there is none, none is looked for."""

RECORD = re.compile(
    r"[{}]|\r?\n\s*\r?\n|</(?:contact|customer|person|record|row|item|tr)>", re.IGNORECASE
)
"""What ends what is said of one person."""

CELLS_BESIDE = 3
"""So many cells on either side may hold the rest of one name."""

BEGUN = re.compile(r"(?:\A|[.!?:;>\r\n\"(])\s*\Z")
"""Behind what a sentence begins, and any word has a capital: Asked Seth."""

FIELD = re.compile(r"\\?[\"']\s*:")
"""What stands behind the name of a field of JSON."""

VALUE = re.compile(
    r"[ ]?[:=#]|[ ](?:no\.?|nr\.?)?[ ]?#?(?:\d{1,4}([/.-])\d{1,2}\1\d|\d(?![\d ()./-]{6}))",
    re.IGNORECASE,
)
"""What stands behind the name of a field, or a heading: a value, a date, a number that is no phone's."""

BORN = re.compile(
    rf"({CAPITAL}(?:[ ]{CAPITAL})*)[ ]?[,;(-]?[ ]?(?:was |is |wurde |est )?"
    r"(?i:born|birth|dob|d\.o\.b\.|geb|geboren|geburtsdatum|née?|nato|nata|nacid[oa]|born on)[ .:]{0,3}(?:on |am |le |el |il )?\Z"
)
"""Whose birth a date is said to be."""

AMPERSAND = re.compile(r"[^\W\d_][ ]?&[ ]?\Z"), re.compile(r"[ ]?&[ ]?[^\W\d_]")
"""What joins two names of a firm or of a couple."""

LEAST_GIVEN = 3
"""A shorter word in small letters is no given name."""

SPACES = re.compile(r"[^\S\r\n]+")

WORD, LABELS = re.compile(r"\w+"), 2
"""Words of a line, and how many of them stand in a signature before a number or an address."""

LABELLED = re.compile(rf"\W{{0,4}}(?:{LABEL.pattern})?\W{{0,3}}", re.IGNORECASE)
"""What may stand between a name and an address or a number that goes with it."""


def strange(
    said: str,
    span: Span,
    called: Collection[str],
    given: Collection[str],
    *,
    family: bool,
    sure: bool = False,
) -> bool:
    """Whether a part of a name stands beside a part of another name: Christopher Ingram; Lee, Bob.

    Args:
        said: the text.
        span: where the part stands.
        called: the folded words of the subject's names.
        given: those that tell the subject from others of the family, in fields and cells beside it.
        family: whether it is a family name.
        sure: not beside what may be another word as well: one with which a sentence begins, one
            behind a family name, if no given name is known to have other forms; nor beside letters
            (M. Dupont may be Monsieur) and in two names joined by &.
    """
    ahead, after = around(said, span)
    close = ahead[-CLOSE:]
    if SAINT.search(close) or (not sure and _doubted(close, after, called, family=family)):
        return True
    if family and (particle := LONE_PARTICLE.search(close)) and folded(particle[1]) not in called:
        return True
    behind = (BEHIND.match(after), (COMMA if family else CELL).match(after))
    known = (m for m in behind if m and not (sure and family and not names.is_given(folded(m[1]))))
    beside = (_before(ahead, begun=not sure), *known)
    if any(_names(m[1], called) for m in beside if m is not None):
        return True
    fields = [*_fields(ahead, after, called)]
    ours = any(folded(w) in given for w in fields)
    return not ours and any(_names(w, called) for w in fields)


def _doubted(ahead: str, after: str, called: Collection[str], *, family: bool) -> bool:
    """Whether what stands beside a part makes another's name of it as often as not."""
    if (family and JUNIOR.match(after)) or _initials(ahead, after, called):
        return True
    return AMPERSAND[0].search(ahead) is not None or AMPERSAND[1].match(after) is not None


def labels(said: str, span: Span) -> bool:
    """Whether a word is what a field is called and nobody's name, or a month: <Price>, Case 12, May 5."""
    ahead, after = said[max(0, span.start - 2) : span.start], said[span.end : span.end + 8]
    tag = ahead.endswith(("<", "</")) and after[:1] in (">", "/", " ")
    if tag or (ahead.endswith(('"', "'")) and FIELD.match(after) is not None):
        return True
    field = folded(said[span.start : span.end]) in listed("fields")
    return (field and VALUE.match(after) is not None) or months.may_be(said, span.start, span.end)


def longer(said: str, span: Span, called: Collection[str]) -> bool:
    """Whether what stands beside a whole name makes it another one: Mary Ann Lee, Ann Lee Smith, Sr."""
    ahead, after = around(said, span)
    ends = (JUNIOR_TOO.search(said, span.start, span.end), JUNIOR.match(after))
    ours = {word.strip(".") for word in called}
    if any(end is not None and folded(end[1] or "") not in ours for end in ends):
        return True
    before, behind = BEFORE.search(ahead), FAMILY_NAME.match(after)
    if before and names.is_given(folded(before[1])) and _names(before[1], called):
        return True
    return behind is not None and not shouted(said) and _names(behind[1], called)


def born(said: str, span: Span, called: Collection[str]) -> bool:
    """Whether a date is said to be the birth of somebody else: Bob Ray, born 4 May 1980."""
    before = BORN.search(around(said, span)[0])
    return before is not None and any(_names(w, called) for w in re.findall(CAPITAL, before[1]))


def touch(said: str, one: Span, other: Span) -> bool:
    """Whether nothing but signs and a label (Tel.) stands between a name and something else."""
    first, second = sorted((one, other))
    if second.start - first.end > ROOM:
        return False
    between = said[first.end : second.start]
    return LABELLED.fullmatch(meant(between)) is not None


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


@lru_cache(maxsize=1)
def shouted(said: str) -> bool:
    """Whether a text has no small letters: read once, and not for each name in it."""
    return said.isupper()


def _before(ahead: str, *, begun: bool) -> re.Match[str] | None:
    before = BEFORE.search(ahead)
    if before and not begun and not names.is_given(folded(before[1])):
        return None if BEGUN.search(ahead[: before.start()]) else before
    return before


def _names(word: str, called: Collection[str]) -> bool:
    """Whether a word beside a name is another name: with a capital, or known as a given one."""
    plain = folded(word)
    known = plain in called or LABEL.match(word) is not None
    herald = plain in listed("heralds") and not names.is_given(plain)
    given = len(plain) >= LEAST_GIVEN and names.is_given(plain) and not names.is_word(plain)
    return is_name(word) and (names.is_capital(word) or given) and not known and not herald


def _fields(ahead: str, after: str, called: Collection[str]) -> Iterator[str]:
    """Yield the words of the fields beside one, of the same record, that may be parts of a name."""
    yield from _cells(ahead, after, called)
    if not KEYS.isdisjoint(ahead):
        yield from (m[1] for m in KEYED.finditer(RECORD.split(ahead)[-1]))
    if not KEYS.isdisjoint(after):
        yield from (m[1] for m in KEYED.finditer(RECORD.split(after)[0]))


def _cells(ahead: str, after: str, called: Collection[str]) -> Iterator[str]:
    """Yield the words of the cells beside one, and of the next where those are the subject's: Bob;Lee;Brown."""
    for _ in range(CELLS_BESIDE):
        before = TABLE[0].search(ahead)
        if before is None:
            break
        yield before[1]
        ahead = ahead[: before.start()] if folded(before[1]) in called else ""
    for _ in range(CELLS_BESIDE):
        behind = TABLE[1].match(after)
        if behind is None:
            break
        yield behind[1]
        after = after[behind.end() :] if folded(behind[1]) in called else ""


def _initials(ahead: str, after: str, called: Collection[str]) -> bool:
    """Whether letters beside a part stand for names that are none of the subject's: J. A. Lee."""
    before, behind = INITIALS.search(ahead), INITIAL.match(after)
    letters = re.findall(r"[^\W\d_]", before[1]) if before else []
    letters += [behind[1] or behind[2]] if behind else []
    known = {word[0] for word in called if word}
    return any(not x.islower() and folded(x)[:1] not in known for x in letters)


def around(said: str, span: Span) -> tuple[str, str]:
    """Give what stands before and behind a name, as it is meant, with one space where there are several."""
    ahead, after = said[max(0, span.start - ROOM) : span.start], said[span.end : span.end + ROOM]
    return SPACES.sub(" ", meant(ahead)), SPACES.sub(" ", meant(after))
