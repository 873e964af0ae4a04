"""Connecting to a Dask cluster, and training on it through joblib's own backend."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from joblib import parallel_config

from training.errors import DataError

if TYPE_CHECKING:
    from distributed import Client

SECONDS_TO_CONNECT = 10


@contextmanager
def connected(address: str, as_default: bool = False) -> Iterator["Client"]:
    """A client of the scheduler at ``address``.

    Raises
    ------
    DataError
        The extra is not installed, nothing answers at the address, or the cluster has no worker.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise DataError("--scheduler needs the extra [dask]: pip install 'disposisi[dask]'") from error
    try:
        client = Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=as_default)
    except (OSError, ValueError) as error:
        raise DataError(f"--scheduler {address}: no Dask scheduler answers there ({error})") from error
    with client:
        if not client.nthreads():
            raise DataError(f"--scheduler {address}: it has no worker; start some: dask worker {address}")
        yield client


@contextmanager
def scheduled(address: str | None) -> Iterator[None]:
    """Everything inside runs its parallel parts on the cluster at ``address``; on the local cores without one.

    Raises
    ------
    DataError
        There is no such cluster.
    """
    if address is None:
        yield
        return
    with connected(address, as_default=True), parallel_config(backend="dask"):
        yield
