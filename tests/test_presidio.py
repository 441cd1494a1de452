"""Presidio's recognizers are all usable, silent unless something speaks for them, and offline."""

import json
import random
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import presidio_analyzer
import pytest

from scanner.detectors import classify
from scanner.detectors.by_language import Language
from scanner.detectors.by_pattern import spans
from scanner.detectors.by_presidio import roster
from scanner.detectors.classify import Verdict
from scanner.detectors.look import Look
from scanner.detectors.presidio import Presidio
from scanner.detectors.values import Values
from scanner.errors import Misconfigured
from scanner.model import ColumnRef
from scanner.rulefiles import recognizers
from scanner.rulefiles.recognizers import Rules
from tests.conftest import Process, Run

CONF = Path(presidio_analyzer.__file__).parent / "conf"
RNG = random.Random(7)


@pytest.fixture(scope="module")
def ours() -> Rules:
    return recognizers.load()


@pytest.fixture(scope="module")
def language() -> Language:
    return Language()


def looked(name: str, values: Sequence[Any], rules: Rules, language: Language) -> Look:
    return Look(ColumnRef("", "t", name), Values.of(values), rules, language)


def judged(name: str, values: Sequence[Any], rules: Rules, language: Language) -> Verdict:
    look = looked(name, values, rules, language)
    classify.examine(look)
    return classify.judge(look)


def digits(n: int) -> str:
    return "".join(RNG.choice("0123456789") for _ in range(n))


def pesel() -> str:
    body = f"{RNG.randint(40, 99)}{RNG.randint(1, 12):02}{RNG.randint(1, 28):02}{digits(4)}"
    sum_ = sum(int(c) * w for c, w in zip(body, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3), strict=True))
    return body + str(-sum_ % 10)


def nhs() -> str:
    while True:
        body = digits(9)
        check = 11 - sum(int(c) * w for c, w in zip(body, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            return body + str(check % 11)


def tfn() -> str:
    while True:
        body = digits(9)
        weights = (1, 4, 3, 7, 5, 8, 6, 9, 10)
        if sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11 == 0:
            return body


def test_every_recognizer_that_needs_no_model_can_be_asked(ours: Rules) -> None:
    presidio = Presidio()
    assert len(presidio.classes) > 70
    for name in presidio.classes:
        assert presidio.named(name).supported_entities
    assert {"PlPeselRecognizer", "DeTaxIdRecognizer"} <= roster(ours, presidio).keys()


def test_our_table_of_presidios_recognizers_names_what_there_is(ours: Rules) -> None:
    presidio = Presidio()
    general = {"POSTCODE", "ORGANIZATION", "DEVICE_ID", "PHONE_NUMBER"}
    for name, foreign in ours.foreign.items():
        real = presidio.named(name).supported_entities
        assert foreign.entity in {*real, *general}, name
        assert foreign.words or foreign.off, name


def test_one_that_no_table_names_goes_by_the_words_of_its_entity(ours: Rules) -> None:
    bare = Rules(ours.recognizers, ours.phrases, ours.vocabulary, ours.weights)
    listed = roster(bare, Presidio())
    assert listed["PlPeselRecognizer"].words == (("pl", "pesel"), ("pesel",))


@pytest.mark.parametrize(
    ("make", "entity"), [(pesel, "PL_PESEL"), (nhs, "UK_NHS"), (tfn, "AU_TFN")]
)
def test_check_digits_speak_where_the_name_says_nothing(
    ours: Rules, language: Language, make: Callable[[], str], entity: str
) -> None:
    verdict = judged("c7", [make() for _ in range(60)], ours, language)
    assert (verdict.entity, verdict.personal) == (entity, "direct")
    assert "check digits right" in verdict.evidence[0].rule


@pytest.mark.parametrize(
    "values",
    [
        [digits(11) for _ in range(300)],
        [digits(10) for _ in range(300)],
        [digits(9) for _ in range(300)],
        [str(10_000_000_000 + n) for n in range(300)],
        [f"{y}0{m}{d}{n:05}" for y in (85, 91) for m in (1, 7) for d in (11, 28) for n in range(9)],
        [f"AB{digits(7)}" for _ in range(200)],
        [f"{digits(4)}-{digits(4)}-{digits(4)}" for _ in range(100)],
        [pesel() for _ in range(5)],
    ],
    ids=["11", "10", "9", "sequence", "dates", "passports", "groups", "too few"],
)
def test_numbers_that_only_look_like_ids_are_none(
    ours: Rules, language: Language, values: list[str]
) -> None:
    look = looked("c7", values, ours, language)
    classify.examine(look)
    assert not [s for s in look.signs if "Presidio" in s.evidence.rule]


def test_without_check_digits_the_name_must_speak(ours: Rules, language: Language) -> None:
    values = [f"CLM-{digits(8)}" for _ in range(40)]
    assert judged("c7", values, ours, language).personal == "none"
    assert judged("claim_number", values, ours, language).entity == "US_CLAIM_NUMBER"


def test_a_few_ids_are_enough_where_the_name_speaks(ours: Rules, language: Language) -> None:
    assert judged("pesel", [pesel() for _ in range(5)], ours, language).entity == "PL_PESEL"


def test_a_companys_number_is_nobodys(ours: Rules, language: Language) -> None:
    values = ["51824753556", "53004085616", "33051775556", "51824753556"]
    assert judged("abn", values, ours, language).personal == "none"


def file(folder: Path, text: str, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_users_file_switches_a_recognizer_off_and_on(
    tmp_path: Path, ours: Rules, language: Language
) -> None:
    off = file(tmp_path, 'disable = ["PlPeselRecognizer", "IBAN"]\ndisable_words = ["pesel"]\n')
    rules = recognizers.load([off])
    values = [pesel() for _ in range(60)]
    assert judged("pesel", values, rules, language).entity != "PL_PESEL"
    assert "IBAN" not in {r.name for r in rules.recognizers}
    assert ("pesel",) in ours.phrases
    assert ("pesel",) not in rules.phrases
    on = file(
        tmp_path,
        '[[presidio]]\nrecognizer = "PlPeselRecognizer"\nentity = "PL_PESEL"\nwords = ["number"]\n',
        "on.toml",
    )
    assert judged("number", values, recognizers.load([off, on]), language).entity == "PL_PESEL"


def test_what_is_allowed_is_never_personal(tmp_path: Path, language: Language) -> None:
    allow = "[[allow]]\nwhy = 'our own'\nvalues = ['Hélp@acme.example']\npatterns = ['.*@bot.example']\n"
    rules = recognizers.load([file(tmp_path, allow)])
    mails = ["help@acme.example", "HELP@ACME.EXAMPLE", "a@bot.example"]
    values = Values.of(mails).without(rules.allows)
    assert (values.read, values.distinct) == (3, 0)
    look = Look(ColumnRef("", "t", "c"), values, rules, language)
    classify.examine(look)
    assert classify.judge(look).personal == "none"
    text = "write to help@acme.example or ada@example.com"
    assert [text[a:b] for a, b, _ in spans(text, look)] == ["ada@example.com"]


def test_what_is_denied_is_always_personal(tmp_path: Path, language: Language) -> None:
    deny = "[[deny]]\nname = 'code names'\nentity = 'PROJECT'\nvalues = ['Blue Fálcon', 'Heron']\n"
    rules = recognizers.load([file(tmp_path, deny)])
    assert judged("c", ["blue falcon", "HERON", "Blue Falcon"], rules, language).entity == "PROJECT"
    look = looked("c", ["x"], rules, language)
    text = "the Straße of BLUE FÁLCON, herons aside"
    assert [(text[a:b], e) for a, b, e in spans(text, look)] == [("BLUE FÁLCON", "PROJECT")]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("disable = ['nothing']\n", "no recognizer 'nothing' to disable"),
        ("disable_words = ['nothing']\n", "no column words 'nothing' to disable"),
        ("disable = 'IBAN'\n", "disable must be a list of texts"),
        ("[[allow]]\nwhy = 'x'\n", "needs values or patterns"),
        ("[[allow]]\nwhy = 'x'\npatterns = ['(']\n", "no valid pattern"),
        ("[[deny]]\nname = 'x'\nentity = 'X'\nvalues = ['']\n", "none empty"),
        ("[allow]\nwhy = 'x'\n", "must be written as [[allow]]"),
        ("[[presidio]]\nrecognizer = 'X'\nentity = 'X'\nwords = 'x'\n", "words as a list"),
        ("[[presidio]]\nrecognizer = 7\nentity = 'X'\n", "needs a text as recognizer"),
    ],
)
def test_faulty_lists_say_what_is_wrong(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        recognizers.load([file(tmp_path, text)])
    assert complaint in str(caught.value)


REGISTRY = """
supported_languages: [en, de]
global_regex_flags: 26
recognizers:
  - EmailRecognizer
  - name: SpacyRecognizer
    type: predefined
  - name: DeTaxIdRecognizer
    type: predefined
    supported_languages: [de]
  - name: IbanRecognizer
    type: predefined
    enabled: false
  - name: Badge
    type: custom
    supported_languages:
      - language: en
        context: [badge]
      - language: es
    supported_entity: BADGE
    patterns:
      - name: weak
        regex: 'B\\d{3}'
        score: 0.1
  - name: Titles
    supported_language: en
    supported_entity: TITLE
    deny_list: [Mr., Dr.]
"""


@pytest.mark.parametrize(
    "name", ["example_recognizers", "default_recognizers", "default_analyzer_full"]
)
def test_presidios_own_files_load_as_they_are(name: str) -> None:
    assert len(Presidio([CONF / f"{name}.yaml"]).custom) >= 2


def test_a_registry_file_means_what_it_means_to_presidio(tmp_path: Path, ours: Rules) -> None:
    listed = Language(files=[file(tmp_path, REGISTRY, "p.yaml")])
    names = {r.supported_entities[0] for r in listed.presidio.custom}
    assert names == {"EMAIL_ADDRESS", "DE_TAX_ID", "BADGE", "TITLE"}
    badges = [f"B{digits(3)}" for _ in range(30)]
    assert judged("badge", badges, ours, listed).entity == "BADGE"
    assert judged("part", badges, ours, listed).personal == "none"
    assert judged("c", ["Mr.", "Dr."] * 5, ours, listed).entity == "TITLE"


def test_a_listed_recognizer_fetches_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    (mail,) = Presidio([file(tmp_path, "recognizers: [EmailRecognizer]\n", "p.yaml")]).custom
    assert mail.analyze("ada@example.co.uk", ["EMAIL_ADDRESS"], None)[0].score == 1


CUSTOM = "recognizers:\n  - name: Badge\n    supported_language: en\n    supported_entity: BADGE\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("recognizers: 7\n", "it must list recognizers"),
        ("- 1\n", "it must list recognizers"),
        ("recognizers: [\n", "not valid YAML in line 2"),
        ("recognizers:\n  - name: NoSuchRecognizer\n    type: predefined\n", "cannot be read"),
        (CUSTOM, "cannot be read"),
        (
            CUSTOM + "    patterns:\n      - name: x\n        regex: '('\n        score: 1\n",
            "pattern",
        ),
        (CUSTOM + "    patterns:\n      - name: x\n", "cannot be read"),
        (CUSTOM + "    deny_list: 7\n", "cannot be read"),
        (CUSTOM + "    deny_list: [[Zaphod]]\n", "cannot be read"),
    ],
)
def test_a_faulty_presidio_file_is_one_sentence(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(Misconfigured, match=r"p\.yaml cannot be read") as caught:
        Presidio([file(tmp_path, text, "p.yaml")])
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "Zaphod" not in str(caught.value)


def test_rules_lists_everything_in_force(efface: Run, tmp_path: Path) -> None:
    mine = file(
        tmp_path,
        'disable = ["IBAN"]\n[[allow]]\nwhy = "our own"\nvalues = ["a@b.example"]\n'
        '[[deny]]\nname = "code names"\nentity = "PROJECT"\nvalues = ["Heron"]\n',
    )
    yaml = file(tmp_path, REGISTRY, "p.yaml")
    listed = json.loads(efface("rules", mine, yaml, "--json").stdout)
    named = {r["name"]: r for r in listed["recognizers"]}
    assert named["e-mail address"]["file"] == "recognizers.toml"
    assert "IBAN" not in named
    assert listed["disabled"] == [{"name": "IBAN"}]
    assert [(r["name"], r["file"]) for r in listed["deny lists"]] == [("code names", "mine.toml")]
    assert [r["why"] for r in listed["allow lists"]] == ["our own"]
    assert {r["entity"] for r in listed["presidio files"]} >= {"BADGE", "TITLE"}
    asked = {r["name"]: r["asked"] for r in listed["presidio"]}
    assert asked["PlPeselRecognizer"].startswith("where the name speaks")
    assert asked["DateRecognizer"].startswith("never: any date")
    assert asked["IbanRecognizer"].startswith("where")  # ours is disabled
    assert [p["name"] for p in listed["packs"]] == ["clarify"]


def test_rules_proves_the_examples(efface: Run, tmp_path: Path) -> None:
    assert "examples proved" in efface("rules", "--check").stdout
    lies = file(
        tmp_path,
        "[[recognizer]]\nname = 'n'\nentity = 'N'\npattern = '\\d{11}'\nweight = 0.5\n"
        "presidio = 'PlPeselRecognizer'\nmatches = ['12345678901']\nrejects = []\n",
    )
    result = efface("rules", lies, "--test")
    assert (result.exit_code, "confirms none of its matches" in result.stderr) == (2, True)


def test_values_are_tried_from_a_file_and_shown_masked(efface: Run, tmp_path: Path) -> None:
    lines = "ada@example.com\n\nring +44 20 7946 0018 now\nnothing\n44051401359\nHERON\n"
    values = file(tmp_path, lines, "values.txt")
    deny = file(tmp_path, "[[deny]]\nname = 'd'\nentity = 'PROJECT'\nvalues = ['heron']\n")
    result = efface("rules", deny, "--try", values, "--json")
    tried = [(r["line"], r["entity"]) for r in json.loads(result.stdout)["tried"]]
    assert {(1, "EMAIL_ADDRESS"), (3, "PHONE_NUMBER"), (5, "PL_PESEL"), (6, "PROJECT")} <= {*tried}
    assert (2, "(nothing)") in tried
    assert (4, "(nothing)") in tried
    for value in ("ada@", "7946", "44051401359", "HERON"):
        assert value not in result.output


def test_values_are_tried_from_a_pipe(process: Process) -> None:
    result = process("rules", "--try", input="ada@example.com\n")
    assert "EMAIL_ADDRESS" in result.stdout
    assert "ada@" not in result.stdout


@pytest.mark.parametrize("text", ["recognizers: 7\n", CUSTOM + "    patterns: [{name: x}]\n"])
def test_a_faulty_presidio_file_ends_with_status_2(efface: Run, tmp_path: Path, text: str) -> None:
    result = efface("rules", file(tmp_path, text, "p.yaml"))
    assert result.exit_code == 2
    assert result.stderr.startswith("efface: the Presidio file p.yaml cannot be read")
    assert result.stderr.count("\n") == 1
