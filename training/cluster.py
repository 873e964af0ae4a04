"""Training on a Dask cluster, through joblib's own backend for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from joblib import parallel_config

from training.errors import DataError


@contextmanager
def scheduled(address: str | None) -> Iterator[None]:
    """Everything inside runs its parallel parts on the cluster at ``address``; on the local cores without one.

    Raises
    ------
    DataError
        The extra is not installed, or nothing answers at the address.
    """
    if address is None:
        yield
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise DataError("--scheduler needs the extra `dask`: pip install 'disposisi[dask]'") from error
    try:
        client: Any = Client(address, timeout=5)
    except (OSError, TimeoutError, ValueError) as error:
        raise DataError(f"--scheduler {address}: no Dask scheduler answers there ({error})") from error
    with client, parallel_config(backend="dask"):
        yield
