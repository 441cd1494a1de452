"""Finds phone numbers by their digits, however they are grouped."""

import re
from bisect import bisect, bisect_left, insort
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

from scanner.identity import MIN_DIGITS, WITH_AREA, Strength
from scanner.texts.folding import folded

BEGINS = r"[+(\d](?<!\d[+(\d])(?:(?<=\d)|(?<=[+(])[+(]?\d)"
"""A digit, one or two signs before it, none of digits: as a set of signs it is found quickly."""

CANDIDATES = tuple(
    re.compile(rf"{BEGINS}(?:[\d().+/_\-]|{space}(?!\+)){{4,}}\d(?!\d)")
    for space in (r"[^\S\r\n]", r"[\s>]")
)
"""What may be a phone number, or several with only spaces between them: in a line, across lines."""

DOTS, LISTING = "·•∙⋅~", ",;:|"
"""Signs that part the groups of a number now and then; the latter part the numbers of a list as well."""

PARTED = re.compile(rf"{BEGINS}(?:[\d().+/_\-{DOTS}{LISTING}]|[^\S\r\n](?!\+)){{4,}}\d(?!\d)")
"""What may be a phone number with such signs between its groups."""

SIGNED = re.compile(rf"[{DOTS}{LISTING}][ (]{{0,2}}\d")
"""Such a sign before a group: most texts with a number have none."""

MOST_BETWEEN = 5
"""More signs than a table's between two groups part two numbers."""

MAX_PREFIX = 6
"""Digits before a national number: 00, up to three of a country, and the trunk's 0."""

_GAP, _END = r"[^\S\r\n]*", r"\d{1,6}(?![\w@]|[.:/-]\d)"
TAIL = re.compile(
    rf"{_GAP}(?:(?:ext\.?|extension){_GAP}|x){_END}|{_GAP}#{_END}(?![^\S\r\n][^\W\d_])"
)
"""An extension behind a phone number."""

CHAIN = re.compile(r"\.(?!0+(?![\d.]))\d")
"""What goes on behind a version number, and not behind a phone number; a table makes 512.0 of 512."""

FEWEST = 6
"""Fewer digits are a number of a country that has such short ones, where it is said, and else none."""

WITH_COUNTRY = 11
"""Fewer digits without a sign before them begin with no calling code."""

NORTH_AMERICAN = 10
"""Digits of a national number of the countries that are called by 1."""

TOKENS = {"52": "1"}
"""What was dialled before mobile numbers of a country, and is no longer."""

Found = tuple[int, int, Strength]
"""Where a number stands, and how sure it is by what is written of it."""


def spans(
    plain: str, numbers: Sequence[tuple[int, str, str]]
) -> Iterator[tuple[int, int, int, Strength]]:
    """Yield where a folded text has one of ``numbers``: start, end, which one, and how sure it is.

    Args:
        plain: the folded text.
        numbers: which one, its national number, its country's calling code.
    """
    if not numbers:
        return
    found: list[tuple[int, int]] = []
    ways = LISTED if SIGNED.search(plain) else PLAINLY
    for pattern, locate in ways:
        for candidate in pattern.finditer(plain):
            places = [i for i in range(*candidate.span()) if plain[i].isdigit()]
            digits = "".join([plain[i] for i in places])
            for index, core, code in numbers:
                if core not in digits:
                    continue
                for start, end, sure in locate(
                    plain, candidate.start(), digits, places, core, code
                ):
                    at = bisect(found, (start, end))
                    before = at == 0 or found[at - 1][1] <= start
                    if before and (at == len(found) or end <= found[at][0]):
                        insort(found, (start, end))
                        yield start, end, index, sure


def national(number: str) -> tuple[str, str]:
    """Reduce a phone number to the digits that every way of writing it ends in.

    Returns:
        The national number, and the country's calling code where the number says it.
    """
    import phonenumbers

    number = folded(number)
    digits = "".join(c for c in number if c.isdigit())
    if number.lstrip().startswith("+") or digits.startswith("00"):
        try:
            found = phonenumbers.parse("+" + digits.removeprefix("00"))
            return str(found.national_number), str(found.country_code)
        except phonenumbers.NumberParseException:
            pass
    if len(digits) == 1 + NORTH_AMERICAN and digits[0] == "1":
        return digits[1:], "1"
    return digits.lstrip("0"), ""


def ways(number: str) -> Iterator[tuple[str, str]]:
    """Yield the digits that the ways of writing a number end in, each with its calling code.

    They are the ``national`` ones, and those of the country's own way where that has others: a mobile
    number of Argentina is +54 9 11 2345-6789 from abroad and 011 15-2345-6789 at home. What is no
    number of the country that it says (+1 000 000 0000) is found as it is written, if at all.
    """
    import phonenumbers

    core, code = national(number)
    if len(core) < FEWEST and not _short(core, code):
        core, code = "".join(c for c in folded(number) if c.isdigit()).lstrip("0"), ""
        if len(core) < FEWEST:
            return
    yield core, code
    if not code and (abroad := _abroad(number)):
        yield abroad
    token = _token(code)
    if token and core.startswith(token) and len(core) - len(token) > WITH_AREA:
        yield core.removeprefix(token), code
    if code:
        one = phonenumbers.PhoneNumber(country_code=int(code), national_number=int(core))
        said = phonenumbers.format_number(one, phonenumbers.PhoneNumberFormat.NATIONAL)
        home = "".join(c for c in said if c.isdigit())
        if not home.endswith(core):
            trunk = next((t for t in _trunks(code) if home.startswith(t)), "")
            yield home.removeprefix(trunk), code


def _abroad(number: str) -> tuple[str, str] | None:
    """Read a number that says its country without a sign before it, as columns of numbers have it."""
    import phonenumbers

    digits = "".join(c for c in folded(number) if c.isdigit())
    if len(digits) < WITH_COUNTRY or digits.startswith("0") or number.lstrip().startswith("+"):
        return None
    try:
        found = phonenumbers.parse("+" + digits)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(found):
        return None
    return str(found.national_number), str(found.country_code)


def local(number: str) -> Iterator[tuple[str, ...]]:
    """Yield the groups of digits by which a number is called within its own area, if it has one.

    What of a number is the area's, and how the rest is grouped, is the country's way: of +1 512 610
    5466 it is 610-5466. Numbers without an area, mobile ones of most countries, have no such way.
    """
    import phonenumbers

    core, code = national(number)
    if not code and len(core) == NORTH_AMERICAN:
        code = "1"
    if not code or not phonenumbers.is_valid_number(
        one := phonenumbers.PhoneNumber(country_code=int(code), national_number=int(core))
    ):
        return
    area = phonenumbers.length_of_geographical_area_code(one)
    if area and len(core) - area >= FEWEST:
        said = phonenumbers.format_number(one, phonenumbers.PhoneNumberFormat.NATIONAL)
        wanted, groups = len(core) - area, list[str]()
        for group in reversed(re.findall(r"\d+", said)):
            if wanted > 0:
                groups.insert(0, group[-wanted:])
                wanted -= len(group)
        yield tuple(groups)


def groups(number: str) -> Iterator[tuple[str, ...]]:
    """Yield the groups of digits in which a national number is written: its country's, and its own."""
    import phonenumbers

    core, code = national(number)
    if len(core) <= FEWEST:
        return
    if not code and len(core) == NORTH_AMERICAN:
        code = "1"
    said = [number]
    if code:
        one = phonenumbers.PhoneNumber(country_code=int(code), national_number=int(core))
        said.append(phonenumbers.format_number(one, phonenumbers.PhoneNumberFormat.NATIONAL))
    found = dict[tuple[str, ...], None]()
    for written in said:
        wanted, some = len(core), list[str]()
        for group in reversed(re.findall(r"\d+", folded(written))):
            if wanted > 0:
                some.insert(0, group[-wanted:])
                wanted -= len(group)
        if "".join(some) == core:
            found[tuple(some)] = None
    yield from found


def _short(core: str, code: str) -> bool:
    """Whether the numbers of a country are so short."""
    import phonenumbers

    return bool(code) and phonenumbers.is_possible_number(
        phonenumbers.PhoneNumber(country_code=int(code), national_number=int(core or 0))
    )


def _locate(
    text: str, start: int, digits: str, places: list[int], core: str, code: str
) -> Iterator[Found]:
    """Find the national number ``core`` among a candidate's digits, as spans of the text."""
    at = digits.find(core) if core else -1
    while at >= 0:
        after = at + len(core)
        last = places[after - 1]
        ends = after == len(digits) or places[after] - last > 1
        begin = _begin(text, start, digits, places, at, after, code)
        if begin is not None and ends and not CHAIN.match(text, last + 1):
            said = text[begin : last + 1]
            if said[0] == "(" and said.count("(") > said.count(")"):  # it opens more than a number
                begin += 1
            tail = TAIL.match(text, last + 1)
            shown = digits[bisect_left(places, begin) : after]
            if (sure := _sure(shown, core, code)) is not None:
                yield begin, tail.end() if tail else last + 1, sure
        at = digits.find(core, at + 1)


def _apart(
    text: str, start: int, digits: str, places: list[int], core: str, code: str
) -> Iterator[Found]:
    """Find a whole national number ``core`` whose groups stand apart as those of a list do.

    So may the numbers of a list or a table: it is asked about, unless it is grouped as its country
    does, or says with + or 0 that it begins there.
    """
    at = digits.find(core) if core else -1
    while at >= 0:
        first, after = _first(text, digits, places, at, code), at + len(core)
        last = places[after - 1]
        ends = after == len(digits) or places[after] - last > 1
        if first is not None and ends and not CHAIN.match(text, last + 1):
            abroad = 0 < first <= MAX_PREFIX and (digits.startswith("00") or places[0] > start)
            begin = places[first] - (text[places[first] - 1 : places[first]] == "+")
            said = text[begin : last + 1]
            if said.count(")") > said.count("(") and text[begin - 1 : begin] == "(":
                begin -= 1
            sure = _listed(said, core, code) if _together(places[first:after]) else None
            alone = not (first and _joins(text[places[first - 1] + 1 : begin]))
            alone &= after == len(digits) or not _joins(text[last + 1 : places[after]])
            if sure is not None and (alone or sure != "doubt") and not abroad:
                tail = TAIL.match(text, last + 1)
                yield begin, tail.end() if tail else last + 1, sure if alone else "doubt"
        at = digits.find(core, at + 1)


PLAINLY = tuple((pattern, _locate) for pattern in CANDIDATES)
LISTED = (*PLAINLY, (PARTED, _apart))
"""What may be a number, and what finds one in it: where no signs of lists stand before digits, and where some do."""


def _first(text: str, digits: str, places: list[int], at: int, code: str) -> int | None:
    """Say at which digit a number begins whose national part begins ``at`` one: no digit is before it.

    Without a sign that it is one, a number before it is a country's only where it is the number's own.
    """
    for size in range(min(at, MAX_PREFIX), -1, -1):
        first = at - size
        if first and places[first] - places[first - 1] == 1:
            continue
        prefix, called = digits[first:at], text[places[first] - 1 : places[first]] == "+"
        known = code or called or prefix.startswith("00") or prefix in ("", "0")
        if known and _prefixes(prefix, code):
            return first
    return None


def _together(places: Sequence[int]) -> bool:
    """Whether no more stands between the digits of a number than belongs there."""
    return all(after - before <= MOST_BETWEEN for before, after in pairwise(places))


def _joins(between: str) -> bool:
    """Whether what stands between two numbers makes a list or one number of them: no mere space does."""
    return any(c in DOTS or c in LISTING for c in between) or not any(map(str.isspace, between))


def _listed(said: str, core: str, code: str) -> Strength | None:
    """Say how sure a number is that is written with signs of lists; None where it has none of them."""
    signs = {c for c in said if c in DOTS or c in LISTING}
    if not signs or _sure("".join(c for c in said if c.isdigit()), core, code) != "strong":
        return None
    parted = sum(c in LISTING for c in said)
    begun = said.startswith("+") or (said.startswith("0") and parted == 1)
    if begun or not parted:
        return "strong"
    written = tuple(re.findall(r"\d+", said))
    whole = f"+{code}{core}" if code else core
    own = any(written[-len(some) :] == some for some in groups(whole))
    return "hint" if own else "doubt"


def _sure(shown: str, core: str, code: str) -> Strength | None:
    """Say how sure a number is by the digits that are written: without an area code others have it.

    So few digits alone are as well an order's, or an address of the internet's.
    """
    prefix = shown.removesuffix(core)
    if len(shown) >= WITH_AREA or (code and prefix.removeprefix("00").startswith(code)):
        return "strong"
    if len(core) < FEWEST:
        return None
    return "full" if len(shown) >= MIN_DIGITS else "weak"


def _begin(
    text: str, start: int, digits: str, places: list[int], at: int, after: int, code: str
) -> int | None:
    """Find where a number begins whose national part is digits ``at`` to ``after`` of a candidate."""
    if at <= MAX_PREFIX and _prefixes(digits[:at], code):
        return start
    # A number of another country: +44 30 901820 is not +49 30 901820. Where no country has it,
    # something else stands before the number: 00471 512 610 5466.
    abroad = at <= MAX_PREFIX and (digits.startswith("00") or places[0] > start)
    if abroad and (text[start] == "(" or _possible(digits[:after].removeprefix("00"))):
        return None
    first = at
    while first > max(0, at - MAX_PREFIX) and places[first] - places[first - 1] == 1:
        first -= 1
    return places[first] if _prefixes(digits[first:at], code) else None


def _possible(digits: str) -> bool:
    """Whether a country has numbers of so many digits."""
    import phonenumbers

    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(f"+{digits}"))
    except phonenumbers.NumberParseException:
        return False


def _prefixes(digits: str, code: str) -> bool:
    """Whether digits before a national number are a trunk prefix, a calling code, or both.

    The 0 of a trunk is often written twice: +359 (0) 047 ...
    """
    # Of +90 the 0 is the country's and no trunk's: what is known of the country goes first.
    country, trunks = re.escape(code) or r"[1-9]\d{0,2}", "|".join(_trunks(code))
    token = f"(?:{_token(code)})?" if _token(code) else ""
    return re.fullmatch(rf"(?:(?:00)?{country}{token})?(?:{trunks})?0?", digits) is not None


@cache
def _token(code: str) -> str:
    """Give what stands before mobile numbers of a country, from abroad only."""
    import phonenumbers

    return TOKENS.get(code) or (phonenumbers.country_mobile_token(int(code)) if code else "")


@cache
def _trunks(code: str) -> tuple[str, ...]:
    """List what is dialled before a national number within a country: mostly 0, in Hungary 06.

    Anybody writes (0) behind a calling code.
    """
    import phonenumbers

    regions = phonenumbers.region_codes_for_country_code(int(code)) if code else ()
    used = {phonenumbers.ndd_prefix_for_region(r, strip_non_digits=True) for r in regions}
    return tuple(sorted({"0", *filter(None, used)}))
