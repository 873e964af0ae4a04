"""`disposisi labelstudio`: the model as Label Studio's ML backend."""

from pathlib import Path

import click

from training.commands.options import models_option, plain_errors


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=9090, show_default=True)
@models_option
def command(host: str, port: int, models: Path) -> None:
    """Answer Label Studio: in its project, Settings > Model, connect http://HOST:PORT. It knows no passwords: let
    only Label Studio reach it.
    """
    from werkzeug.serving import make_server

    from training.backend import create_app

    with plain_errors():
        server = make_server(host, port, create_app(models), threaded=True)
    click.echo(f"Label Studio's backend on http://{host}:{server.server_port}")
    server.serve_forever()
