"""The model that answers, and how a newly promoted one takes its place while requests run."""

import logging
from collections.abc import Mapping
from pathlib import Path

from model.artifact import ArtifactError, current, load
from model.city import LabelText
from model.classifier import Classifier
from model.renames import with_new_names

log = logging.getLogger("disposisi")


class Models:
    """The promoted model of a folder, checked to fit the city.

    ``classifier`` answers; views read it once a request. ``refused`` says why the promoted model does not serve,
    where an older one goes on.

    Raises
    ------
    ArtifactError
        None is promoted, or it cannot be used here.
    """

    def __init__(self, folder: Path, labels: Mapping[str, Mapping[str, LabelText]]) -> None:
        self._folder, self._labels = folder, labels
        self._seen = current(folder)
        self.classifier = self._load(self._seen)
        self.refused: str | None = None

    def refresh(self) -> None:
        """Load the promoted model when it is another than before; keep the old one when it cannot be used."""
        promoted = current(self._folder)
        if promoted == self._seen:
            return
        self._seen = promoted
        try:
            self.classifier = self._load(promoted)
            self.refused = None
            log.info("model", extra={"fields": {"model_version": self.classifier.version}})
        except ArtifactError as error:
            self.refused = str(error)
            log.error("model refused", extra={"fields": {"reason": self.refused}})  # noqa: TRY400

    def _load(self, folder: Path | None) -> Classifier:
        if folder is None:
            raise ArtifactError(f"{self._folder} has no promoted model; train one: disposisi train")
        try:
            classifier = with_new_names(load(folder), self._labels)
        except ArtifactError:
            raise
        except Exception as error:
            raise ArtifactError(
                f"{folder} cannot be loaded by this version ({type(error).__name__}); train again: disposisi train"
            ) from error
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
