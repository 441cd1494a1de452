"""Phone numbers in running text: with a plus, beside a word for phones, or as a country has them."""

import re
from collections.abc import Iterator

from scanner.detectors.reading import Reading
from scanner.model import Span

CANDIDATE = re.compile(
    r"(?<![\w.@/:+-])(?:\+|\(\+)?\(?\d(?:[ ()./\u00a0-]{0,3}\d){5,15}"
    r"(?:\s?(?:x|ext\.?|extension|durchwahl|poste)\s?\d{1,6})?(?![\w@]|[.,:/-]\d)",
    re.IGNORECASE,
)

DIGITS = (7, 15)
"""How many a number has (ITU-T E.164 allows 15)."""

UNCUED = 9
"""So many digits a number has at least that no word for phones stands beside."""

CUE = re.compile(
    r"\b(?:tele)?(?:phone|fon|foon|fono)s?\b|\bt[ée]l(?:\b|[ée]phone|[ée]fono)|\bmobiles?\b|"
    r"\bcell\b|\bfax\b|\bwhats ?app\b|\bsms\b|\bhandy\b|\bmobil(?:nummer)?\b|\bportable\b|"
    r"\bm[óo]vil\b|\bcelular\b|\bcellulare\b|\bmobiel\b|\brufnummer\b|\bcall(?:ed|ing|back)?\b|"
    r"\bring\b|\bdial\b|\btext me\b|\breach(?:ed)?\b|\banrufen\b|\brückruf\b|\bappel\w*\b|"
    r"\bllam\w+\b|\bchiam\w+\b|\bbel(?:len)?\b",
    re.IGNORECASE,
)
"""A word for phones and calls in six languages."""

BEFORE = 45
"""So many characters before a number are searched for such a word."""

OTHER = re.compile(
    r"\b(?:card|account|acct|konto\w*|cuenta|compte|conto|rekening|iban|ssn|passport|order|invoice|"
    r"ticket|case|id|ref(?:erence)?|serial|version|part|sku|isbn|passwor[dt]|pin|number of|tax|"
    r"aadhaa?r|imei|rechnung\w*|bestell\w*|factura|facture|fattura|commande|pedido|ordine|vat|"
    r"routing|zip)\b\W*(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)
"""What a number right behind such a word is instead."""

DATE = re.compile(
    r"(?:19|20)\d{2}[-./ ][01]?\d[-./ ][0-3]?\d(?: \d{1,2})?|"
    r"[0-3]?\d[-./ ][0-3]?\d[-./ ](?:19|20)?\d{2}(?: \d{1,2})?|"
    r"(?:19|20)\d{2} ?[-/] ?(?:19|20)\d{2}|\d{1,3}(?:\.\d{1,3}){3}|\d{1,3}(?:[. ]000)+"
)
"""Dates, spans of years, network addresses, round sums."""

NOT_A_PHONE = re.compile(r"(?:\d{4}[ -]){3}\d{1,4}|\d{3}-\d{2}-\d{4}|\d+\.\d+")
"""Cards, social security numbers, decimals."""

REGIONS = (
    "US",
    "GB",
    "DE",
    "FR",
    "ES",
    "IT",
    "NL",
    "CH",
    "AT",
    "BE",
    "AU",
    "IN",
    "BR",
    "SE",
    "DK",
    "NO",
)
"""Whose national numbers are known without a word for phones beside them."""


def find(text: str, reading: Reading) -> Iterator[Span]:
    """Find the phone numbers in ``text``."""
    for match in CANDIDATE.finditer(text):
        said = match.group()
        if _is_phone(said, text[max(0, match.start() - BEFORE) : match.start()]):
            opened = said.startswith("(") and ")" not in said
            yield Span(match.start() + opened, match.end(), "PHONE_NUMBER")


def _is_phone(said: str, before: str) -> bool:
    number = re.split(r"[a-z]", said, maxsplit=1, flags=re.IGNORECASE)[0].strip()
    digits = sum(c.isdigit() for c in number)
    if (
        not DIGITS[0] <= digits <= DIGITS[1]
        or DATE.fullmatch(number)
        or NOT_A_PHONE.fullmatch(number)
    ):
        return False
    if number.lstrip("(").startswith("+"):
        return True
    if OTHER.search(before):
        return False
    return bool(CUE.search(before)) or _as_written(number)


def _as_written(number: str) -> bool:
    """Whether a country has such a number and it is grouped as numbers for reading aloud are."""
    from phonenumbers import NumberParseException, is_valid_number, parse

    groups = re.findall(r"\d+", number)
    if len(groups) < 2 or len("".join(groups)) < UNCUED:  # noqa: PLR2004
        return False
    if not (
        number.startswith(("0", "("))
        or re.fullmatch(r"(?:1[ .-])?\d{3}([ .-])\d{3}[ .-]\d{4}", number)
    ):
        return False
    for region in REGIONS:
        try:
            if is_valid_number(parse(number, region)):
                return True
        except NumberParseException:
            return False
    return False
