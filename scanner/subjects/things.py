"""Says where a name in a text is that of a company, a street, a shop or what one buys. Reads nothing."""

import re

from scanner.model import Span
from scanner.texts import names
from scanner.texts.folding import folded, meant
from scanner.texts.lexicon import listed

ROOM = 60
"""How far a text is looked at before and behind a name."""

BEHIND = re.compile(r"(?:['’]s)?[ ,]{1,2}(?:& )?((?:[^\W\d_]\.[ ]?){2,6}|[^\W\d_]+)")
"""The word behind a name, which may make a company of it; of several letters with stops: B.V."""

JOINED = re.compile(r"-([^\W\d_]+)")
"""The same, with a hyphen: Jan de Vries-straat."""

PARTNERS = re.compile(
    r"[ ](?:(?:und|and|et|e|y|en|och|og|ja|i|u\.)[ ]|[&+][ ]?)([^\W\d_]+)", re.IGNORECASE
)
"""Who else a firm is of: und Partner, et fils."""

OWNED = re.compile(r"['’]s?[ ]([^\W\d_]+)")
BOUGHT = re.compile(r"[ ]([^\W\d_]+)(?![\w'’])")
"""What stands behind a name whose shop it is, or that is a brand: Miller's pub, a Hugo Boss dress."""

WHOLE = re.compile(r"\w\W+\w")
"""A name of several words: of a single one nobody can tell a brand."""

AHEAD = re.compile(r"(?<![\w.])([^\W\d_]+(?:\.[^\W\d_]+)*)(\.?[ ]|\.?/[ ]?|['’]|\.)[\"'“„«‘]?\Z")
"""The word before a name, cut short or not: F.lli, C/, Rés."""

SHORT = 5
"""A longer word with a stop is not cut short: there a sentence ends."""

BEGIN = re.compile(r"(?:\A|[.!?:;,|>(\r\n\"-])\s*\Z")
PLACED = re.compile(
    r"(?:\A|(?<=\W))(?:in|di|da|a|al|alla|nella|della|sulla|presso)[ ]\Z", re.IGNORECASE
)
"""What stands before a word that is also another: where a sentence begins, or behind 'in'."""

HOUSE = re.compile(r",?[ ]\d{1,4}[ ]?[a-z]?(?![\w-])(?![ ]\d)", re.IGNORECASE)
"""The number of a house behind a street."""

MAILED = re.compile(r"\s?[<(\[]\s?(?:mailto:)?[^\s<>()]*@")
"""A mailbox in brackets: whose it is is somebody."""

SPACES = re.compile(r"[^\S\r\n]+")


def thing(said: str, span: Span) -> bool:
    """Whether a word beside a name makes a company, a street or another thing of it."""
    after = SPACES.sub(" ", meant(said[span.end : span.end + ROOM]))
    if _followed(after, whole=WHOLE.search(said, span.start, span.end) is not None):
        return True
    return _headed(SPACES.sub(" ", meant(said[max(0, span.start - ROOM) : span.start])), after)


def _followed(after: str, *, whole: bool) -> bool:
    """Whether what stands behind a name makes a thing of it."""
    if behind := BEHIND.match(after):
        word = re.sub(r"[. ]", "", folded(behind[1]))
        if word in listed("things", "behind"):
            return True
        if word in listed("things", "capital") and names.is_capital(behind[1]):
            return True
    joined = JOINED.match(after)
    if joined and folded(joined[1]) in listed("things", "behind") | listed("things", "capital"):
        return True
    kinds = ((PARTNERS, "partners"), (OWNED, "owned"), *(((BOUGHT, "bought"),) if whole else ()))
    found = ((pattern.match(after), key) for pattern, key in kinds)
    return any(m is not None and folded(m[1]) in listed("things", key) for m, key in found)


def _headed(ahead: str, after: str) -> bool:
    """Whether what stands before a name makes a thing of it: rue Victor Hugo; words of rank between."""
    while before := AHEAD.search(ahead):
        word = folded(before[1]).replace(".", "")
        forms = {word, word + before[2].strip()[-1:]}
        ahead = ahead[: before.start()]
        stopped = before[2].startswith(".")
        if stopped and len(word) > SHORT:
            return False
        if not forms.isdisjoint(listed("things", "before")):
            return True
        if word in listed("things", "housed"):
            return HOUSE.match(after) is not None
        if word in listed("things", "begun"):
            return not stopped and _leads(before[1], ahead, after)
        if word not in listed("things", "between"):
            return False
    return False


def _leads(word: str, ahead: str, after: str) -> bool:
    """Whether a word before a name that is also another, as 'via' and 'line', makes a thing of it.

    It does with the number of a house behind, with a capital, or where it leads: it does not in
    "sent via Ann Lee", nor where her mailbox stands in brackets.
    """
    if HOUSE.match(after):
        return True
    leads = word[0].isupper() or BEGIN.search(ahead) or PLACED.search(ahead)
    return bool(leads) and MAILED.match(after) is None
