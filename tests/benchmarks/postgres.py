"""A throw-away PostgreSQL server that writes as a real one does (fsync on) and can be killed. Debian's packages."""

import os
import shutil
import subprocess
import time
from pathlib import Path

from tests.service.load import kill_family
from tests.service.running import free_port


def newest_programs() -> Path:
    """The folder of the newest PostgreSQL's programs."""
    found = [*Path("/usr/lib/postgresql").glob("*/bin")]
    assert found, "PostgreSQL is missing: apt install postgresql"
    return max(found, key=lambda folder: int(folder.parent.name))


class Postgres:
    """A server with a data directory of its own."""

    def __init__(self, folder: Path) -> None:
        """Make the data directory in a folder, which becomes the server's."""
        self._folder, self._bin, self._port = folder, newest_programs(), free_port()
        self.address = f"postgresql://postgres@127.0.0.1:{self._port}/postgres"
        folder.mkdir()
        if os.getuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(folder, "postgres")
            folder.parent.chmod(0o755)
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")

    def start(self) -> None:
        """Start the server, and wait until it answers; what a kill left is recovered from its log first.

        It is tried again for a while, as systemd does: no server starts while a process of the killed one still ends.
        """
        settings = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=on"
        for attempt in range(40):
            try:
                self._run("pg_ctl", "-l", str(self._folder / "log"), "-w", "-s", "-o", settings, "start")
            except subprocess.CalledProcessError:
                if attempt == 39:
                    raise
                time.sleep(0.25)
            else:
                return

    def kill(self) -> None:
        """`kill -9` the server and all its processes."""
        parent = int((self._folder / "data" / "postmaster.pid").read_text().split()[0])
        kill_family(parent)

    def stop(self) -> None:
        """Stop the server."""
        self._run("pg_ctl", "-m", "immediate", "-s", "stop")

    def _run(self, program: str, *words: str) -> None:
        owner = ("runuser", "-u", "postgres", "--") if os.getuid() == 0 else ()
        command = [*owner, str(self._bin / program), "-D", str(self._folder / "data"), *words]
        subprocess.run(
            command, check=True, timeout=60, cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
        )
