"""Every danger rule fires on its own examples and stays silent on the others."""

import pytest

from model.artifact import Language
from model.danger import RuleError, rule_of
from model.matching import DangerRules
from training.models import read_language

RULES = [rule_of(table) for table in read_language().danger]
BASE = {"name": "uji", "about": "test", "all": [["api"]], "floor": "darurat"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_holds_on_its_examples(rule, language: Language) -> None:  # type: ignore[no-untyped-def]
    rules = DangerRules([rule])
    assert rule.yes, "write at least one example that fires"
    assert rule.no, "write at least one example that does not"
    for text in rule.yes:
        assert rules.fired(language.words_of(text)), text
    for text in rule.no:
        assert not rules.fired(language.words_of(text)), text


def test_names_are_unique() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_cues_are_words_that_the_lexicon_leaves_alone(language: Language) -> None:
    for rule in RULES:
        for phrase in (*rule.unless, *(p for group in rule.groups for p in group)):
            for word in phrase:
                assert word not in language.expansions or language.expansions[word] == (word,), (rule.name, word)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"all": None}, "missing"),
        ({"floors": "darurat"}, "unknown key 'floors'"),
        ({"ceiling": "sedang"}, "either a floor or a ceiling"),
        ({"floor": None}, "either a floor or a ceiling"),
    ],
)
def test_a_wrong_rule_is_named(change: dict[str, object], message: str) -> None:
    table = {key: value for key, value in (BASE | change).items() if value is not None}
    with pytest.raises(RuleError, match=message):
        rule_of(table)


def test_groups_must_stand_near_each_other() -> None:
    rules = DangerRules([rule_of(BASE | {"all": [["pohon"], ["miring"]], "within": 3})])
    assert rules.fired("pohon itu miring".split())
    assert not rules.fired("pohon di depan rumah tua dengan tiang miring".split())
