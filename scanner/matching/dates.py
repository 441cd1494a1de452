"""Dates as people write them: in several orders, in digits and in words. Values in, texts out.

A year of two digits counts where words, an apostrophe or the signs between make a date of it.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from itertools import product

from scanner.identity import Identifier
from scanner.matching.form import Form
from scanner.texts import months
from scanner.texts.folding import folded

NO_TIME = r"(?![t ,:]{1,2}(?!00:00)\d\d:\d\d)"
"""A day with its hour is nobody's birth, but midnight, as columns of times have it."""

NO_HOUR = r"(?!:\d)(?![ ]?(?:uhr|h|am|pm|o'clock)\b)"
"""A year of two digits may be an hour: 4 March 20:30."""

ENDS = rf"(?!\d)(?![./-]\d){NO_TIME}"
"""What does not go on as a longer number, or with an hour."""

ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
"""How months are numbered in much of Europe: 4.III.1980."""

NTH = r"(?:st|nd|rd|th|er|:?[aeo]|\.)?"
"""What stands right behind a day: 4th, 4., 1er, 1:a, 1º as it is folded."""

TO_MONTH = r"(?:\s?[-/]\s?|\s{0,2})(?:(?:of|de|d'|del|di|day of)\s?)?"
"""What stands between a day and the month behind it."""

TO_YEAR = ("", " ", "\n", ". ", ".", ", ", "., ", "-", "/", " - ", " / ", " de ", " del ", " of ")
"""What stands between a month and the year behind it."""

TO_DAY = (" ", ". ", ".", "-", "/", "", " the ")
"""What stands between a month and the day behind it."""

FROM_YEAR = ("-", "/", " ", ". ", ".", ", ", "")
"""What stands between a year and the month behind it: 1980. március 4."""

TO_SHORT = ("", " ", ". ", ".", "-", "/")
"""What stands between a month and a year of two digits. March, 80 people: no comma."""

SIGNS = ("\n", ". ", ".", ", ", ",", "-", "/", "- ", "/ ", "de ", "del ", "of ")
"""What few numbers have before them, and a year has: with it the year is looked for by itself."""

AFTER_DAY = ("st ", "nd ", "rd ", "th ", "er ")
"""What ends a day that stands before its year."""

FEW = 2
"""So many letters of a month are looked for beside a year: each way to write all of it is too much."""

SPACED_ONLY = re.compile(r"\d+(?: \d+)+")
NO_GROUP = r"(?<!\d )", r"(?![ /]\d)"
"""Numbers with spaces between them may be some of a longer one: 06 12 1980 4455."""

SPACED = " / ", " - "
"""Signs between numbers with room around them."""


def days(value: str) -> Iterator[date]:
    """Read a day as a column of texts may have it; where that is not clear, in both orders."""
    if found := re.match(r"(\d{4})-?(\d\d)-?(\d\d)(?!\d)", value):
        orders = [(1, 2, 3)]
    elif found := re.match(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?!\d)", value):
        orders = [(4, 3, 1)] if found[2] == "." else [(4, 3, 1), (4, 1, 3)]
    else:
        return
    for year, month, day in dict.fromkeys(tuple(int(found[n]) for n in o) for o in orders):
        with suppress(ValueError):
            yield date(year, month, day)


def forms(index: int, one: Identifier) -> Iterator[Form]:
    """Write a date of birth in the usual orders, in digits and in words."""
    for day in days(one.value):
        said = numbered(day)
        spaced = {s for s in said if SPACED_ONLY.fullmatch(s)}
        for some, begins, ends in ((said - spaced, "", ""), (spaced, NO_GROUP[0], NO_GROUP[1])):
            pattern = rf"(?<![\w.-]){begins}{_any(some)}{ENDS}{ends}"
            yield Form(index, tuple(sorted(some)), pattern, "weak")
        yield _worded(index, day)


def numbered(day: date) -> frozenset[str]:
    """Give the ways to write a day without the name of its month, folded."""
    days, numbers = ({str(n), f"{n:02}"} for n in (day.day, day.month))
    year = str(day.year)
    said = {
        sign.join(parts)
        for sign in (".", "/", " ", "-", ". ", *SPACED)
        for d, m in product(days, numbers)
        for parts in ((year, m, d), (d, m, year), (m, d, year), (d, m, year[2:]), (m, d, year[2:]))
        if sign != " " or year in parts
    }
    said |= {day.strftime("%Y%m%d"), day.strftime("%d%m%Y")}
    for d, m in product(days, numbers):
        said |= {f"{year}年{m}月{d}日", folded(f"{year}년 {m}월 {d}일")}
    roman = ROMAN[day.month - 1]
    for d, sign in product(days, (".", "/", "-", ". ")):
        said |= {sign.join((d, roman, year)), sign.join((year, roman, d))}
        said |= {sign.join((d, roman, year[2:]))} if sign in "./-" else set()
    return frozenset(said)


def _worded(index: int, day: date) -> Form:
    """Write a day with the name of its month: behind the day, before it, or behind the year."""
    names, year, short = sorted(months.dated(day.month)), str(day.year), str(day.year)[2:]
    word, nth = _any(names), rf"0?{day.day}{NTH}"
    years = rf"(?:{_any(TO_YEAR)}(?:{year}|'{short}{NO_HOUR})|{_any(TO_SHORT)}{short}{NO_HOUR})"
    # March 4, 80 people: behind the day it needs an apostrophe, or the sign before the day.
    behind = rf"(?:(?:,?\s?|,?\s(?:de|del|of)\s|[-/]){year}|,?\s?'{short}{NO_HOUR})"
    ways = (
        rf"{nth}{TO_MONTH}{word}{years}",
        rf"{word}{_any(TO_DAY)}{nth}{behind}",
        rf"{word}(?P<sign>[-/]){nth}(?P=sign){short}{NO_HOUR}",
        rf"{year}{_any(FROM_YEAR)}{word}{_any(TO_DAY)}0?{day.day}",
    )
    ends, begins = {n[-FEW:] for n in names}, {n[:FEW] for n in names}
    beside = {f"{sign}{year}" for sign in (*SIGNS, *AFTER_DAY, f"{day.day} ")}
    beside |= {f"{end}{sign}{year}" for end, sign in product(ends, ("", " "))}
    beside |= {f"{end}{sign}{short}" for end, sign in product(ends, TO_SHORT)}
    beside |= {f"{year}{sign}{begin}" for sign, begin in product(FROM_YEAR, begins)}
    beside |= {f"'{short}", f"{day.day}-{short}", f"{day.day}/{short}"}
    pattern = rf"(?<![\w.-])(?:{'|'.join(ways)}){ENDS}"
    return Form(index, tuple(sorted(beside)), pattern, "weak")


def _any(options: Iterable[str]) -> str:
    """Make a pattern of several texts, the longest first."""
    return f"(?:{'|'.join(map(re.escape, sorted(options, key=lambda s: (-len(s), s))))})"
