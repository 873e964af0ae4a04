"""Old models under a taxonomy that has changed: a rename is followed, anything else is told precisely."""

import pytest

from model.artifact import ArtifactError
from model.city import City, LabelText
from model.classifier import Classifier
from model.renames import with_new_names


def changed(city: City, gone: list[str], new: dict[str, tuple[str, ...]]) -> dict[str, dict[str, LabelText]]:
    sectors = {key: label for key, label in city.labels["sector"].items() if key not in gone}
    sectors |= {key: LabelText(key, key, "", was) for key, was in new.items()}
    return {**city.labels, "sector": sectors}


def test_a_renamed_label_goes_on(tiny_classifier: Classifier, city: City) -> None:
    labels = changed(city, ["penerangan_jalan"], {"pju": ("penerangan_jalan",)})
    renamed = with_new_names(tiny_classifier, labels)
    text = "lampu jalan mati, gelap"
    before, after = tiny_classifier.predict(text).sector, renamed.predict(text).sector
    assert before
    assert after
    assert (before.key, after.key) == ("penerangan_jalan", "pju")
    assert after.score == before.score


def test_nothing_changes_where_nothing_was(tiny_classifier: Classifier, city: City) -> None:
    assert with_new_names(tiny_classifier, city.labels).heads == tiny_classifier.heads


@pytest.mark.parametrize(
    ("gone", "new", "message"),
    [
        (["energi"], {"listrik": ("energi",), "gas": ("energi",)}, "'energi', which was split into listrik, gas"),
        (["energi", "air_bersih"], {"utilitas": ("energi", "air_bersih")}, "which was merged into utilitas"),
        (["energi"], {"air_bersih": ("energi",)}, "'energi', which was merged into air_bersih"),
    ],
)
def test_split_and_merged_labels_ask_for_training(
    tiny_classifier: Classifier, city: City, gone: list[str], new: dict[str, tuple[str, ...]], message: str
) -> None:
    with pytest.raises(ArtifactError, match=message):
        with_new_names(tiny_classifier, changed(city, gone, new))
