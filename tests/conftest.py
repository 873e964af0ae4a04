"""What the rooms' tests share: the city, a tiny model, the shipped model."""

from pathlib import Path

import pandas as pd
import pytest

from model import artifact
from model.artifact import Language
from model.city import City, read_city
from model.classifier import Classifier
from training.corpus import read_corpus
from training.fit import Fitted, fit
from training.models import labels_of, read_language, save, train_default


@pytest.fixture(scope="session")
def city() -> City:
    return read_city()


@pytest.fixture(scope="session")
def corpus(city: City) -> pd.DataFrame:
    return read_corpus(city)


@pytest.fixture(scope="session")
def language() -> Language:
    return read_language()


@pytest.fixture(scope="session")
def tiny(corpus: pd.DataFrame) -> pd.DataFrame:
    """Every thirtieth row of the corpus: enough for every sector, trained in a second."""
    return corpus.iloc[::30].reset_index(drop=True)


@pytest.fixture(scope="session")
def fitted(tiny: pd.DataFrame, city: City, language: Language) -> Fitted:
    return fit(tiny, labels_of(city), language)


@pytest.fixture(scope="session")
def tiny_models(fitted: Fitted, tiny: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with one promoted tiny model; tests that change it make a copy."""
    models = tmp_path_factory.mktemp("models")
    artifact.set_current(models, save(models, fitted, tiny, {}))
    return models


@pytest.fixture(scope="session")
def tiny_classifier(tiny_models: Path) -> Classifier:
    return artifact.load_current(tiny_models)


@pytest.fixture(scope="session")
def shipped_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with the shipped model, trained on the whole corpus; tests that change it make a copy."""
    models = tmp_path_factory.mktemp("shipped")
    train_default(models)
    return models


@pytest.fixture(scope="session")
def classifier(shipped_models: Path) -> Classifier:
    """The shipped model."""
    return artifact.load_current(shipped_models)
