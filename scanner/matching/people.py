"""The ways to write the name of a person, in whatever order, script and spelling."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product

from scanner.identity import Identifier, Strength, is_name
from scanner.matching import encoded
from scanner.matching.form import AFTER, BEFORE, WORDS, Capitals, Form, last
from scanner.texts import names
from scanner.texts.folding import folded
from scanner.texts.lexicon import listed

WIDE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\U0010ffff]")
"""Signs of scripts in which names are not parted, nor from what stands around them; Korean in pieces.

Thai, Lao, Burmese and Khmer are such scripts, too.
"""

CALLED = ("様", "さん", "氏", "君", "殿", "先生", "小姐", "女士", "님", "씨")

AFTER_WIDE = rf"(?=[\u3040-\u30ff]|{'|'.join(map(folded, CALLED))}|{AFTER})"
"""Behind a name in such a script: a form of address or a particle in kana, else no sign of a word."""

GAP = r"(?![\s,.'\"/_+>-]*\n[\s>]*\n)(?:[\s,.'\"/_+-]|(?<=[\s>])>){1,4}"
"""What may stand between two parts of a name; > begins a quoted line, an empty line ends all."""

TITLE = r"(?:mrs?|ms|miss|mx|dr|prof|herrn?|frau|mme|mlle|sra?|srta|sig|dott)\.?"
"""What may stand between a family name and the given one: Lee, Mrs. Ann."""

COMMA = r"[^\S\n]?,\s"
"""Behind a given name it parts two people of a list, or a greeting from what follows: Thomas, Martin."""

ELISION = re.compile(r"\b([OD])(?=[A-Z][a-z])")
"""Where an apostrophe was left out: OBrien, DAngelo."""

APOSTROPHE = r"\\?['`]{0,2}[ ]?"
"""How the apostrophe of O'Brien is written: also OBrien and O Brien, O\\'Brien and O''Brien in code."""

SUFFIX = re.compile(r"[\s,]+(?:jr|sr|junior|senior|i{2,3}|iv|esq|ph\.?d|m\.?d)\.?$", re.IGNORECASE)
"""What stands behind a family name and is often left out."""

JUNIOR = r"(?:,? (?:jr|sr|ii|iii)\b\.?)?"
"""Behind a family name in a text it goes with it."""

LEAST_WIDE = 3
"""Of so many signs a name counts within others, where something strong stands beside it."""

LEAST_TOGETHER = 6
"""A shorter name in one word is a word, as often as not."""

LEAST_CUT = 2
"""Fewer letters of a name say nothing."""

LEAST_CUT_PART = 4
"""Of fewer letters a part of a name that stands last is anybody's."""

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


def parts(index: int, one: Identifier) -> Iterator[Form]:
    """Find a part of a name, or a whole one as its column has it."""
    spelled = [s for s in _spelled(one.value.replace(",", " ")) if s]
    if not spelled:
        return
    between = r"[\s,]+" if "," in one.value else r"\s+"
    inner = "|".join(between.join(map(_loosely, s.split())) for s in spelled)
    several: Capitals = "any" if len(one.value.split()) > 1 else "first"  # van den Berg
    capitals: Capitals = several if one.strength == "weak" else ""
    if all(map(names.is_function, WORDS.findall(spelled[0]))) and not capitals:
        capitals = "all"
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
    if others := encoded.escaped(one.value.replace(",", " ")):
        yield _escaped(form, others)
    if wide and one.strength == "full":
        yield replace(form, pattern=f"(?:{inner})", strength=_within(one.value))
    if one.strength == "weak":
        yield from _stand_ins(index, spelled)


def _escaped(form: Form, others: Sequence[str]) -> Form:
    """Find a part of a name, or a whole one, where its letters are escaped."""
    inner = "|".join(r"[\s,]+".join(map(_loosely, o.split())) for o in others)
    return replace(
        form,
        anchors=encoded.pieces(others),
        pattern=f"{BEFORE}(?:{inner}){AFTER}",
        beside=(),
        word=False,
        starts=_firsts(others),
    )


def _stand_ins(index: int, spelled: Sequence[str]) -> Iterator[Form]:
    """Find what may stand for a part of a name: nicknames, and the halves of a double one."""
    for short in sorted(names.nicknames(spelled[0]) | _halves(spelled)):
        pattern = f"{BEFORE}{_loosely(short)}{AFTER}"
        anchor = _longest([short])
        yield Form(
            index, anchor, pattern, "weak", "first", word=True, starts=_firsts([short]), short=True
        )


def whole(index: int, one: Identifier) -> Iterator[Form]:
    """Write a given and a family name in both orders, the given one also short or an initial."""
    called = [SUFFIX.sub("", part) for part in one.value.split("\n")]
    given, family = map(_spelled, called)
    yield from _together(index, given, family)
    yield from encoded.words(index, replace(one, value="\n".join(called)))
    yield from _encoded(index, called, (given, family))
    given, family = ((*some, *_joined(some)) for some in (given, family))
    if one.strength == "doubt":
        yield from _lettered(index, given, family)
        return
    words = WORDS.findall(f"{given[0]} {family[0]}")
    if all(map(names.is_function, words)):  # customer service: in small letters it is no name
        for form in _pair(index, given, family, "full"):
            yield replace(form, capitals="all")
        return
    yield from _pair(index, given, family, "full")
    firsts, lasts = sorted(_halves(given)), sorted(_halves(family))
    short = sorted(names.nicknames(given[0]))
    stand_ins: tuple[tuple[Sequence[str], Strength], ...] = (
        (firsts, "hint"),
        ([n for n in short if not names.are_two(given[0], n)], "hint"),
        ([n for n in short if names.are_two(given[0], n)], "doubt"),
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


def _encoded(index: int, called: Sequence[str], plain: Sequence[tuple[str, ...]]) -> Iterator[Form]:
    """Write a name with letters beyond ASCII as escapes; ask about it where they were lost."""
    ways: tuple[tuple[Callable[[str], tuple[str, ...]], Strength], ...] = (
        (encoded.escaped, "full"),
        (encoded.lost, "doubt"),
    )
    for write, sure in ways:
        written, doubt = [*map(write, called)], sure == "doubt"
        if any(written):
            given, family = (some or bare for some, bare in zip(written, plain, strict=True))
            for form in _pair(index, given, family, sure):
                yield replace(_rarely(form, written), strength=sure if doubt else form.strength)


def _rarely(form: Form, written: Sequence[tuple[str, ...]]) -> Form:
    """Look for what is written otherwise of a name: the rest of it is a word of many texts."""
    given, family = written
    beside = form.beside if family else form.anchors
    anchors = encoded.pieces(family or given) or _longest(family or given)
    return replace(form, anchors=anchors, beside=beside, word=False)


def _together(index: int, given: Iterable[str], family: Iterable[str]) -> Iterator[Form]:
    """Ask about a name in one word, as in handles and addresses of the web: AnnLee, @leeann."""
    pairs = product(*({re.sub(r"[\s'-]+", "", p) for p in parts} for parts in (given, family)))
    found = {whole for one, two in pairs for whole in (one + two, two + one)}
    wholes = [
        whole
        for whole in sorted(found)
        if len(whole) >= LEAST_TOGETHER and not WIDE.search(whole) and not names.is_given(whole)
    ]
    if wholes:
        pattern = f"{BEFORE}(?:{'|'.join(map(re.escape, wholes))}){AFTER}"
        yield Form(index, tuple(wholes), pattern, "doubt", word=True, starts=tuple(wholes))


def _joined(options: Iterable[str]) -> set[str]:
    """Write double names in one word: Annamaria, Alrashid."""
    return {re.sub(r"[\s-]+", "", o) for o in options} - set(options)


def _halves(options: Iterable[str]) -> set[str]:
    """Give the parts of double names that can stand for the whole, with their particles and without."""
    found = set[str]()
    for option in options:
        particles = ""
        for part in re.split(r"[\s-]+", option):
            if part in listed("particles") or not is_name(part):
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
    listed = rf"(?={COMMA})" if narrow else ""
    for left, right, starts in ((first, last, begun), (last, first, turned)):
        parted = rf"(?!{COMMA})" if narrow and starts is begun else ""
        pattern = rf"{BEFORE}{left}{initials}{parted}{gap}{right}{after}"
        yield Form(index, anchors, pattern, strength, beside=beside, word=word, starts=starts)
        if parted:
            pattern = rf"{BEFORE}{left}{listed}{gap}{right}{after}"
            yield Form(index, anchors, pattern, "doubt", beside=beside, word=word, starts=starts)
        if not narrow:
            pattern, sure = f"{left}{gap}{right}", _within(given[0] + family[0])
            yield Form(index, anchors, pattern, sure, beside=beside, starts=starts)
    if narrow and strength == "full":
        pattern = rf"{BEFORE}{first}{gap}{_any(family)}s{AFTER}"
        whole = tuple(f"{word}s" for word in anchors)
        yield Form(index, whole, pattern, "hint", beside=beside, word=word, starts=begun)
    if narrow:
        middle = rf"(?:[ ](?!{names.PARTICLE}[ ])[^\W\d_]{{2,20}}){{1,2}}"
        # Beside a half of a double name a third one makes somebody else of it: Anne Sophie Dupont.
        inner = (
            ((rf"{BEFORE}{first}{middle}[ ]{last}{AFTER}", begun),) if strength == "full" else ()
        )
        for pattern, starts in (
            *inner,
            (rf"{BEFORE}{first}[ ][(\"'][^\W\d_]{{2,20}}[)\"'][ ]{last}{AFTER}", begun),
            (rf"{BEFORE}{last}[ ]\({first}\)", turned),
            (rf"{BEFORE}{last},?[ ]{TITLE}[ ]{first}{AFTER}", turned),
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
            yield last(index, part, rf"{BEFORE}{re.escape(part)}[ ,]?", ("", " ", ","), "first")
