"""The ways to write an id: with other signs between its groups, masked, cut short; and a login."""

import re
from collections.abc import Iterator
from dataclasses import replace

from scanner.identity import Identifier
from scanner.matching.form import AFTER, BEFORE, Form
from scanner.matching.mails import MAIL_BEFORE
from scanner.texts import names
from scanner.texts.folding import folded

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

LEAST_CUT_ID, CUT_SIGNS = 9, 2
"""Of a shorter id what is left, when so many signs are cut, is many people's."""


def _cut_id(index: int, value: str) -> Iterator[Form]:
    """Ask about an id of which a column's length cuts a sign or two."""
    if len(value) >= LEAST_CUT_ID and value[-CUT_SIGNS:].isalnum():
        shown = (value[:-CUT_SIGNS], value[: 1 - CUT_SIGNS])
        pattern = rf"{BEFORE}{re.escape(shown[0])}{re.escape(value[-CUT_SIGNS])}?\Z"
        starts = (shown[0],)
        yield Form(index, shown, pattern, "doubt", cut=True, word=True, starts=starts)


def forms(index: int, one: Identifier) -> Iterator[Form]:
    """Write an id as it is, with other signs between its groups, or masked to its last digits."""
    words = [w for w in re.split(r"[\s,]+", folded(one.value)) if w]
    if not words:
        return
    inner = r"[\s,]+".join(map(re.escape, words))
    whole = Form(index, (max(words, key=len),), inner, one.strength, word=True, starts=(words[0],))
    yield from _ending(whole)
    if one.kind == "IP_ADDRESS":
        return
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
