"""Try the rules on a single value: who would find what in it. A value in, masked finds out."""

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.detectors import by_gazetteer, by_pattern, by_presidio
from scanner.detectors.by_language import Language
from scanner.detectors.look import Look
from scanner.detectors.mask import mask
from scanner.detectors.presidio import WHOLE, Presidio, score
from scanner.detectors.values import Values, as_text
from scanner.model import ColumnRef
from scanner.rulefiles.recognizers import Rules

ALWAYS = "always"
NAMED = "only where the column's name speaks for it"
CHECKED = "only where the column's name or check digits speak for it"


@dataclass(frozen=True, slots=True)
class Find:
    """What one recognizer finds; ``shown`` is masked, ``counts`` says when it does."""

    entity: str
    recognizer: str
    covers: str
    shown: str
    counts: str = ""


def finds(value: str, rules: Rules, presidio: Presidio) -> tuple[Find, ...]:
    """Ask everybody about ``value`` but the language model, which reads whole columns."""
    text = as_text(value)
    if not text:
        return ()
    language = Language()
    language.presidio = presidio
    look = Look(ColumnRef("", "", ""), Values.of([text]), rules, language)
    if look.rules.allows(text):
        return (Find("(never personal)", "an allow list", "all", mask(text), ALWAYS),)
    return (*_whole(text, look), *_inside(text, look), *_presidio(text, look))


def _whole(text: str, look: Look) -> Iterator[Find]:
    for rule in look.rules.recognizers:
        if by_pattern.whole(text, rule, look):
            counts = NAMED if rule.needs_name else ALWAYS
            yield Find(rule.entity, rule.name, "all", mask(text, rule.entity), counts)
    for test, name in (
        (by_gazetteer.is_full, "first and last names of the name lists"),
        (by_gazetteer.is_one, "names of the name lists"),
    ):
        if test(text):
            yield Find("PERSON", name, "all", mask(text, "PERSON"), "where many values are names")


def _inside(text: str, look: Look) -> Iterator[Find]:
    for start, end, entity in by_pattern.spans(text, look):
        if end - start < len(text):
            yield Find(entity, "inside of texts", "a part", mask(text[start:end], entity), ALWAYS)


def _presidio(text: str, look: Look) -> Iterator[Find]:
    presidio = look.language.presidio
    for one in presidio.custom:
        if found := score(one, text):
            covers = "all" if score(one, text, least=WHOLE) else "a part"
            entity = one.supported_entities[0]
            shown = mask(text, entity) if covers == "all" else ""
            yield Find(entity, f"{one.name}, score {found:.2f}", covers, shown, ALWAYS)
    for name, foreign in by_presidio.roster(look.rules, presidio).items():
        if presidio.confirms(name, text):
            yield Find(foreign.entity, name, "all", mask(text, foreign.entity), CHECKED)
