"""Writes recipes as TOML, for tests of commands that read one."""

from pathlib import Path

from model_training import recipe
from model_training.recipe import Recipe


def write_recipe(path: Path, asked: Recipe) -> Path:
    """Write a recipe and return its path."""
    path.write_text(_section(recipe.to_table(asked), "") + "\n", encoding="utf-8")
    return path


def _section(table: dict[str, object], name: str) -> str:
    plain = {key: value for key, value in table.items() if not isinstance(value, dict)}
    lines = [f"[{name}]"] if name else []
    lines += [f"{key} = {_literal(value)}" for key, value in plain.items()]
    for key, value in table.items():
        if isinstance(value, dict):
            lines.append(_section(value, f"{name}.{key}".lstrip(".")))
    return "\n".join(lines)


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if not isinstance(value, str) else f'"{value}"'
