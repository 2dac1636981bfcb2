"""The rules of the house for Python that no linter knows: sizes, names, exceptions, packages.

Every rule is a function of one file's text and returns sentences; `house.py` gives them the tree.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

FILE_STOP = 300
FILE_BUDGET = 200
FUNCTION_STOP = 40
POSITIONAL_STOP = 5
NAMELESS = frozenset({"base", "common", "core", "helper", "helpers", "misc", "shared", "util", "utils"})
SERVICE_WORDS = ("Owns", "Consumes", "Publishes")
WAIVER = re.compile(r"#\s*(noqa(: ?[A-Z]+\d+(, ?[A-Z]+\d+)*)?|type: ignore(\[[\w, -]+\])?)(?=\W|$)")
REASON = re.compile(r"\W+\w+\W+\w+")
CALLED_BY_NAME = frozenset({"callback", "command", "delete", "get", "patch", "post", "put", "exception_handler"})
"""Decorators of FastAPI and typer, which call by name: no caller has to count the parameters."""

type_of_function = ast.FunctionDef | ast.AsyncFunctionDef


def offences(path: PurePosixPath, text: str) -> list[str]:
    """Return what breaks a rule in this file, each with its line; raises SyntaxError if it is not Python."""
    tree = ast.parse(text, filename=str(path))
    found = [*size(text), *name(path), *functions(tree), *broad_excepts(tree, text), *waivers(text)]
    if path.name == "__init__.py":
        found += package(path, tree)
    return found


def size(text: str) -> list[str]:
    """A file is about one noun and ends before line 300."""
    lines = text.count("\n")
    return [f"{lines} lines, more than {FILE_STOP}: split it by its nouns"] if lines > FILE_STOP else []


def over_budget(text: str) -> bool:
    """Tell whether a file passed 200 lines: allowed, and listed, because the next change should split it."""
    return text.count("\n") > FILE_BUDGET


def name(path: PurePosixPath) -> list[str]:
    """A module is named for what it is about; a drawer for everything is about nothing."""
    words = {*path.parts[:-1], path.stem} & NAMELESS
    return [f"'{word}' says nothing about what is inside: name the noun" for word in sorted(words)]


def functions(tree: ast.Module) -> Iterator[str]:
    """A function ends within 40 lines and takes at most five positional parameters."""
    for node in ast.walk(tree):
        if not isinstance(node, type_of_function):
            continue
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > FUNCTION_STOP:
            yield f"line {node.lineno}: {node.name} has {lines} lines, more than {FUNCTION_STOP}"
        count = _positional(node)
        if count > POSITIONAL_STOP and not _called_by_name(node):
            yield f"line {node.lineno}: {node.name} has {count} positional parameters, over {POSITIONAL_STOP}"


def _positional(node: type_of_function) -> int:
    names = [argument.arg for argument in node.args.posonlyargs + node.args.args]
    return len(names) - (names[:1] in (["self"], ["cls"]))


def _called_by_name(node: type_of_function) -> bool:
    calls = (call.func for call in node.decorator_list if isinstance(call, ast.Call))
    return any(isinstance(func, ast.Attribute) and func.attr in CALLED_BY_NAME for func in calls)


def broad_excepts(tree: ast.Module, text: str) -> Iterator[str]:
    """A broad except raises again, logs the traceback and returns, or says in a waiver what it records."""
    lines = text.splitlines()
    for node in ast.walk(tree):
        if not isinstance(node, ast.ExceptHandler) or not _broad(node.type):
            continue
        raises = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
        if not raises and not _records(node) and "noqa: BLE001" not in lines[node.lineno - 1]:
            yield f"line {node.lineno}: a broad except neither raises again nor says what it records"


def _records(handler: ast.ExceptHandler) -> bool:
    calls = [node.func for node in ast.walk(handler) if isinstance(node, ast.Call)]
    logs = any(isinstance(func, ast.Attribute) and func.attr == "exception" for func in calls)
    return logs and isinstance(handler.body[-1], ast.Return)


def _broad(caught: ast.expr | None) -> bool:
    if caught is None:
        return True
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(isinstance(one, ast.Name) and one.id in {"Exception", "BaseException"} for one in names)


def waivers(text: str) -> Iterator[str]:
    """Whoever waives a rule in a line says there why."""
    for number, line in enumerate(text.splitlines(), start=1):
        if (waiver := WAIVER.search(line)) and not REASON.match(line[waiver.end() :]):
            yield f"line {number}: a waiver carries its reason ({waiver[0]})"


def package(path: PurePosixPath, tree: ast.Module) -> list[str]:
    """A package says what it is; a service says what it owns, consumes and publishes."""
    said = ast.get_docstring(tree) or ""
    if not said:
        return ["a package says in its docstring what it is"]
    is_service = path.parts[0] == "services" and len(path.parts) == len(("services", "x", "__init__.py"))
    if not is_service or path.parts[1] in {"runtime", "policy", "routing"}:
        return []
    missing = [word for word in SERVICE_WORDS if not re.search(rf"\b{word}\b", said, re.IGNORECASE)]
    return [f"a service's docstring says what it {word.lower()}" for word in missing]
