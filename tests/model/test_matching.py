"""Word rules are matched as their texts say, one text at a time and in batches alike."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from model.artifact import Language
from model.danger import DangerRule, rule_of
from model.matching import DangerRules
from model.ragged import ends_of
from model.rule_table import RuleTable
from training.models import read_language

RULES = [rule_of(table) for table in read_language().danger]
MADE_UP = [
    rule_of(
        {"name": name, "about": "test", "all": groups, "unless": unless, "within": 2, "reach": 1, "floor": "tinggi"}
    )
    for name, groups, unless in [
        ("one", [["api", "bakar* rumah"]], ["padam"]),
        ("two", [["pohon tumb*", "api"], ["orang", "anak kecil"]], ["sudah padam", "tid*"]),
        ("three", [["rumah"], ["api"], ["bakar*"]], []),
    ]
]
WORDS = "api bakar bakaran rumah padam pohon tumbang orang anak kecil sudah tidak air".split()


def fired_together(rules: list[DangerRule], texts: list[list[str]]) -> list[list[str]]:
    table = RuleTable(rules)
    classes = np.array([table.class_of(word) for words in texts for word in words], dtype=np.int64)
    fired = table.fired(classes, ends_of(np.array([len(words) for words in texts], dtype=np.int64)))
    return [[rule.name for rule in fired.get(i, [])] for i in range(len(texts))]


def fired_alone(rules: list[DangerRule], texts: list[list[str]]) -> list[list[str]]:
    one = DangerRules(rules)
    return [[rule.name for rule in one.fired(words)] for words in texts]


@settings(deadline=None)
@given(texts=st.lists(st.lists(st.sampled_from(WORDS), max_size=12), max_size=6))
def test_batches_agree_with_single_texts(texts: list[list[str]]) -> None:
    assert fired_together(MADE_UP, texts) == fired_alone(MADE_UP, texts)


def test_they_agree_on_the_corpus(corpus: pd.DataFrame, language: Language) -> None:
    texts = [language.words_of(text) for text in corpus["text"].iloc[::7]]
    alone = fired_alone(RULES, texts)
    assert sum(map(bool, alone)) > 100
    assert fired_together(RULES, texts) == alone


def test_phrases_are_whole_and_in_one_text() -> None:
    texts = [["pohon"], ["tumbang", "api"], ["api", "anak", "kecil"], ["api", "anak", "besar", "kecil"]]
    assert fired_alone(MADE_UP, texts) == fired_together(MADE_UP, texts) == [[], ["one"], ["one", "two"], ["one"]]


def test_no_rules_and_no_texts() -> None:
    assert fired_together([], [["api"]]) == [[]]
    assert fired_together(MADE_UP, []) == []
