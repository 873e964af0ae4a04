"""The model that answers."""

from collections.abc import Mapping
from pathlib import Path

from model.artifact import ArtifactError, load_current
from model.city import LabelText
from model.classifier import Classifier


class Models:
    """The promoted model of a folder, checked to fit the city.

    Raises
    ------
    ArtifactError
        None is promoted, or it cannot be used here.
    """

    def __init__(self, folder: Path, labels: Mapping[str, Mapping[str, LabelText]]) -> None:
        self._folder, self._labels = folder, labels
        self.classifier = self._load()

    def _load(self) -> Classifier:
        classifier = load_current(self._folder)
        for question, known in self._labels.items():
            head = classifier.heads.get(question)
            if head is None:
                raise ArtifactError(f"model {classifier.version} does not answer {question!r}; train it on all three")
            if foreign := [key for key in head.keys if key not in known]:
                raise ArtifactError(
                    f"model {classifier.version} gives the {question} {foreign[0]!r}, which taxonomy.toml lacks; "
                    "add the label or promote a model of this city"
                )
        return classifier
