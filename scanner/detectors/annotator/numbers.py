"""Numbers and words that are personal because of what stands before them: ids, accounts, secrets."""

import re
from collections.abc import Iterator

from scanner.detectors.annotator import words
from scanner.detectors.annotator.phones import DATE
from scanner.detectors.reading import Reading
from scanner.model import Span

LINK = (
    r"(?:(?:\s|\b)(?:numbers?|nummer|número|numéro|numero|nr|no|num|code|id|card|is|was|are|ist|war|es|est|è|:|=|#|of|the|in|on|an|ending|"
    r"lautet|reads|with|field|value|key|de|del|details?|info(?:rmation)?|holder|listed|stored|under|as|included|contained|"
    r"identified|linked|to|associated|my|his|her|their|your)\b\.?|\s*[:=#'\"“‘(])*\s*[:=#'\"“‘(]*\s*"
)
"""What may stand between the word and the number."""

NUMBER = r"(?P<it>(?=[\w./-]*\d(?:[\w./-]| (?=\d))*\d(?:[\w./-]| (?=\d))*\d)[A-Za-z0-9](?:[A-Za-z0-9./-]|(?<=\d) (?=\d)|(?<=[A-Z]) (?=\d)){3,32}(?<![./-]))"
"""A number, perhaps with letters: three digits or more."""

KINDS = {
    "NATIONAL_ID": (
        r"ssn|(?-i:SIN|TIN|ITIN|EIN|PAN|DL|NIE|NIF|NSS|RFC|CPR|NHS)|social security|social insurance|passport|reisepass|passeport|pasaporte|passaporto|paspoort|"
        r"driver['’]?s?['’]? licen[cs]e|driving licen[cs]e|führerschein\w*|permis de conduire|licencia de conducir|patente|"
        r"tax(?:payer)?(?: ?id(?:entification)?)?|pan card|aadhaa?r|national id(?:entity)?|identity card|"
        r"id card|voter(?: id)?|nino|national insurance|personalausweis\w*|ausweis\w*|steuer-?id\w*|steuernummer|"
        r"sozialversicherungs\w*|dni|codice fiscale|c\.f\.|carta d['’]identità|bsn|burgerservicenummer|cpf|curp|"
        r"personnummer|sécurité sociale|licen[cs]e number|id number"
    ),
    "BANK_ACCOUNT": (
        r"iban|(?:bank |checking |savings )?accounts?|acct|acc(?: ?num(?:ber)?)?|a/c|bank details|beneficiary|routing|sort code|(?-i:ABA|BIC)|konto\w*|bankverbindung|cuenta|compte|conto|"
        r"rekening\w*|swift"
    ),
    "CREDIT_CARD": (
        r"(?:credit |debit |payment |bank )?cards?|visa|master ?card|amex|american express|kreditkarte\w*|karten?nummer|"
        r"carte (?:bancaire|de crédit)|tarjeta(?: de crédito)?|carta di credito|creditcard"
    ),
}
"""Words before a number that say whose kind it is."""

BEHIND = {
    kind: re.compile(rf"\b(?:{said})(?!\w){LINK}{NUMBER}(?![\w@])", re.IGNORECASE)
    for kind, said in KINDS.items()
}

CARD = re.compile(
    r"(?<![\w.-])[2-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7}(?![\w-])|(?<![\w.-])3\d{3}[ -]?\d{6}[ -]?\d{4,5}(?![\w-])"
)
CARD_DIGITS = (12, 19)
ACCOUNT_DIGITS = 6

SECRET = re.compile(
    r"\b(?:pass ?words?|passwd|pwd|pass ?code|passphrase|pin(?: code)?|security code|secret(?: key)?|api[ _-]?key|access[ _-]?key|"
    r"(?:access |auth |bearer )?token|passwort|kennwort|mot de passe|contraseña|clave|parola d['’]ordine|wachtwoord|senha)"
    r"(?P<link>(?: (?:is|was|are|ist|war|es|est|è|to|as|of|for|field|value|number|lautet)\b)*\s*[:=]?\s*)(?P<quote>['\"“‘`]?)(?P<it>[^\s'\"“”‘’`,;()<>]{3,64})",
    re.IGNORECASE,
)
LOGIN = re.compile(
    r"\b(?:user ?names?|user[ _-]?id|userid|login(?: name| id)?|log-?in|benutzername|benutzerkennung|nom d['’]utilisateur|"
    r"identifiant|nombre de usuario|usuario|nome utente|gebruikersnaam)"
    r"(?P<link>(?: (?:is|was|ist|es|est|è|lautet)\b)?\s*[:=]?\s*)(?P<quote>['\"“‘`]?)(?P<it>[\w.+-]{3,40}(?<![.+-]))(?![@\w])",
    re.IGNORECASE,
)


def find(text: str, reading: Reading) -> Iterator[Span]:
    """Find cards, identity and account numbers, secrets and user names in ``text``."""
    for match in CARD.finditer(text):
        if _luhn(match.group()):
            yield Span(*match.span(), "CREDIT_CARD")
    for kind, pattern in BEHIND.items():
        for match in pattern.finditer(text):
            if _fits(kind, match["it"]):
                yield Span(*match.span("it"), kind)
    for match in SECRET.finditer(text):
        if _secret(match):
            yield Span(match.start("it"), _stripped(match["it"]) + match.start("it"), "SECRET")
    for match in LOGIN.finditer(text):
        marked = ":" in match["link"] or "=" in match["link"] or match["quote"]
        if (marked and not words.is_listed(match["it"])) or _mixed(match["it"]):
            yield Span(*match.span("it"), "USERNAME")


def _fits(kind: str, said: str) -> bool:
    digits = sum(c.isdigit() for c in said)
    if DATE.fullmatch(said):
        return False
    if kind == "CREDIT_CARD":
        return CARD_DIGITS[0] <= digits <= CARD_DIGITS[1] and digits + said.count(" ") + said.count(
            "-"
        ) == len(said)
    return digits >= ACCOUNT_DIGITS if kind == "BANK_ACCOUNT" else True


def _luhn(said: str) -> bool:
    """Whether the last digit checks the others (ISO/IEC 7812-1, annex B)."""
    digits = [int(c) for c in reversed(said) if c.isdigit()]
    doubled = sum(sum(divmod(2 * d, 10)) for d in digits[1::2])
    return (sum(digits[::2]) + doubled) % 10 == 0


def _secret(match: re.Match[str]) -> bool:
    """Whether a word behind "password" is one, not what is said of it."""
    said = match["it"]
    marked = ":" in match["link"] or "=" in match["link"] or bool(match["quote"])
    linked = bool(match["link"].strip())
    return (marked and len(said) > 3) or (_mixed(said) and (linked or not said.isalpha()))  # noqa: PLR2004


def _mixed(said: str) -> bool:
    """Whether a word has digits or signs in it, as passwords and logins have."""
    return any(c.isdigit() for c in said) or any(c in "!$%&*@^_~" for c in said)


def _stripped(said: str) -> int:
    return len(said.rstrip(".?"))
