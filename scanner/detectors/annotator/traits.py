"""Traits of what might be a person: a text, its reading and a proposal in, named numbers out.

Every trait is 1 when it holds, or a number from -1 to 1, and is called in words that a person can
read beside its weight in ``rules/people.toml``. A new trait counts from the next training on
(``python -m tests.benchmarks.train_people --write``).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scanner.detectors.annotator import clues, words
from scanner.detectors.annotator.proposals import ARTICLES, Heat, Kinds
from scanner.detectors.by_gazetteer import names
from scanner.detectors.reading import NEVER, Reading

Trait = tuple[str, float]

STEPS = (-9, -6, -4, -2.5, -1.2, -0.4)
"""Natural logarithms between which a model's belief makes a difference."""

BELOW = -10.0
"""A belief below says no less."""

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
STRETCHED = re.compile(r"(.)\1\1|(..)\2\2")
"""A word as it is shouted or laughed: "waaay", "hahaha"."""

GENITIVE = re.compile(r"\s?['’]\s?s\b")
IS_A = re.compile(r"\s+(?:is|was|are|were)\s+(?:a|an|the)\b")
EMPLOYED = re.compile(
    r"\b(?:work(?:s|ed|ing)? (?:for|at)|join(?:ed)?|company|startup|based)\s+$", re.IGNORECASE
)
DIGIT = re.compile(r"\d[-.]?$|-$")
THREE = re.compile(r"(?<!, )\b([^\W\d_]+), ([^\W\d_]+),? and ([^\W\d_]+)\b")
"""Three names as firms of partners have them."""


class Text:
    """What all proposals of one text share."""

    def __init__(self, text: str, reading: Reading, kinds: Kinds) -> None:
        self.text = text
        self.kinds = kinds
        self.heat = Heat(text, reading.beliefs)
        self.entities = reading.entities
        self.row = list(words.WORD.finditer(text))
        said = [w.group() for w in self.row]
        capitals = sum(not w[0].islower() for w in said)
        self.small = not any(w[0].isupper() for w in said)
        self.capitals = capitals / max(1, len(said))
        self.english = words.is_english(text)
        self.counts = Counter(w.casefold() for w in said)
        self.lower = {w for w in said if w.islower()}
        last = names()[1]
        self.firms = [
            m.span() for m in THREE.finditer(text) if all(w.casefold() in last for w in m.groups())
        ]

    def traits(self, start: int, end: int, rules: set[str]) -> Mapping[str, float]:
        """Tell the traits of one proposal."""
        at = [i for i, w in enumerate(self.row) if w.start() < end and w.end() > start]
        one = _Proposal(self, start, end, at[0], at[-1])
        parts = (
            _belief,
            _labels,
            _lists,
            _dictionary,
            _shapes,
            _places,
            _signs,
            _before,
            _after,
            _cues,
        )
        told = {f"rule: {rule}": 1.0 for rule in rules}
        for part in parts:
            told.update(part(one))
        return told


@dataclass(frozen=True, slots=True)
class _Proposal:
    """A proposal: where it is in its text, and which words it has."""

    within: Text
    start: int
    end: int
    first: int
    last: int

    @property
    def parts(self) -> list[tuple[int, int]]:
        row = self.within.row[self.first : self.last + 1]
        return [(max(self.start, w.start()), min(self.end, w.end())) for w in row]

    @property
    def said(self) -> list[str]:
        """The words, without particles unless there are no others."""
        row = [self.within.text[a:b] for a, b in self.parts]
        return [w for w in row if w not in words.PARTICLES] or row

    @property
    def folded(self) -> list[str]:
        return [w.casefold() for w in self.said]

    @property
    def size(self) -> str:
        return "one" if self.first == self.last else "more"

    @property
    def before(self) -> str:
        return self.within.text[: self.start]

    @property
    def after(self) -> str:
        return self.within.text[self.end : self.end + clues.BEFORE]


def _scaled(belief: float) -> float:
    return max(belief, BELOW) / -BELOW


def _belief(p: _Proposal) -> Iterator[Trait]:
    heat = p.within.heat
    person = [heat.most(a, b)[0] for a, b in p.parts]
    for step in STEPS:
        if max(person) > step:
            yield f"belief in a word above {step}", 1
        if min(person) > step:
            yield f"belief in all words above {step}", 1
    yield "belief on average", _scaled(sum(person) / len(person))
    _, place, thing = heat.most(p.start, p.end)
    yield "belief in a place", _scaled(place)
    yield "belief in a thing", _scaled(thing)
    elsewhere = [
        heat.most(*w.span())[0]
        for w in p.within.row
        if (w.end() <= p.start or w.start() >= p.end) and w.group().casefold() in p.folded
    ]
    if elsewhere:
        yield "belief elsewhere in the text", _scaled(max(elsewhere, default=NEVER))
        yield "believed elsewhere in the text", float(max(elsewhere) > -0.7)  # noqa: PLR2004


def _labels(p: _Proposal) -> Iterator[Trait]:
    over = [e for e in p.within.entities if e.start < p.end and e.end > p.start]
    label = max(over, key=lambda e: min(e.end, p.end) - max(e.start, p.start), default=None)
    yield f"the model says {label.entity if label else 'nothing'}", 1
    if any((e.start, e.end) == (p.start, p.end) for e in over):
        yield "all that the model says", 1
    if any(
        e.start <= p.start and e.end >= p.end and e.end - e.start > p.end - p.start for e in over
    ):
        yield "part of what the model says", 1


def _lists(p: _Proposal) -> Iterator[Trait]:
    first, last = (names()[0], names()[1])
    known = [w in first or w in last for w in p.folded]
    if p.folded[0] in first:
        yield f"{p.size}: begins with a first name", 1
    if p.folded[-1] in last:
        yield f"{p.size}: ends with a last name", 1
    if p.folded[0] in first and p.folded[-1] in last:
        yield f"{p.size}: first and last name", 1
    yield "share of known names", sum(known) / len(known)
    if not any(known):
        yield f"{p.size}: no known name", 1
    common = [w in words.common() for w in p.folded]
    if all(common):
        yield "all words common", 1
    elif any(common):
        yield "some words common", 1


def _dictionary(p: _Proposal) -> Iterator[Trait]:
    kinds = [p.within.kinds(w) for w in p.folded]
    listed = [bool(k - {"function"}) for k in kinds]
    acts = [bool(k & {"verb", "adj", "adv"}) for k in kinds]
    first, last = names()
    if any("function" in k for k in kinds):
        yield "a function word in it", 1
    if all(listed):
        yield f"{p.size}: all words in the dictionary", 1
    elif any(listed):
        yield "some words in the dictionary", 1
    if all(acts):
        yield f"{p.size}: all words verbs or adjectives", 1
    elif any(acts):
        yield "some words verbs or adjectives", 1
    if listed[0]:
        yield "first word in the dictionary", 1
    if listed[-1]:
        yield "last word in the dictionary", 1
    if all(a and (w in first or w in last) for a, w in zip(listed, p.folded, strict=True)):
        yield f"{p.size}: in the dictionary and a name", 1


def _shapes(p: _Proposal) -> Iterator[Trait]:
    yield f"words: {min(p.last - p.first + 1, 4)}", 1
    for shape in {_shape(w) for w in p.said}:
        yield f"{p.size}: {shape}", 1
    small = _shape(p.said[0]) == "small letters"
    if small and not p.within.small:
        yield "small letters where others have capitals", 1
    if not small and any(w in p.within.lower for w in p.folded):
        yield "also in small letters", 1
    if any(STRETCHED.search(w) for w in p.folded):
        yield "stretched", 1
    if any(ord(c) > 0x24F for w in p.said for c in w):  # noqa: PLR2004
        yield "not in Latin letters", 1


def _shape(word: str) -> str:
    if word.islower():
        return "small letters"
    if len(word) == 1:
        return "an initial"
    if word.isupper():
        return "capitals"
    return "a capital" if word[0].isupper() and word[1:].islower() else "capitals inside"


def _places(p: _Proposal) -> Iterator[Trait]:
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
    if not before.strip():
        yield "opens the text", 1
    if before[-1:] == "\n" or not before.strip(" >?*\n"):
        yield "opens a line", 1
    if after[:1] in {"", "\n"}:
        yield "ends a line", 1


def _signs(p: _Proposal) -> Iterator[Trait]:
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


def _before(p: _Proposal) -> Iterator[Trait]:
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


def _after(p: _Proposal) -> Iterator[Trait]:
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


def _cues(p: _Proposal) -> Iterator[Trait]:
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


def of(
    text: str, reading: Reading, proposed: Mapping[tuple[int, int], set[str]], kinds: Kinds
) -> Sequence[tuple[int, int, Mapping[str, float]]]:
    """Tell the traits of all proposals of a text: start, end, traits."""
    whole = Text(text, reading, kinds)
    ordered = sorted(proposed)
    told = [(a, b, dict(whole.traits(a, b, proposed[a, b]))) for a, b in ordered]
    for a, b, traits in told:
        if any(c <= a and b <= d and d - c > b - a for c, d in ordered):
            traits["part of a longer proposal"] = 1.0
    return told
