"""Dates as people write them: in several orders, in digits and in words. Values in, texts out."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from itertools import product

from scanner.texts import months
from scanner.texts.folding import folded

ORDINALS = {"1": "st", "2": "nd", "3": "rd", "21": "st", "22": "nd", "23": "rd", "31": "st"}
"""What English writes behind a day; th behind all others."""

ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
"""How months are numbered in much of Europe: 4.III.1980."""


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


def written(day: date) -> frozenset[str]:
    """Give the ways to write a day, folded."""
    days, numbers = ({str(n), f"{n:02}"} for n in (day.day, day.month))
    words, year = months.called(day.month), str(day.year)
    said = {
        sign.join(parts)
        for sign in (".", "/", " ", "-", ". ", "\\/")  # the last one is JSON's
        for d, m in product(days, numbers)
        for parts in ((year, m, d), (d, m, year), (m, d, year), (d, m, year[2:]), (m, d, year[2:]))
    }
    said |= {day.strftime("%Y%m%d"), day.strftime("%d%m%Y")}
    for d, m in product(days, numbers):
        said |= {f"{year}年{m}月{d}日", folded(f"{year}년 {m}월 {d}일")}
    for d, word in product(days, words):
        said |= {f"{d}{dot} {word}{end} {year}" for dot, end in (("", ""), (".", ""), ("", "."))}
        said |= {f"{word} {d}, {year}", f"{word} {d} {year}", f"{d}-{word}-{year}"}
        nth = f"{d}{ORDINALS.get(d.lstrip('0'), 'th')}"
        said |= {f"{d} de {word} de {year}", f"{word} {nth}, {year}", f"{word} {nth} {year}"}
        said |= {f"{nth} {word} {year}", f"{nth} of {word} {year}", f"{nth} of {word}, {year}"}
        said |= {f"{d} {word} {year[2:]}", f"{d}-{word}-{year[2:]}"}
        said |= {f"{d}{word}{year}", f"{word}. {d}, {year}", f"{word}. {d} {year}"}
    for d, sign in product(days, ".- "):
        said.add(sign.join((d, ROMAN[day.month - 1], year)))
    return frozenset(said)
