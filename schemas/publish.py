"""Generates the published JSON Schemas, one a view, and says where the committed ones have drifted.

`python -m schemas.publish` writes them; with `--check` it writes nothing and exits 1 on drift. They are closed
(`additionalProperties: false`) because only closed schemas can be compared formally; `opened` gives readers the
lenient twin.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from schemas.commands import COMMANDS
from schemas.cut import PERSONAL, Pointer, Status
from schemas.envelope import Payload
from schemas.events import EVENTS, TipReceived
from schemas.facts import FULL_ONLY, Fact
from schemas.messages import Message, schema_urn
from schemas.views import View

PUBLISHED = Path(__file__).parent / "published"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]


def every_schema() -> Iterator[tuple[str, Schema]]:
    """The path below `published/` and the closed schema of each type and view."""
    yield "pointer/1.0/pointer.json", closed(_titled(Pointer, "urn:phoihop:schema:pointer:1.0:pointer"))
    yield _path(TipReceived, "status"), closed(_titled(Status, schema_urn(TipReceived, View.STATUS)))
    for event in EVENTS:
        for view in (View.FULL, View.FIELDS):
            yield _path(event, view.word), closed(view_schema(event, view))
    for command in COMMANDS:
        yield _path(command, "full"), closed(view_schema(command, View.FULL))


def view_schema(message: Message, view: View) -> Schema:
    """The schema of one message as one view shows it, before it is closed or opened."""
    schema = _titled(message, schema_urn(message, view))
    return schema if view is View.FULL else dict(_without_hidden(schema, top=True))


def closed(schema: Schema) -> Schema:
    """Every object takes the properties named and no other; used for the compatibility check."""
    return dict(_each_object(schema, additional=False))


def opened(schema: Schema) -> Schema:
    """Every object takes properties that a later minor version may add; what readers should use."""
    return dict(_each_object(schema, additional=True))


def drift(folder: Path) -> list[str]:
    """Paths that are missing, out of date or left over below `folder`, in order; empty means no drift."""
    wanted = {path: _text(schema) for path, schema in every_schema()}
    present = {str(file.relative_to(folder)): file.read_text("utf-8") for file in folder.rglob("*.json")}
    return sorted(path for path in wanted.keys() | present.keys() if wanted.get(path) != present.get(path))


def write(folder: Path) -> list[str]:
    """Brings `folder` to what the code says; returns the paths that changed."""
    wanted = {path: _text(schema) for path, schema in every_schema()}
    changed = drift(folder)
    for path in changed:
        target = folder / path
        if path not in wanted:
            target.unlink()
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(wanted[path], "utf-8")
    return changed


def _path(message: Message, view: str) -> str:
    return f"{message.type_name()}/{message.MAJOR}.{message.MINOR}/{view}.json"


def _titled(model: type[Payload | Fact], urn: str) -> Schema:
    schema = model.model_json_schema(mode="serialization")
    return {"$schema": DIALECT, "$id": urn, **schema}


def _text(schema: Schema) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _each_object(node: Any, *, additional: bool) -> Any:
    if isinstance(node, list):
        return [_each_object(item, additional=additional) for item in node]
    if not isinstance(node, Mapping):
        return node
    copy = {key: _each_object(value, additional=additional) for key, value in node.items()}
    if "properties" in copy:
        copy["additionalProperties"] = additional
    return copy


def _without_hidden(node: Any, *, top: bool = False) -> Any:
    if isinstance(node, list):
        return [_without_hidden(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    copy = {key: _without_hidden(value) for key, value in node.items()}
    if "properties" in copy:
        gone = {name for name, field in node["properties"].items() if FULL_ONLY in field}
        gone |= PERSONAL if top else set()
        copy["properties"] = {name: field for name, field in copy["properties"].items() if name not in gone}
        copy["required"] = [name for name in node.get("required", ()) if name not in gone]
    if top:
        copy["$defs"] = _reachable(copy)
    return copy


def _reachable(schema: Schema) -> Schema:
    """The definitions that the cut schema still refers to, directly or through another."""
    definitions: Schema = schema.get("$defs", {})
    pending = [value for key, value in schema.items() if key != "$defs"]
    kept: Schema = {}
    while pending:
        for name in _references(pending.pop()) - kept.keys():
            kept[name] = definitions[name]
            pending.append(definitions[name])
    return kept


def _references(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*map(_references, node))
    if not isinstance(node, Mapping):
        return set()
    own = {node["$ref"].rpartition("/")[2]} if "$ref" in node else set()
    return own.union(*map(_references, node.values()))


def main(arguments: list[str]) -> int:
    """Exit code 0 when the committed schemas are (now) those of the code, 1 on drift under `--check`."""
    if "--check" in arguments:
        stale = drift(PUBLISHED)
        for path in stale:
            sys.stderr.write(f"schemas/published/{path} has drifted: run python -m schemas.publish\n")
        return 1 if stale else 0
    for path in write(PUBLISHED):
        sys.stdout.write(f"wrote {path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
