"""The ways to write an identifier: patterns for folded text, each with words that it cannot lack.

Phone numbers are aside: the matcher compares them by their digits.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

from scanner.identity import FIRST_IDEOGRAM, UNIT, Identifier, Strength, is_name
from scanner.matching import dates, phones
from scanner.texts import names
from scanner.texts.folding import folded

BEFORE, AFTER = r"(?<![^\W_])(?<![\w.+-]@)", r"(?![^\W_]|@)"
"""A name or an id stands alone, and not inside somebody's e-mail address; @ before it is a handle."""

WIDE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\U0010ffff]")
"""Signs of scripts in which names are not parted, nor from what stands around them; Korean in pieces.

Thai, Lao, Burmese and Khmer are such scripts, too.
"""

CALLED = ("様", "さん", "氏", "君", "殿", "先生", "小姐", "女士", "님", "씨")
AFTER_WIDE = rf"(?=[\u3040-\u30ff]|{'|'.join(map(folded, CALLED))}|{AFTER})"
"""Behind a name in such a script: a form of address or a particle in kana, else no sign of a word."""

GAP = r"(?![^\S\n]*\n[\s>]*\n)(?:[\s,.'\"/_+-]|(?<=[\s>])>){1,4}"
"""What may stand between two parts of a name; > begins a quoted line, an empty line ends all."""

ELISION = re.compile(r"\b([OD])(?=[A-Z][a-z])")
"""Where an apostrophe was left out: OBrien, DAngelo."""

APOSTROPHE = r"\\?['`]{0,2}[ ]?"
"""How the apostrophe of O'Brien is written: also OBrien and O Brien, O\\'Brien and O''Brien in code."""

MAIL_BEFORE, MAIL_AFTER = r"(?<![\w+])(?<!\w[.'-])", r"(?![\w@-])(?!\.\w)"
"""An address with more letters at either end is somebody else's."""

FILE = r"\.(?:msg|eml|pst|txt|pdf|docx?|xlsx?|csv|vcf|html?|rtf|jpe?g|png)"
"""An address in front of these is a file's name."""

LOOSE_BEFORE = "(?<=_)"
"""What may stand right before an address all the same: a file's name."""

AT = r"(?:\s?[\[({<]\s?(?:at|@)\s?[\])}>]\s?|\sat\s|\s?@\s?|=40)"
DOT = r"(?:\.|\s?[\[({<]\s?(?:dot|punkt|\.)\s?[\])}>]\s?|\s(?:dot|punkt)\s)"
"""How @ and . are spelled to hide an address from machines."""

AT_SIGNS = ("@", "=40", " @", "\n@", " at ", " [", "[", " (", "(", " {", "{", " <", "<", "+")
"""What follows a local part, whichever way its @ is spelled."""

GOOGLE = frozenset({"gmail.com", "googlemail.com"})
"""Domains of the same mailboxes, in which dots do not count."""

LEAST_LOCAL = 7
"""A shorter local part, or one of letters only, may be anybody's."""

LEAST_DIGITS = 8
"""An id of so many digits is also found with its digits in groups."""

LEAST_GROUPED = 6
"""A shorter id is found as it is only."""

LONG_ID = 13
"""A number of so many digits is nobody else's key, however it is grouped."""

ENDED = r"(?![./-]\d)"
"""What does not go on with digits."""

LAST = 4
"""How many digits a masked number shows."""

ADDRESS_GAP = r"(?:[.]?[\s,>+_]+|[.])"
"""What stands between the words of an address."""

NO_COMMA, HOUSE = r"(?:[.]?[\s>+_]+|[.])", r"(?!:\d|[./]\d+[./]\d)"
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

SUFFIX = re.compile(r"[\s,]+(?:jr|sr|junior|senior|i{2,3}|iv|esq|ph\.?d|m\.?d)\.?$", re.IGNORECASE)
"""What stands behind a family name and is often left out."""

JUNIOR = r"(?:,? (?:jr|sr|ii|iii)\b\.?)?"
"""Behind a family name in a text it goes with it."""

NO_TIME = r"(?![t ,]{1,2}(?!00:00)\d\d:\d\d)"
"""A day with its hour is nobody's birth, but midnight, as columns of times have it."""

WORDS = re.compile(r"[^\W\d_]+")
"""The words of a name or an address, without its numbers and signs."""


LEAST_WIDE = 3
"""Of so many signs a name counts within others, where something strong stands beside it."""

LEAST_TOGETHER = 6
"""A shorter name in one word is a word, as often as not."""

LEAST_CUT = 2
"""Fewer letters of a name say nothing."""

END = "\0"
"""What ends a cell where rows are looked through, and a text that is cut."""

LEAST_CUT_PART = 4
"""Of fewer letters a part of a name that stands last is anybody's."""

LEAST_CUT_LOCAL = 8
"""Of a mailbox fewer signs are many people's."""

LEAST_CUT_PHONE = 6
"""Of a phone number fewer digits are many people's."""

LEAST_CUT_ID, CUT_SIGNS = 9, 2
"""Of a shorter id what is left, when so many signs are cut, is many people's."""

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ø": "oe", "ü": "ue", "å": "aa"})
CYRILLIC = re.compile("[\u0400-\u04ff]")
LATIN = (
    ("iy", "y"),
    ("iy", "ii"),
    ("ey", "ei"),
    ("ks", "x"),
    (r"(?<=[bdfgklmnprstvz])ev\b", "yev"),
)
"""Other ways to write Cyrillic names in Latin letters: Dmitry, Sergei, Alexey, Yuryev."""

SPELLED_OUT = re.compile(r"(?<=[^aeiouy\W])([aou])e(?=[^aeiouy\W])")
"""An umlaut in two letters, between consonants: Mueller, and not Bauer."""

Span = tuple[int, int]
"""Where a match begins and ends."""

Capitals = Literal["", "first", "any", "all", "initials"]
"""Which words of a text need a capital to be a name; ``initials`` that stand together, all letters."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write an identifier, tried where one of its anchors occurs in the folded text.

    ``digits`` stands for anchors where only the digits count. Of ``beside`` one must occur too,
    where there are any. ``capitals`` says which words of the
    text need one: none, the first, any, all, or initials each. ``cut``: only in texts that are cut.
    ``word``: no letter or digit stands before or behind an anchor where the pattern matches.
    A match begins with one of ``starts``, where there are any: it is tried there only. ``last``: not
    where something better of the identifier was found, which is as long. ``short`` stands for a part
    of the name, and is none.
    """

    index: int
    anchors: tuple[str, ...]
    pattern: str
    strength: Strength
    capitals: Capitals = ""
    digits: str = ""
    beside: tuple[str, ...] = ()
    cut: bool = False
    word: bool = False
    starts: tuple[str, ...] = ()
    last: bool = False
    short: bool = False

    def spans(
        self,
        compiled: Callable[[str], re.Pattern[str]],
        plain: str,
        begin: int,
        end: int,
        but: Collection[Span] = (),
    ) -> Iterator[Span]:
        """Yield where the pattern matches in a window of a folded text, as ``finditer`` does.

        ``but``: not where something better was found.

        Most windows hold nothing: to look for what a match begins with takes a fraction of the time
        of trying the pattern, which begins with what must not stand before it, at each place. Nor
        need it be compiled there.
        """
        if not self.starts or "" in self.starts:
            yield from (m.span() for m in compiled(self.pattern).finditer(plain, begin, end))
            return
        done = begin
        for place in sorted(_places(self.starts, plain, begin, end)):
            if any(start <= place < stop for start, stop in but):
                continue
            if place >= done and (match := compiled(self.pattern).match(plain, place, end)):
                yield match.span()
                done = match.end()


def _places(starts: Iterable[str], plain: str, begin: int, end: int) -> set[int]:
    """Find all places of a window where one of ``starts`` stands."""
    found = set[int]()
    for start in starts:
        place = plain.find(start, begin, end)
        while place >= 0:
            found.add(place)
            place = plain.find(start, place + 1, end)
    return found


def forms(index: int, one: Identifier) -> Iterator[Form]:
    """Yield the ways in which an identifier is written."""
    if one.kind == "PHONE_NUMBER":
        yield from _locally(index, one)
        yield from _cut_phone(index, one)
    elif one.kind == "DATE_OF_BIRTH":
        yield from _dates(index, one)
    elif one.kind == "EMAIL_ADDRESS" and one.value.count("@") == 1:
        yield from _mails(index, one)
    elif one.kind == "STREET_ADDRESS":
        yield from _addresses(index, one)
    elif one.kind == "PERSON" and "\n" in one.value:
        yield from _names(index, one)
    elif one.kind == "PERSON":
        yield from _words(index, one)
    else:
        yield from _ids(index, one)


def _locally(index: int, one: Identifier) -> Iterator[Form]:
    """Write a phone number as it is called within its own area, 555-0148, which others have, too.

    Without a sign between its groups it may be any number: then it counts beside something only.
    """
    for groups in phones.local(one.value):
        ways: tuple[tuple[str, Strength], ...] = ((" -./", "hint"), ("", "weak"))
        for signs, sure in ways if len(groups) > 1 else ways[1:]:
            written = tuple(sign.join(groups) for sign in signs or ("",))
            inner = "|".join(map(re.escape, written))
            pattern = rf"(?<![\w@+])(?<![\d)][ ./-])(?:{inner})(?![\w@])(?![ ./-]\d)"
            yield Form(index, written, pattern, sure, word=True, starts=(groups[0],))


def _cut_phone(index: int, one: Identifier) -> Iterator[Form]:
    """Ask about the beginning of a phone number that a column's length cuts."""
    for groups in phones.groups(one.value):
        digits = "".join(groups)
        if len(digits) <= LEAST_CUT_PHONE:
            continue
        more = r"[ ().\/-]{0,2}"
        rest = ""
        for digit in reversed(digits[LEAST_CUT_PHONE:-1]):
            rest = rf"(?:{more}{digit}{rest})?"
        starts = tuple(_begun(groups, sign) for sign in (*" -./", "", ") ", ")", ")-"))
        starts = tuple(dict.fromkeys(starts))
        inner = "|".join(map(re.escape, starts))
        pattern = rf"(?<![1-9])(?<!\d0)(?:{inner}){rest}{more}\Z"
        yield Form(index, starts, pattern, "doubt", cut=True, starts=(groups[0],))


def _begun(groups: Sequence[str], sign: str) -> str:
    """Write the first digits of a number in groups; a bracket closes behind the first one only."""
    first, *rest = groups
    left, written = LEAST_CUT_PHONE - len(first), first[:LEAST_CUT_PHONE]
    for n, group in enumerate(rest):
        if left > 0:
            written += (" " if n and ")" in sign else sign) + group[:left]
            left -= len(group)
    return written


def _spelled(name: str) -> tuple[str, ...]:
    """Fold a name in the ways that mean the same: Müller is Muller and Mueller, OBrien O'Brien."""
    name = ELISION.sub(r"\1'", name)
    greek = [s for s in (folded(name),) if not name.isascii() and "oy" in s]
    found = [folded(name), folded(name.lower().translate(UMLAUTS))]
    found += [s.replace("oy", "ou") for s in greek]
    if CYRILLIC.search(name):
        for said, other in LATIN:
            found += [s for f in found if (s := re.sub(said, other, f)) != f]
    return tuple(dict.fromkeys(" ".join(f.split()) for f in found))


def _any(options: Iterable[str]) -> str:
    """Make a pattern of several names; the parts of a double one may stand apart."""
    patterns = [r"[\s-]+".join(map(_loosely, re.split(r"[\s-]+", o))) for o in options]
    return f"(?:{'|'.join(patterns)})"


def _loosely(part: str) -> str:
    """Make a pattern of a part of a name; an apostrophe may be another sign, a space or nothing."""
    return APOSTROPHE.join(map(re.escape, part.split("'")))


def _firsts(options: Iterable[str]) -> tuple[str, ...]:
    """Name what each option begins with, however its parts are joined; nothing where one has none."""
    found = {re.split(r"[\s,'-]+", o)[0] for o in options}
    return () if "" in found else tuple(sorted(found))


def _longest(options: Iterable[str]) -> tuple[str, ...]:
    """Name the part of each option that a text cannot lack."""
    return tuple(dict.fromkeys(max(re.split(r"[\s,'-]+", o), key=len) for o in options))


def _alone(options: Iterable[str]) -> bool:
    """Whether the parts of names are words of a text: not those of O'Brien, who is OBrien as well."""
    return not any("'" in o for o in options)


def _others(options: Iterable[str]) -> tuple[str, ...]:
    """Name another part of each option that a text cannot lack; nothing where one has none."""
    found = []
    for option in options:
        parts = sorted(filter(None, re.split(r"[\s,'-]+", option)), key=len, reverse=True)
        if not parts[1:]:
            return ()
        # Where two are as long as each other, the anchor is the first of them.
        found.append(parts[1])
    return tuple(dict.fromkeys(found))


def _words(index: int, one: Identifier) -> Iterator[Form]:
    """Find a part of a name, or a whole one as its column has it."""
    spelled = [s for s in _spelled(one.value.replace(",", " ")) if s]
    if not spelled:
        return
    inner = "|".join(r"[\s,]+".join(map(_loosely, s.split())) for s in spelled)
    several: Capitals = "any" if len(one.value.split()) > 1 else "first"  # van den Berg
    capitals: Capitals = several if one.strength == "weak" else ""
    wide = WIDE.search(spelled[0]) is not None and len(one.value) > 1
    pattern = f"{BEFORE}(?:{inner}){AFTER_WIDE if wide else AFTER}"
    form = Form(
        index,
        _longest(spelled),
        pattern,
        one.strength,
        capitals,
        beside=_others(spelled),
        word=not wide and _alone(spelled),
        starts=_firsts(spelled),
    )
    yield form
    if wide and one.strength == "full":
        yield replace(form, pattern=f"(?:{inner})", strength=_within(one.value))
    if one.strength == "weak":
        yield from _stand_ins(index, spelled)


def _stand_ins(index: int, spelled: Sequence[str]) -> Iterator[Form]:
    """Find what may stand for a part of a name: nicknames, and the halves of a double one."""
    for short in sorted(names.nicknames(spelled[0]) | _halves(spelled)):
        pattern = f"{BEFORE}{_loosely(short)}{AFTER}"
        anchor = _longest([short])
        yield Form(
            index, anchor, pattern, "weak", "first", word=True, starts=_firsts([short]), short=True
        )


def _names(index: int, one: Identifier) -> Iterator[Form]:
    """Write a given and a family name in both orders, the given one also short or an initial."""
    given, family = (_spelled(SUFFIX.sub("", part)) for part in one.value.split("\n"))
    given, family = ((*some, *_joined(some)) for some in (given, family))
    if one.strength == "doubt":
        yield from _lettered(index, given, family)
        return
    yield from _pair(index, given, family, "full")
    firsts, lasts = sorted(_halves(given)), sorted(_halves(family))
    short = sorted(names.nicknames(given[0]))
    stand_ins: tuple[tuple[Sequence[str], Strength], ...] = (
        (firsts, "hint"),
        ([n for n in short if not names.is_own(n)], "hint"),
        ([n for n in short if names.is_own(n)], "doubt"),
    )
    for others, sure in stand_ins:
        if others:
            yield from _pair(index, others, family, sure)
    for one_of_two in (given, firsts):
        if one_of_two and lasts:
            yield from _pair(index, one_of_two, lasts, "hint")
    if bare := {SPELLED_OUT.sub(r"\1", f) for f in family[:1]} - set(family):
        yield from _pair(index, given, sorted(bare), "hint")
    yield from _cut(index, given[0], family[0])
    yield from _together(index, given[0], family[0])
    letters = [w[0] for w in WORDS.findall(given[0])[:2]] or [given[0][0]]
    anchors, last, first = (
        _longest(family),
        _any(family),
        r"(?:\.?[\s-]?".join(map(re.escape, letters)),
    )
    first += ")?" * (len(letters) - 1)
    parted = r"(?:\.\s?|\s)"
    more = rf"(?:[a-z]{{1,2}})?{parted}(?:[a-z]{parted}){{0,2}}"
    word = _alone(family)
    ways: tuple[tuple[tuple[str, ...], Capitals, str], ...] = (
        ((letters[0],), "initials", rf"{BEFORE}(?<!\.-){first}{more}{last}{AFTER}"),
        (_firsts(family), "first", rf"{BEFORE}{last},\s*{first}(?:\.|{AFTER})(?:\s?[a-z]\.)?"),
    )
    for starts, capitals, pattern in ways:
        yield Form(index, anchors, pattern, "weak", capitals, word=word, starts=starts)


def _within(name: str) -> Strength:
    """Say how sure a name of an unparted script is within other signs: two occur by chance."""
    return "hint" if len(name) >= LEAST_WIDE else "doubt"


def _lettered(index: int, given: tuple[str, ...], family: tuple[str, ...]) -> Iterator[Form]:
    """Ask about a name of which one part is a letter; the other one is the rarer word."""
    parts = (given, family) if len(family[0]) == 1 else (family, given)
    for form in _pair(index, parts[1], parts[0], "doubt"):
        yield replace(form, capitals="all")


def _together(index: int, given: str, family: str) -> Iterator[Form]:
    """Ask about a name in one word, as in handles and addresses of the web: AnnLee, @leeann."""
    one, two = (re.sub(r"[\s'-]+", "", part) for part in (given, family))
    if len(one + two) >= LEAST_TOGETHER and not WIDE.search(one + two):
        for whole in (one + two, two + one):
            pattern = f"{BEFORE}{re.escape(whole)}{AFTER}"
            yield Form(index, (whole,), pattern, "doubt", word=True, starts=(whole,))


def _joined(options: Iterable[str]) -> set[str]:
    """Write double names in one word: Annamaria, Alrashid."""
    return {re.sub(r"[\s-]+", "", o) for o in options} - set(options)


def _halves(options: Iterable[str]) -> set[str]:
    """Give the parts of double names that can stand for the whole, with their particles and without."""
    found = set[str]()
    for option in options:
        particles = ""
        for part in re.split(r"[\s-]+", option):
            if part in names.particles() or not is_name(part):
                particles += f"{part} "
                continue
            found |= {part, f"{particles}{part}"}
            particles = ""
    return found - set(options)


def _pair(
    index: int, given: Iterable[str], family: Iterable[str], strength: Strength
) -> Iterator[Form]:
    """Write two names in both orders, with initials or whole names between them."""
    given, family = tuple(given), tuple(family)
    first, last, anchors = _any(given), f"{_any(family)}{JUNIOR}", _longest(family)
    beside = _longest(given)
    narrow = not WIDE.search("".join(given + family))
    word = narrow and _alone(family)
    gap, after = (GAP, AFTER) if narrow else (GAP.replace("{1,4}", "{0,4}"), AFTER_WIDE)
    initials = rf"(?:{GAP}[a-z]\.?){{0,2}}"
    begun, turned = _firsts(given), _firsts(family)
    for left, right, starts in ((first, last, begun), (last, first, turned)):
        pattern = rf"{BEFORE}{left}{initials}{gap}{right}{after}"
        yield Form(index, anchors, pattern, strength, beside=beside, word=word, starts=starts)
        if not narrow:
            pattern, sure = f"{left}{gap}{right}", _within(given[0] + family[0])
            yield Form(index, anchors, pattern, sure, beside=beside, starts=starts)
    if narrow and strength == "full":
        pattern = rf"{BEFORE}{first}{gap}{_any(family)}s{AFTER}"
        whole = tuple(f"{word}s" for word in anchors)
        yield Form(index, whole, pattern, "hint", beside=beside, word=word, starts=begun)
    if narrow:
        for pattern, starts in (
            (rf"{BEFORE}{first}(?:[ ][^\W\d_]{{2,20}}){{1,2}}[ ]{last}{AFTER}", begun),
            (rf"{BEFORE}{first}[ ][(\"'][^\W\d_]{{2,20}}[)\"'][ ]{last}{AFTER}", begun),
            (rf"{BEFORE}{last}[ ]\({first}\)", turned),
            (rf"{BEFORE}{last},[ ]{first}(?:[ ][^\W\d_]{{2,20}}){AFTER}", turned),
        ):
            yield Form(
                index, anchors, pattern, "hint", "all", beside=beside, word=word, starts=starts
            )


def _cut(index: int, given: str, family: str) -> Iterator[Form]:
    """Write a name that a column's length cuts short."""
    for first, sign, second in ((given, " ", family), (family, ", ", given), (family, " ", given)):
        short = "|".join(re.escape(second[:k]) for k in range(len(second) - 1, LEAST_CUT - 1, -1))
        if short:
            pattern = rf"{BEFORE}{re.escape(first)}{sign}(?:{short})\Z"
            anchors = (f"{first}{sign}{second[:LEAST_CUT]}",)
            yield Form(index, anchors, pattern, "hint", cut=True, starts=(first,))
    for part in (given, family):
        if len(part) >= LEAST_CUT_PART:
            yield _last(index, part, rf"{BEFORE}{re.escape(part)}[ ,]?", ("", " ", ","), "first")


def _last(
    index: int, begun: str, pattern: str, signs: Sequence[str], capitals: Capitals = ""
) -> Form:
    """Ask about something common, where nothing stands behind it in a text that is cut."""
    ends = tuple(f"{begun}{sign}{END}" for sign in signs)
    return Form(index, ends, rf"{pattern}\Z", "doubt", capitals, cut=True, starts=(begun,))


def _cut_id(index: int, value: str) -> Iterator[Form]:
    """Ask about an id of which a column's length cuts a sign or two."""
    if len(value) >= LEAST_CUT_ID and value[-CUT_SIGNS:].isalnum():
        shown = (value[:-CUT_SIGNS], value[: 1 - CUT_SIGNS])
        pattern = rf"{BEFORE}{re.escape(shown[0])}{re.escape(value[-CUT_SIGNS])}?\Z"
        starts = (shown[0],)
        yield Form(index, shown, pattern, "doubt", cut=True, word=True, starts=starts)


def _mails(index: int, one: Identifier) -> Iterator[Form]:
    """Write an address, and those that lead to the same mailbox."""
    local, domain = folded(one.value).split("@")
    local = local.partition("+")[0] or local
    domains = [domain, *_spelled_out(domain)]
    locals_ = [local]
    if domain in GOOGLE:
        domains = sorted(GOOGLE)
        locals_ = sorted({local, local.replace(".", "")})
    for at, where in product(locals_, domains):
        yield from _mail(index, at, where)
    verp = rf"(?<!\w){re.escape(local)}={re.escape(domain)}(?=@)"
    yield Form(index, (f"{local}=",), verp, "doubt", starts=(local,))


def _spelled_out(domain: str) -> list[str]:
    """Give the letters of a domain that is written in ASCII: xn--mller-kva.de."""
    try:
        said = folded(domain.encode("ascii").decode("idna")) if "xn--" in domain else domain
    except UnicodeError:
        return []
    return [said] if said != domain else []


def _mail(index: int, local: str, domain: str) -> Iterator[Form]:
    """Write an address plainly, with a tag, with @ and . spelled out, and as part of a file's name."""
    plain = re.escape(local)
    tag = r"(?:\+[\w.%-]{1,64})?"
    ends = r"\.".join(map(re.escape, domain.split(".")))
    here = rf"{plain}{tag}@{ends}"
    anchors = (f"{local}@", f"{local}+")
    yield Form(index, anchors, f"{MAIL_BEFORE}{here}{MAIL_AFTER}", "strong", starts=(local,))
    apart = (DOT.join(map(re.escape, part.split("."))) for part in (local, domain))
    starts = {local, *(local.replace(".", dot) for dot in (" dot ", "[dot]", "(dot)", " [dot] "))}
    signs = tuple(sorted(s + sign for s, sign in product(starts, AT_SIGNS)))
    spelled = f"{MAIL_BEFORE}{AT.join(apart)}{MAIL_AFTER}"
    yield Form(index, signs, spelled, "strong", starts=(local.partition(".")[0],))
    loose = rf"(?:{LOOSE_BEFORE}|{MAIL_BEFORE}){here}(?:(?={FILE}(?!\w))|(?=[_-])|{MAIL_AFTER})"
    yield Form(index, anchors, loose, "doubt", starts=(local,), last=True)
    short = "|".join(re.escape(domain[:k]) for k in range(len(domain) - 1, -1, -1))
    cut = rf"{MAIL_BEFORE}{plain}@(?:{short})\Z"
    yield Form(index, anchors[:1], cut, "doubt", cut=True, starts=(local,))
    if len(local) >= LEAST_LOCAL and re.search(r"[\d._-]", local):
        alone = rf"(?<![\w.+@-]){plain}(?![\w@+-])(?!\.\w)(?!{AT})"
        yield Form(index, (local,), alone, "doubt", starts=(local,))
        yield from _cut_local(index, local)


def _cut_local(index: int, local: str) -> Iterator[Form]:
    """Ask about what is left of a mailbox that a column's length cuts, if it is more than a name."""
    if (part := re.match(r"[^\W\d_]{4,}[._-]", local)) and part.end() < len(local):
        yield _last(index, part[0], rf"(?<![\w.+@-]){re.escape(part[0])}", ("",))
    sign = re.search(r"\d|[._-]..", local)
    least = max(LEAST_CUT_LOCAL, sign.end()) if sign else len(local)
    if least < len(local):
        rest = "|".join(re.escape(local[least:k]) for k in range(len(local) - 1, least, -1))
        pattern = rf"(?<![\w.+@-]){re.escape(local[:least])}(?:{rest})?\Z"
        starts = (local[:least],)
        yield Form(index, starts, pattern, "doubt", cut=True, starts=starts)


def _addresses(index: int, one: Identifier) -> Iterator[Form]:
    """Write an address in one or several lines, with its words cut short or not.

    Without the flat or the floor it is the house's, which means the subject beside something sure.
    """
    yield from _address(index, one.value, one.strength)
    whole = one.value.strip()
    ends = (m.start() for m in re.finditer(r"[\s,]+", whole))
    if bare := next(
        (whole[:end] for end in ends if UNIT.fullmatch(whole[end:].lstrip(" ,\t"))), ""
    ):
        yield from _address(index, bare, "hint")
    first, _, street = whole.partition(" ")
    street, _, last = whole.rpartition(" ") if not first.isdigit() else (street, "", first)
    if last.isdigit() and not re.search(r"[\d,]", street):
        turned = f"{street} {last}" if first.isdigit() else f"{last} {street}"
        yield from _address(index, turned, "doubt")


def _address(index: int, value: str, strength: Strength) -> Iterator[Form]:
    if max(value) > FIRST_IDEOGRAM and WORDS.search(folded(value)):
        yield _unspaced(index, value, strength)
    words = [w.strip(".") for w in re.split(r"[\s,]+", folded(value)) if w.strip(".")]
    if not words or not any(w[0].isdigit() for w in words):
        return
    options = [sorted(names.same_in_address(w), key=len, reverse=True) for w in words]
    written = [f"(?:{'|'.join(map(re.escape, o))})" for o in options]
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


def _ids(index: int, one: Identifier) -> Iterator[Form]:
    """Write an id as it is, with other signs between its groups, or masked to its last digits."""
    words = [w for w in re.split(r"[\s,]+", folded(one.value)) if w]
    if not words:
        return
    inner = r"[\s,]+".join(map(re.escape, words))
    whole = Form(index, (max(words, key=len),), inner, one.strength, word=True, starts=(words[0],))
    yield from _ending(whole)
    if one.strength == "strong":
        yield from _cut_id(index, " ".join(words))
    if one.kind == "USERNAME":
        yield from _elsewhere(index, folded(one.value))
    if one.kind == "USERNAME" and one.strength == "weak":
        yield from _logged_in(index, folded(one.value))
    signs = "".join(c for c in folded(one.value) if c.isalnum())
    digits = "".join(c for c in signs if c.isascii() and c.isdigit())
    if one.strength == "weak" or one.kind == "USERNAME":
        return
    if len(digits) >= LEAST_DIGITS:
        apart = r"[ ./_-]?".join(map(re.escape, signs))
        sure = len(digits) >= LONG_ID or not signs.isdigit()
        strength = one.strength if sure else "full"
        yield from _ending(Form(index, (), apart, strength, digits=digits, starts=(signs[0],)))
        yield from _masked(index, digits[-LAST:])
    elif len(signs) >= LEAST_GROUPED and not signs.isdigit():
        groups = re.split(r"[\s./_:-]+", folded(one.value))
        others = [sign.join(groups) for sign in ("", " ", "-", ".", "/", "_", ":")]
        apart = f"(?:{'|'.join(map(re.escape, others))})"
        yield from _ending(
            Form(index, tuple(others), apart, one.strength, word=True, starts=(groups[0],))
        )


def _ending(form: Form) -> Iterator[Form]:
    """Let an id end where it ends; with digits behind it, it may be another one: CUST-00471-2."""
    alone = f"{BEFORE}{form.pattern}{AFTER}"
    if form.strength == "weak":
        yield replace(form, pattern=alone)
        return
    yield replace(form, pattern=f"{alone}{ENDED}")
    yield replace(form, pattern=alone, strength="doubt", last=True)


def _elsewhere(index: int, login: str) -> Iterator[Form]:
    """Ask about a login that is the local part of an address: it may be somebody else's there."""
    if not names.is_given(login):
        address = rf"{MAIL_BEFORE}{re.escape(login)}(?:\+[\w.%-]{{1,64}})?@\w[\w-]*(?:\.\w[\w-]*)*"
        yield Form(index, (f"{login}@", f"{login}+"), address, "doubt", starts=(login,))


def _logged_in(index: int, login: str) -> Iterator[Form]:
    """Ask about a login that is a word, where the text says that it is one: user=jsmith."""
    said = "user|username|login|logon|account|uid|benutzer|benutzername|utilisateur|usuario|utente"
    ahead = rf"(?:{said})[\"']?\W{{1,3}}|\w\\"
    yield Form(index, (login,), rf"(?:{ahead}){re.escape(login)}{AFTER}", "doubt", word=True)


def _masked(index: int, last: str) -> Iterator[Form]:
    """Write a number of which only the end shows; it counts beside something else."""
    shown = rf"(?:[*x#•]{{2,}}[\s-]?)+{last}(?!\d)|(?:end(?:ing|s|et)?|last)(?:\s\w+){{0,3}}\s{last}(?!\d)"
    signs = ("*", "* ", "*-", "x", "x ", "x-", "#", "•", "• ", "in ", "with ", "auf ", "digits ")
    yield Form(index, tuple(s + last for s in signs), shown, "weak")


def _dates(index: int, one: Identifier) -> Iterator[Form]:
    """Write a date of birth in the usual orders, in digits and in words."""
    for day in dates.days(one.value):
        said = dates.written(day)
        inner = "|".join(map(re.escape, sorted(said, key=lambda s: (-len(s), s))))
        pattern = rf"(?<![\w.-])(?:{inner})(?!\d)(?![.-]\d){NO_TIME}"
        yield Form(index, tuple(sorted(said)), pattern, "weak")
