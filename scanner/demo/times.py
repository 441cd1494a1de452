"""Dates and times as texts that every database reads; the clock is never asked."""

from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache

FIRST = date(1990, 1, 1)
"""Day 0."""

NOW = datetime(2025, 3, 31, 18, 0, tzinfo=UTC)
"""The demo's present: nothing is later, but for due dates."""

TODAY = (NOW.date() - FIRST).days
"""The demo's present as a day."""

NEVER = "1753-01-01 00:00:00.000000"
"""Clarify's empty date."""

DAY = 86_400
"""Seconds."""

FORMATS = ("%Y-%m-%d", "%m/%d/%Y")


SIXTY = tuple(f"{n:02}" for n in range(60))

MINUTES = tuple(f"{hour:02}:{minute}" for hour in range(24) for minute in SIXTY)
"""The minutes of a day; moments are written too often to format each."""


@cache
def _date(number: int) -> tuple[str, str]:
    found = FIRST + timedelta(days=number)
    return found.strftime(FORMATS[0]), found.strftime(FORMATS[1])


def day(number: int) -> str:
    """Write the midnight that begins a day."""
    return f"{_date(number)[0]} 00:00:00.000000"


@lru_cache(maxsize=4096)
def stamp(seconds: int) -> str:
    """Write a moment, counted in seconds since day 0."""
    number, rest = divmod(seconds, DAY)
    return f"{_date(number)[0]} {MINUTES[rest // 60]}:{SIXTY[rest % 60]}.000000"


def heading(seconds: int) -> str:
    """Write a moment as the headers of a case history do."""
    number, rest = divmod(seconds, DAY)
    return f"{_date(number)[1]} {MINUTES[rest // 60]}:{SIXTY[rest % 60]}"
