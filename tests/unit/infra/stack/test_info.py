"""stack.json: written whole, read back the same, and absent when nothing runs."""

from pathlib import Path

import pytest

from infra.stack.errors import StackNotRunning
from infra.stack.home import Home
from infra.stack.info import KafkaInfo, PartStatus, PostgresInfo, StackInfo, StackStatus


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def some_info(home: Home) -> StackInfo:
    return StackInfo(
        home=home.root,
        secrets=home.secrets,
        kafka=KafkaInfo(bootstrap="127.0.0.1:1", agency="127.0.0.1:2", ca=home.tls / "ca.pem", cluster_id="c"),
        postgres=PostgresInfo(host="127.0.0.1", port=3, database="phoihop"),
        ports={"internal": 1},
    )


def test_what_was_saved_is_loaded(home: Home) -> None:
    some_info(home).save(home)

    assert StackInfo.load(home) == some_info(home)
    assert [path.name for path in home.root.iterdir()] == ["stack.json"]


@pytest.mark.parametrize("content", [None, "", "{}", "not json"])
def test_without_a_readable_file_the_stack_is_not_running_and_the_remedy_is_named(
    home: Home, content: str | None
) -> None:
    if content is not None:
        home.info.write_text(content, encoding="utf-8")

    with pytest.raises(StackNotRunning, match=r"no stack is running .* `phoihop stack up`"):
        StackInfo.load(home)


def test_a_stack_is_ready_when_every_part_answers(home: Home) -> None:
    good = PartStatus(name="kafka", embedded=True, running=True, ready=True)
    bad = good.model_copy(update={"name": "postgres", "ready": False})

    assert StackStatus(home=home.root, parts=(good, good)).ready
    assert not StackStatus(home=home.root, parts=(good, bad)).ready
