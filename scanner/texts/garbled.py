"""Letters that are no longer what they were: UTF-8 read as Windows reads texts. Values in, texts out.

Which signs stand for which bytes is Python's cp1252 and latin-1.
"""

import re

LEADS = "ÃÄÅ"
"""How the first byte of the letters of Latin scripts reads: two bytes each."""

_SPACE = "\xa0"
_NEXT = range(0x80, 0xC0)
_BYTES = {
    **{chr(byte): byte for byte in _NEXT},
    **{s: b for b in _NEXT if (s := bytes([b]).decode("cp1252", "ignore"))},
    **{lead: lead.encode("cp1252")[0] for lead in LEADS},
    "ã": 0xC3,
}
"""The byte that a sign stands for."""

_QUOTES = "«»‘’“”„‚‹›–—…•"
"""What stands behind a word as well: IRMÃ…"""

_SIGNS = "".join(s for s, b in _BYTES.items() if b in _NEXT and s not in _QUOTES + _SPACE)

GARBLED = (
    rf"(?-i:(?<=Ã)ƒÂ[\xa1-\xbf]|(?<=[{LEADS}ã])[{re.escape(_SIGNS)}]|"
    rf"(?<=[{LEADS}])[{_QUOTES}](?=[^\W\d_]))"
)
"""What makes a letter of the sign before it: JÃ¼rgen, and JÃƒÂ¼rgen where it was read so twice."""

_ONE = re.compile(rf"[{LEADS}ã](?:{GARBLED})")


def is_garbled(text: str) -> bool:
    """Whether a text that has more than ASCII has such a letter; most have no first sign of one."""
    # One sign after the other: each text with more than ASCII comes here.
    begun = "Ã" in text or "ã" in text or "Å" in text or "Ä" in text
    return begun and _ONE.search(text) is not None


def letter(signs: str) -> str:
    """Give the letter that ``signs`` stand for."""
    return bytes([_BYTES[signs[0]], _BYTES[signs[-1]]]).decode("utf-8", "replace")
