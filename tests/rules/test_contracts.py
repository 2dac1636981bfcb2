"""Every import contract breaks when an import that it forbids is planted in a copy of the tree.

The copy holds the real modules; where a planted import needs one that is not there, an empty one is made.
"""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = {contract["id"]: contract["name"] for contract in PYPROJECT["contracts"]}


class Plant(NamedTuple):
    """An import that a contract must find: who imports whom."""

    contract: str
    importer: str
    imported: str

    def __str__(self) -> str:
        """Name the test after the sin."""
        return f"{self.importer} imports {self.imported}"


PLANTS = (
    Plant("direction", "schemas.planted", "bus.message"),
    Plant("direction", "bus.planted", "services.policy"),
    Plant("direction", "adapters.planted", "services.policy"),
    Plant("direction", "services.runtime.planted", "cli.planted"),
    Plant("services", "services.cases.planted", "services.intake.handlers"),
    Plant("services", "services.policy", "services.runtime"),
    Plant("layers", "services.cases.model", "services.cases.repository.cases"),
    Plant("layers", "services.intake.api", "services.intake.consumer"),
    Plant("layers", "services.intake.gateway.handlers", "services.intake.gateway.consumer"),
    Plant("domain", "services.cases.model", "sqlalchemy"),
    Plant("domain", "schemas.planted", "fastapi"),
    Plant("domain", "services.routing", "httpx2"),
    Plant("kafka", "services.cases.consumer", "aiokafka"),
    Plant("tables", "services.cases.handlers", "services.cases.tables"),
    Plant("public", "services.console.public.planted", "bus.database"),
    Plant("oracle", "cli.demo.oracle.planted", "services.routing"),
    Plant("adapters", "adapters.sdk.planted", "adapters.customs.planted"),
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The tree's Python files and its contracts, free to be spoilt."""
    for package in PYPROJECT["root_packages"]:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=_all_but_python)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize("plant", PLANTS, ids=str)
def test_a_planted_import_breaks_its_contract(copy: Path, plant: Plant) -> None:
    _plant(copy, plant)
    done = _lint(copy, plant.contract)
    assert done.returncode == 1, done.stdout
    said = " ".join(done.stdout.split())
    assert f"{CONTRACTS[plant.contract]} BROKEN" in said
    assert plant.importer in said
    assert plant.imported in said


def test_a_new_service_is_named_before_it_may_be_there(copy: Path) -> None:
    _module(copy, "services.newcomer.model")
    done = _lint(copy, "services")
    assert done.returncode == 1
    assert "services.newcomer" in done.stdout


def test_the_tree_keeps_every_contract() -> None:
    done = _lint(ROOT)
    assert done.returncode == 0, done.stdout


def test_every_contract_has_a_plant_and_a_name_that_reads_as_a_sentence() -> None:
    assert {plant.contract for plant in PLANTS} == set(CONTRACTS)
    assert all(len(name.split()) > 3 for name in CONTRACTS.values())


def _all_but_python(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if not name.endswith(".py") and not Path(folder, name).is_dir()}


def _plant(root: Path, plant: Plant) -> None:
    if (root / plant.imported.split(".")[0]).is_dir():
        _module(root, plant.imported)
    path = _module(root, plant.importer)
    path.write_text(f"{path.read_text()}\nimport {plant.imported}\n")


def _module(root: Path, name: str) -> Path:
    *packages, last = name.split(".")
    folder = root
    for package in packages:
        folder /= package
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").touch()
    path = folder / last / "__init__.py" if (folder / last).is_dir() else folder / f"{last}.py"
    path.touch()
    return path


def _lint(root: Path, contract: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    limit = ["--contract", contract] if contract else []
    return subprocess.run([*command, *limit], cwd=root, check=False, capture_output=True, text=True)
