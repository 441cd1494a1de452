"""A cell with many mentions costs as much more as it is longer: counted, not timed."""

import cProfile
import json
import pstats

import pytest

from scanner.identity import Identity, read
from scanner.matcher import Matcher
from scanner.subjects import copied
from scanner.subjects.context import Context, Known
from scanner.subjects.crowd import Crowd
from scanner.subjects.grading import Grader
from tests.erasing import noted, now
from tests.test_matching import KINDS

UNITS = (
    "Lee ", "Mr. Lee ", "A.B.C. Lee ", "Ann (", "LEE, ANN ", "Ann Lee 512 610 5466\n",
    "Ann Lee (1980-03-04) ", "12 Elm Street, Austin ",
)  # fmt: skip
FEW, TIMES = 300, 4

SLACK = 1.4
"""What grows with the square takes four times as much again."""

ANN = {
    "first": "Ann", "last": "Lee", "mail": "ann.lee@example.com", "phone": "+1 512 610 5466",
    "born": "1980-03-04", "street": "12 Elm Street",
}  # fmt: skip


class Said(str):
    """A text that counts how many of its signs are copied."""

    __slots__ = ("copied",)

    def __getitem__(self, at):
        made = super().__getitem__(at)
        self.copied = getattr(self, "copied", 0) + len(made)
        return made


def ann():
    kinds = KINDS | {"phone": "PHONE_NUMBER", "born": "DATE_OF_BIRTH"}
    return Identity.of(read(ANN, kinds))


def calls(work, *words):
    """Count what is called meanwhile."""
    profile = cProfile.Profile()
    profile.runcall(work, *words)
    return pstats.Stats(profile).total_calls


@pytest.mark.parametrize("unit", UNITS)
def test_finding_and_grading_grow_as_the_text_does(unit):
    identity = ann()
    context = Context(own=False, linked=False, paired=False, supported=False, holder=False)

    def judge(said):
        found = Matcher(identity).find(said)
        assert len(found) >= FEW
        return [*Grader(identity).cell(said, found, context, Known(), free=False)]

    judge(unit * FEW)  # patterns and words are read once
    few, many = calls(judge, unit * FEW), calls(judge, unit * FEW * TIMES)
    assert many <= few * TIMES * SLACK


@pytest.mark.parametrize("unit", UNITS)
def test_what_stands_around_each_mention_is_read_and_no_more(unit):
    identity, said = ann(), Said(unit * FEW * TIMES)
    found = Matcher(identity).find(str(said))
    context = Context(own=False, linked=False, paired=False, supported=False, holder=False)
    assert len([*Grader(identity).cell(said, found, context, Known(), free=False)]) <= len(found)
    assert getattr(said, "copied", 0) <= 2500 * len(found)


def test_a_word_that_stands_in_a_text_often_is_looked_up_once():
    """The other word of the name is looked for in the whole of it."""
    crowd = Crowd({"ann": ann()})
    few, many = ("Lee " * FEW, "Lee " * FEW * TIMES)
    crowd.rows([few])
    assert calls(crowd.rows, [many]) <= calls(crowd.rows, [few]) * TIMES * SLACK


def test_the_values_of_a_long_document_are_each_looked_up_once():
    """A value may be a copy of the subject's: whether one is found at its place is not asked of all."""
    few, many = (json.dumps([ANN] * n) for n in (FEW // 4, FEW // 4 * TIMES))
    held = Matcher(ann())

    def named(said):
        return [*copied.fields("note", said, held.find(said), ())]

    assert sum(f.match is not None for f in named(few)) >= FEW
    assert calls(named, many) <= calls(named, few) * TIMES * SLACK


def test_a_long_cell_is_planned_and_erased_as_it_grows(single):
    noted(single, "Ann Lee 512 610 5466\n" * FEW)
    plan = calls(single.plan)
    single.write("delete from table_notes_log where objid >= 500")
    noted(single, "Ann Lee 512 610 5466\n" * FEW * 2 * TIMES)
    assert calls(single.plan) <= plan * 2 * TIMES
    single.commit(single.plan())
    assert now(single) == ["[NAME] [PHONE]\n" * FEW * 2 * TIMES]
