"""The ways to write a mailbox: spelled out, with a tag, in a file's name, cut short."""

import re
from collections.abc import Iterator
from itertools import product

from scanner.identity import Identifier
from scanner.matching import encoded
from scanner.matching.form import Form, last
from scanner.texts.folding import folded

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

LEAST_CUT_LOCAL = 8
"""Of a mailbox fewer signs are many people's."""


def forms(index: int, one: Identifier) -> Iterator[Form]:
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
    yield from encoded.words(index, one)
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
        yield last(index, part[0], rf"(?<![\w.+@-]){re.escape(part[0])}", ("",))
    sign = re.search(r"\d|[._-]..", local)
    least = max(LEAST_CUT_LOCAL, sign.end()) if sign else len(local)
    if least < len(local):
        rest = "|".join(re.escape(local[least:k]) for k in range(len(local) - 1, least, -1))
        pattern = rf"(?<![\w.+@-]){re.escape(local[:least])}(?:{rest})?\Z"
        starts = (local[:least],)
        yield Form(index, starts, pattern, "doubt", cut=True, starts=starts)
