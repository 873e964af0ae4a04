"""An old model under a taxonomy whose keys have changed since (``was`` in ``data/taxonomy.toml``)."""

from collections.abc import Mapping
from dataclasses import replace

from model.artifact import ArtifactError
from model.city import LabelText, successors
from model.classifier import Classifier


def with_new_names(classifier: Classifier, labels: Mapping[str, Mapping[str, LabelText]]) -> Classifier:
    """The classifier with the keys that took the place of its own; keys that the taxonomy never had stay.

    A renamed label goes on as before. A split or merged one cannot: no arithmetic tells its parts apart, or adds up
    two columns of scores.

    Raises
    ------
    ArtifactError
        A label of the model was split, or merged with another one of it.
    """
    heads = {}
    for question, head in classifier.heads.items():
        changed = successors(labels.get(question, {}))
        keys = []
        for key in head.keys:
            parts = changed.get(key, (key,))
            if len(parts) > 1 or parts[0] in keys or (parts[0] != key and parts[0] in head.keys):
                what = f"split into {', '.join(parts)}" if len(parts) > 1 else f"merged into {parts[0]}"
                raise ArtifactError(
                    f"model {classifier.version} gives the {question} {key!r}, which was {what} since; "
                    "train again: disposisi train"
                )
            keys.append(parts[0])
        heads[question] = replace(head, keys=tuple(keys))
    return Classifier(classifier.version, classifier.expansions, classifier.scorer, heads, classifier.danger)
