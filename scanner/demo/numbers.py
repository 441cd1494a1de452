"""Make up phone, card, account and identity numbers: fictional, but of the right form."""

from collections import Counter

from scanner.demo.chance import Chance

AREAS = (201, 206, 212, 213, 214, 215, 216, 303, 305, 310, 312, 313, 314, 402, 404, 405, 407, 408,
         410, 412, 413, 414, 415, 501, 502, 503, 504, 505, 512, 513, 515, 601, 602, 603, 605, 608,
         612, 614, 615, 617, 619, 702, 703, 704, 713, 716, 717, 718, 801, 802, 804, 808, 812, 813,
         901, 907, 913, 914, 916, 919)  # fmt: skip

LANDLINE = {
    "en_GB": ("020 7946 0###", "020 8### ####"), "de_DE": ("030 23125 ###", "089 4######"),
    "fr_FR": ("01 99 00 ## ##", "01 42 ## ## ##"), "es_ES": ("910 ### ###",),
    "it_IT": ("02 1### ####",), "nl_NL": ("020 1## ####",), "pl_PL": ("22 ### ## ##",),
    "sv_SE": ("08-123 ### ##", "08-5## ### ##"), "tr_TR": ("0212 2## ## ##",),
    "pt_BR": ("(11) 2###-####",), "cs_CZ": ("222 ### ###",),
}  # fmt: skip
"""Numbers of no living person where a country has set some aside, plausible ones elsewhere."""

MOBILE = {
    "en_GB": "07700 9####", "de_DE": "0151 234#####", "fr_FR": "06 12 ## ## ##",
    "es_ES": "612 ### ###", "it_IT": "347 ### ####", "nl_NL": "06 1### ####",
    "pl_PL": "501 ### ###", "sv_SE": "070-17# ## ##", "tr_TR": "0532 ### ## ##",
    "pt_BR": "(11) 91###-####", "cs_CZ": "601 ### ###",
}  # fmt: skip

CALLING = {"en_US": "1", "en_GB": "44", "de_DE": "49", "fr_FR": "33", "es_ES": "34", "it_IT": "39",
           "nl_NL": "31", "pl_PL": "48", "sv_SE": "46", "tr_TR": "90", "pt_BR": "55",
           "cs_CZ": "420"}  # fmt: skip

RESERVED = 100
"""How many numbers an American area has set aside for films."""

STRIDE = 7919
"""A prime: multiplied by it, counters do not look like counters and never meet."""


CARD_STRIDE = 618_033_989
"""Prime to ten, so that no two cards are alike."""


def phone(locale: str, kind: str, used: Counter[str], chance: Chance) -> str:
    """Make a number that nobody has had yet, in one of the ways people type it."""
    if locale == "en_US":
        return _american(used, chance)
    patterns = LANDLINE[locale] if kind == "landline" else (MOBILE[locale],)
    place = f"{locale} {kind}"
    serial, used[place] = used[place], used[place] + 1
    for pattern in patterns:
        room = 10 ** pattern.count("#")
        if serial < room:
            break
        serial -= room
    filler = iter(f"{serial * STRIDE % room:0{pattern.count('#')}}")
    typed = "".join(next(filler) if c == "#" else c for c in pattern)
    return international(locale, typed) if chance.hit(0.25) else typed


def _american(used: Counter[str], chance: Chance) -> str:
    serial, used["en_US"] = used["en_US"], used["en_US"] + 1
    area, turn = AREAS[serial * 7 % len(AREAS)], serial // len(AREAS)
    line = f"01{turn * 37 % 100:02}" if turn < RESERVED else f"{1000 + turn:04}"
    form = chance.pick(("{}-555-{}", "{}-555-{}", "({}) 555-{}", "{}.555.{}", "+1 {} 555 {}"))
    return form.format(area, line)


def international(locale: str, typed: str) -> str:
    """Write a national number with its country's calling code."""
    if typed.startswith("+"):
        return typed
    trunk = locale not in ("en_US", "it_IT", "es_ES", "pl_PL", "cs_CZ", "pt_BR")
    rest = typed[1:] if trunk and typed.startswith("0") else typed
    return f"+{CALLING[locale]} {rest.replace('(', '').replace(')', '')}"


def digits_of(typed: str) -> str:
    """Write a number without spaces and signs; an extension is left away."""
    bare = typed.partition(" x")[0].partition(" ext")[0]
    return "".join(c for c in bare if c.isdigit() or c == "+")


def dotted(typed: str) -> str:
    """Write a number with dots between the groups; an extension is left away."""
    bare = typed.partition(" x")[0].partition(" ext")[0]
    return ".".join(bare.replace("-", " ").replace("(", "").replace(")", "").split())


def card(serial: int) -> str:
    """Make a card number of a range that test systems use, with its check digit."""
    body = f"400000{serial * CARD_STRIDE % 10**9:09}"
    total = 0
    for n, digit in enumerate(reversed(body)):
        doubled = int(digit) * (2 - n % 2)
        total += sum(divmod(doubled, 10))
    return body + str(-total % 10)


def iban(locale: str, chance: Chance) -> str:
    """Make an account number of the right form with its check digits."""
    country, account = {
        "es_ES": ("ES", chance.digits(20)),
        "nl_NL": ("NL", "ABNA" + chance.digits(10)),
        "en_GB": ("GB", "NWBK" + chance.digits(14)),
        "fr_FR": ("FR", chance.digits(23)),
    }.get(locale, ("DE", chance.digits(18)))
    plain = "".join(str(int(c, 36)) for c in f"{account}{country}00")
    return f"{country}{98 - int(plain) % 97:02}{account}"


def national_id(locale: str, chance: Chance) -> str:
    """Make an identity number as the country writes it."""
    match locale:
        case "en_US":
            area, group = chance.number(100, 665), chance.number(11, 98)
            return f"{area}-{group}-{chance.number(1001, 9998)}"
        case "en_GB":
            return f"QQ {chance.digits(2)} {chance.digits(2)} {chance.digits(2)} C"
        case "es_ES":
            number = chance.digits(8)
            return number + "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23]
        case "fr_FR":
            return chance.filled("1 ## ## ## ### ###")
        case _:
            return chance.filled("##########")
