"""What stands around a proposal: its place in text and line, signs, the words beside it, cues."""

import re
from collections.abc import Iterator

from scanner.detectors.annotator import clues, words
from scanner.detectors.annotator.context import Proposal, Trait
from scanner.detectors.annotator.proposals import ARTICLES, Kinds

SPEECH = frozenset(
    [
        "said",
        "says",
        "say",
        "told",
        "tells",
        "asked",
        "asks",
        "wrote",
        "writes",
        "was",
        "is",
        "has",
        "had",
        "will",
        "would",
        "did",
        "does",
        "can",
        "could",
        "should",
        "born",
        "plays",
        "played",
        "got",
        "made",
        "went",
        "came",
        "called",
        "sings",
        "sang",
        "won",
        "thinks",
        "knows",
        "loves",
        "likes",
        "looks",
    ]
)
"""What people do in texts, right behind their names."""

ROLES = frozenset(
    [
        "president",
        "minister",
        "king",
        "queen",
        "prince",
        "princess",
        "senator",
        "governor",
        "director",
        "actor",
        "actress",
        "singer",
        "coach",
        "captain",
        "judge",
        "rapper",
        "dj",
        "lord",
        "lady",
        "uncle",
        "aunt",
        "officer",
        "general",
        "colonel",
        "sergeant",
        "saint",
        "st",
        "pope",
        "bishop",
        "author",
        "manager",
        "ceo",
        "chairman",
        "secretary",
        "lil",
        "young",
        "big",
    ]
)
BESIDE = frozenset(
    ["by", "with", "and", "&", "vs", "versus", "ft", "feat", "featuring", "starring"]
)
PLACING = frozenset(["in", "at", "from", "near", "to", "into", "via", "outside", "around"])

SIGNS = {"#": "hash", "@": "at", ",": "comma", "(": "bracket", '"': "quote", "/": "slash", "-": "dash", "&": "and sign", ":": "colon"}  # fmt: skip

STOP = re.compile(r"[.!?\n:;]")
GENITIVE = re.compile(r"\s?['’]\s?s\b")
IS_A = re.compile(r"\s+(?:is|was|are|were)\s+(?:a|an|the)\b")
EMPLOYED = re.compile(
    r"\b(?:work(?:s|ed|ing)? (?:for|at)|join(?:ed)?|company|startup|based)\s+$", re.IGNORECASE
)
DIGIT = re.compile(r"\d[-.]?$|-$")


def tell(p: Proposal) -> Iterator[Trait]:
    """Tell the traits of what stands around a proposal."""
    for part in (_places, _signs, _before, _after, _cues):
        yield from part(p)


def _places(p: Proposal) -> Iterator[Trait]:
    """Tell where in its text and its line a proposal stands, and what the text is like."""
    within, before, after = p.within, p.before.rstrip(" "), p.after.lstrip(" ")
    if within.small:
        yield "text in small letters", 1
    yield "share of capitals in the text", within.capitals
    if not within.english:
        yield "text in another language", 1
    if max(within.counts[w] for w in p.folded) > 1:
        yield "said more than once", 1
    if not before or before[-1] in '.!?"“:\n|':
        yield f"{p.size}: opens a sentence", 1
    if p.start <= within.opening:
        yield "opens the text", 1
    if before[-1:] == "\n" or p.start <= within.marked:
        yield "opens a line", 1
    if after[:1] in {"", "\n"}:
        yield "ends a line", 1


def _signs(p: Proposal) -> Iterator[Trait]:
    before, after = p.before.rstrip(" ")[-1:], p.after.lstrip(" ")[:1]
    if before in SIGNS:
        yield f"{SIGNS[before]} before", 1
    if after in SIGNS:
        yield f"{SIGNS[after]} after", 1
    if p.before and p.before[-1] in "@#_/":
        yield "glued to what is before", 1
    if p.after and (p.after[0] in "_/@" or p.after[0].isdigit()):
        yield "glued to what is after", 1
    if DIGIT.search(p.before):
        yield "glued to a digit before", 1
    if p.after.lstrip()[:1].isdigit():
        yield "a number after", 1
    if GENITIVE.match(p.after):
        yield "genitive", 1
    if any(a <= p.start and p.end <= b for a, b in p.within.firms):
        yield "one of a firm's three names", 1


def _before(p: Proposal) -> Iterator[Trait]:
    """Tell what the word before is, in the same sentence."""
    word = p.within.row[p.first - 1] if p.first else None
    between = p.within.text[word.end() : p.start] if word else ""
    if word and words.is_title(word.group()):
        between = between.replace(".", "", 1)
    if word is None or STOP.search(between):
        yield "nothing before", 1
        return
    said, folded = word.group(), word.group().casefold()
    yield f"{_kind_before(said, folded, p.within.kinds(folded))} before", 1
    if not said[0].islower() and folded not in words.common():
        yield "an unknown capital before", 1


def _kind_before(said: str, folded: str, kinds: frozenset[str]) -> str:
    for listed, kind in (
        (words.TITLES, "title"),
        (words.GREETINGS, "greeting"),
        (ROLES, "role"),
        (PLACING, "in or at"),
        (BESIDE, "by or with"),
    ):
        if folded in listed:
            return kind
    if folded in {"of", "for", "the", "a", "an"}:
        return folded
    if folded in ARTICLES:
        return "article"
    if not said[0].islower():
        return "capital"
    return next((k for k in ("verb", "noun") if k in kinds), "another word")


def _after(p: Proposal) -> Iterator[Trait]:
    """Tell what the word after is, in the same clause."""
    word = p.within.row[p.last + 1] if p.last + 1 < len(p.within.row) else None
    between = p.within.text[p.end : word.start()] if word else ""
    if word is None or STOP.search(between) or "," in between:
        yield "nothing after", 1
        return
    yield f"{_kind_after(word.group(), p.within.kinds)} after", 1
    if IS_A.match(p.after):
        yield "is a ... after", 1


def _kind_after(said: str, kinds: Kinds) -> str:
    folded = said.casefold()
    if folded in SPEECH:
        return "said or was"
    if folded == "and":
        return "and"
    if folded in words.THINGS:
        return "institution"
    if not said[0].islower():
        return "capital"
    if folded in words.common():
        return "common word"
    told = kinds(folded)
    if folded.endswith(("s", "ed")) and "verb" in told:
        return "verb"
    return "noun" if "noun" in told else "another word"


def _cues(p: Proposal) -> Iterator[Trait]:
    before = p.before[-clues.BEFORE :]
    for pattern, cue in (
        (clues.SAID, "my name is"),
        (clues.GREETED, "greeting or from"),
        (clues.DEALINGS, "spoke with"),
        (EMPLOYED, "works for"),
    ):
        if pattern.search(before):
            yield f"behind: {cue}", 1
    if clues.is_firm(p.within.text[p.start : p.end]):
        yield "called as a firm", 1
