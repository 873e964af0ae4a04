"""The model that answers, and how a newly promoted one takes its place while requests run."""

import logging
from collections.abc import Mapping
from pathlib import Path

from model.artifact import READ, SERVED, ArtifactError, current, load, set_current
from model.city import LabelText
from model.classifier import Classifier
from model.renames import with_new_names

log = logging.getLogger("disposisi")

Stamp = tuple[Path | None, tuple[tuple[int, int], ...]]


class Models:
    """The promoted model of a folder, checked to fit the city.

    ``classifier`` answers; views read it once a request. ``refused`` says why the promoted model does not serve,
    where an older one goes on; at a start that is the one that served last.

    Raises
    ------
    ArtifactError
        None is promoted, or it cannot be used here and none served before.
    """

    def __init__(self, folder: Path, labels: Mapping[str, Mapping[str, LabelText]]) -> None:
        self._folder, self._labels = folder, labels
        self.refused: str | None = None
        promoted = current(folder)
        self._seen = _stamp(promoted)
        try:
            self.classifier = self._load(promoted)
        except ArtifactError as error:
            self.classifier = self._load_last(error)
            self._refuse(error)
        else:
            self._keep(promoted)

    def refresh(self) -> None:
        """Load the promoted model when it is another than before, or its files are; keep the old one when it fails."""
        promoted = current(self._folder)
        if (stamp := _stamp(promoted)) == self._seen:
            return
        self._seen = stamp
        try:
            self.classifier = self._load(promoted)
        except ArtifactError as error:
            self._refuse(error)
        else:
            self.refused = None
            self._keep(promoted)
            log.info("model", extra={"fields": {"model_version": self.classifier.version}})

    def _load_last(self, refused: ArtifactError) -> Classifier:
        """The model that served last, where the promoted one was refused at the start."""
        try:
            return self._load(current(self._folder, SERVED))
        except ArtifactError:
            raise refused from None

    def _keep(self, served: Path | None) -> None:
        """Write down which model serves. A folder that may only be read costs the way back, not the service."""
        if served is None or served == current(self._folder, SERVED):
            return
        try:
            set_current(self._folder, served.name, SERVED)
        except OSError as error:
            log.warning("last model not kept", extra={"fields": {"reason": str(error)}})

    def _refuse(self, error: ArtifactError) -> None:
        self.refused = str(error)
        serves = self.classifier.version
        log.error("model refused", extra={"fields": {"reason": self.refused, "model_version": serves}})

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


def _stamp(folder: Path | None) -> Stamp:
    """What changes when a model, or a file of it, is put in another's place."""
    found = [path.stat() for name in READ if folder and (path := folder / name).is_file()]
    return folder, tuple((file.st_mtime_ns, file.st_size) for file in found)
