"""`disposisi models`: what was trained, what answers now."""

from pathlib import Path
from typing import Any

import click

from training.commands.options import models_option, plain_errors


@click.command()
@models_option
def command(models: Path) -> None:
    """List candidates and promoted models: date, author, rows, files, figures of the held-back rows."""
    from model import artifact
    from training.models import list_models
    from training.promotion import history

    with plain_errors():
        found = list_models(models)
        current = artifact.current(models)
        promoted = {entry["version"]: entry for entry in history(models)}
    if not found:
        click.echo(f"{models} has no model; train one: disposisi train")
    for manifest in found:
        version = manifest["version"]
        state = "promoted" if current and version == current.name else "candidate"
        if state == "candidate" and version in promoted:
            state = f"promoted once, {promoted[version]['at'][:10]}"
        click.echo(f"{version}  {state}")
        click.echo("  cannot be used by this version; train again" if "unusable" in manifest else _details(manifest))
        if version in promoted and promoted[version].get("reason"):
            click.echo(f"  forced: {promoted[version]['reason']}")


def _details(manifest: dict[str, Any]) -> str:
    sources = ", ".join(f"{s['name']} ({s['rows']})" for s in manifest.get("sources", [])) or f"{manifest['rows']} rows"
    lines = [
        f"  {manifest['created'][:19]} by {manifest['author']}: {sources}; checksum {manifest.get('checksum', '')[:16]}"
    ]
    for question, figures in manifest.get("metrics", {}).items():
        lines.append(f"  {question}: accuracy {figures['accuracy']:.3f}, macro-F1 {figures['macro_f1']:.3f}")
    return "\n".join(lines)
