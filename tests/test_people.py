"""What makes somebody of a proposal: weights that can be read, a model whose doubts are kept."""

import tomllib
import warnings
from importlib.resources import files

import pytest
import spacy

from scanner.detectors import reading
from scanner.detectors.annotator import Annotator, people
from scanner.detectors.by_language import DEFAULT, Language
from scanner.rulefiles import recognizers
from tests.benchmarks import train_people

TEXTS = (
    "Please tell Margaret Thompson that the parcel from Leipzig is at Siemens.",
    "lol kendrick and Yolanda are so good, thx @somebody #nofilter",
    "",
    "Order 1234567890 was shipped on 2023-05-06.\n\nRegards,\nPriya",
)


@pytest.fixture(scope="module")
def language() -> Language:
    return Language()


@pytest.fixture(scope="module")
def annotator(language: Language) -> Annotator:
    return Annotator(language, recognizers.load())


def people_in(annotator: Annotator, text: str, least: float = people.LIKELY) -> set[str]:
    spans = annotator.annotate([text], least=least)[0]
    return {text[s.start : s.end] for s in spans if s.entity == "PERSON"}


def test_steps_find_what_the_model_finds_and_how_sure_it_was(language: Language) -> None:
    with warnings.catch_warnings():  # made by spaCy 3.7
        warnings.filterwarnings("ignore", message=r"\[W095\]", category=UserWarning)
        nlp = spacy.load(DEFAULT, exclude=["tagger", "parser", "attribute_ruler", "lemmatizer"])
    for text, read in zip(TEXTS, language.read(TEXTS), strict=True):
        doc = nlp(text)
        assert read.entities == reading.entities(doc)
        assert [b.start for b in read.beliefs] == [t.idx for t in doc]
        assert all(b.person <= 0 for b in read.beliefs)
        for entity in read.entities:
            if entity.entity == "PERSON":
                assert any(b.person > -0.7 for b in read.beliefs if b.start >= entity.start)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("shout out to tamika and her brother deshawn for the ride", {"tamika", "deshawn"}),
        ("Thorvaldsen scored twice before the break, said coach Ivo Brankovic.",
         {"Thorvaldsen", "Ivo Brankovic"}),
    ],
)  # fmt: skip
def test_people_are_found_in_small_letters_and_of_other_countries(
    annotator: Annotator, text: str, names: set[str]
) -> None:
    assert people_in(annotator, text) == names


@pytest.mark.parametrize(
    "text",
    [
        "Waaaay too many updates today, hahaha, the laptop is slow again.",
        "Dell Latitude 5540 laptop with Intel Core i7 and Microsoft Office.",
        "Ticket closed by system. See the knowledge base article Reset Password.",
        "My IBAN is on the form, see the PDF.",
        "The F-104 and the P-38 stand in the hall of the museum.",
    ],
)
def test_shouts_products_and_firms_are_nobody(annotator: Annotator, text: str) -> None:
    assert not people_in(annotator, text)


def test_who_asks_to_be_surer_gets_fewer_people(annotator: Annotator) -> None:
    likely, sure = (
        {(t, n) for t in TEXTS for n in people_in(annotator, t, least)}
        for least in (people.LIKELY, people.SURE)
    )
    assert sure <= likely
    assert (TEXTS[0], "Margaret Thompson") in sure


def test_a_building_with_a_number_of_its_own_and_a_flat_are_parts_of_an_address(
    annotator: Annotator,
) -> None:
    text = "Ship to:\n4120 Lindenweg 17 Apt. 12\nKöln\n"
    spans = annotator.annotate([text])[0]
    streets = [text[s.start : s.end] for s in spans if s.entity == "STREET_ADDRESS"]
    assert streets == ["4120", "Lindenweg 17", "Apt. 12"]
    corner = "We live at the corner of 12 Sycamore Street and Harbour Road"
    found = annotator.annotate([corner])[0]
    assert [corner[s.start : s.end] for s in found] == [
        "the corner of 12 Sycamore Street and Harbour Road"
    ]


def test_the_weights_can_be_read_and_are_those_of_traits_that_exist(language: Language) -> None:
    text = (files("rules") / "people.toml").read_text(encoding="utf-8")
    weights = tomllib.loads(text)["weights"]
    labelled = [
        {"id": str(n), "source": "invented", "text": t, "spans": []} for n, t in enumerate(TEXTS)
    ]
    told = {
        k for s in train_people.sheets(labelled, language) for _, _, t in s.proposals for k in t
    }
    assert people.ALWAYS in weights
    assert told
    assert all(abs(w) < 8 for w in weights.values())
    assert len(told & weights.keys()) > 0.8 * len(told)


def test_equal_texts_give_equal_weights_and_labels_decide_them(language: Language) -> None:
    said = "Ask {} about the invoice of the week."
    texts = [
        {
            "id": str(n),
            "source": "invented",
            "text": said.format(name),
            "spans": [{"start": 4, "end": 4 + len(name), "type": "PERSON_NAME"}] if right else [],
        }
        for n, (name, right) in enumerate([("Nadia", True), ("Harold Finch", True), ("Paris", False), ("Siemens", False)] * 8)
    ]  # fmt: skip
    sheets = train_people.sheets(texts, language)
    weights = train_people.fit(sheets)
    assert weights == train_people.fit(train_people.sheets(texts, language))
    assert sum(train_people.tally(s, weights, 0.5)["tp"] for s in sheets) == 16
    assert sum(train_people.tally(s, weights, 0.5)["fp"] for s in sheets) == 0
