"""The numbers of the running bus: every process tells its own to who bears the token, and none tells of a held tip."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from random import Random, SystemRandom

import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from bus_people import People, people_of
from bus_run import Bus
from bus_settled import Settled
from services.runtime.metrics.catalogue import CATALOGUE
from services.runtime.metrics.stepping import STEP
from walking.held import Story
from walking.marks import Words

pytestmark = [
    pytest.mark.integration,
    pytest.mark.e2e,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(240),
    pytest.mark.usefixtures("nobody_else"),
]
PARTS = ("_bucket", "_count", "_sum")
LAG = "phoihop_consumer_lag_records"
ONLY_AFTER_A_REFUSAL = {"phoihop_http_rate_limited_total"}
MOVES_BY_ITSELF = (
    "process_",
    "python_",
    "phoihop_disk_",
    "phoihop_database_",
    "phoihop_relay_lease_",
    "phoihop_keys_",
    # The broker answers for the lag behind a fetch that waits, now and then too late for a scrape.
    "phoihop_scrape_failed",
)
Series = tuple[str, str, tuple[tuple[str, str], ...]]
"""Program, name of the series, labels."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """What every process tells."""

    people: People

    async def all(self) -> dict[Series, float]:
        """Every series of every process."""
        found: dict[Series, float] = {}
        for program in self.people.bus.programs:
            for family in text_string_to_metric_families(await self.of(program.name)):
                for sample in family.samples:
                    found[program.name, sample.name, tuple(sorted(sample.labels.items()))] = sample.value
        return found

    async def of(self, program: str) -> str:
        """The text of one scrape."""
        headers = {"Authorization": f"Bearer {self.people.bus.secret('scrape-token')}"}
        answer = await self.people.client.get(f"{self.people.bus.urls[program]}/metrics", headers=headers)
        answer.raise_for_status()
        return answer.text


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def numbers(running_bus: Bus) -> AsyncIterator[Numbers]:
    async with people_of(running_bus) as people:
        yield Numbers(people)


@pytest.fixture
def story(numbers: Numbers) -> Story:
    seed = SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 - the seed belongs in the output of a run that failed
    return Story(numbers.people, Words(Random(seed)), Settled(numbers.people.bus))


def metric_of(series: str) -> str:
    """The metric to which a series belongs."""
    for part in PARTS:
        if series.endswith(part) and series.removesuffix(part) in CATALOGUE:
            return series.removesuffix(part)
    return series


async def test_every_metric_of_the_catalogue_is_told_by_some_process_and_no_other(
    numbers: Numbers, story: Story
) -> None:
    await story.take_down("N")
    await story.settled.wait()
    found = await numbers.all()
    told = {metric_of(name) for _, name, _ in found}

    assert told - set(CATALOGUE) == set()
    expected = {name for name, metric in CATALOGUE.items() if not metric.hooked}
    assert expected - told <= ONLY_AFTER_A_REFUSAL
    for _, name, labels in found:
        assert {label for label, _ in labels} - {"le"} == set(CATALOGUE[metric_of(name)].labels), name


async def test_no_process_shows_its_numbers_without_the_token(numbers: Numbers) -> None:
    for program in numbers.people.bus.programs:
        url = numbers.people.bus.urls[program.name]
        for headers in ({}, {"Authorization": "Bearer khong-dung"}):
            asked = await numbers.people.client.get(f"{url}/metrics", headers=headers)
            unknown = await numbers.people.client.get(f"{url}/khong-co", headers=headers)
            assert asked.status_code == unknown.status_code == 404, program
            assert "phoihop_" not in asked.text


async def test_every_record_of_the_running_bus_is_accounted_for(numbers: Numbers) -> None:
    found = await numbers.all()
    left = {labels: value for (_, name, labels), value in found.items() if name == "phoihop_consumer_unaccounted"}
    assert len(left) >= 5
    assert set(left.values()) == {0.0}


async def test_a_tip_held_at_the_door_moves_no_number_that_an_operator_could_follow(
    numbers: Numbers, story: Story
) -> None:
    await story.settled.wait()
    before = await numbers.all()
    await story.send("H")
    await story.settled.wait()
    after = await numbers.all()

    assert not [series for series in after if "integrity" in json.dumps(series)]
    # A partition that is just being opened has no lag to tell, and the broker may be asked for it too late.
    assert {name for _, name, _ in set(before) - set(after)} <= {LAG}
    assert {series for series in set(after) - set(before) if series[1] != LAG} <= _first_requests(after)
    both = before.keys() & after.keys()
    moved = {series: after[series] - before[series] for series in both if after[series] != before[series]}
    assert {series: by for series, by in moved.items() if _could_be_followed(series, by)} == {}


def _first_requests(found: Mapping[Series, float]) -> set[Series]:
    """A door that is used for the first time is told of, with nothing counted."""
    return {series for series, value in found.items() if series[1].startswith("phoihop_http_") and value == 0.0}


def _could_be_followed(series: Series, by: float) -> bool:
    _, name, _ = series
    if name.startswith(MOVES_BY_ITSELF) or name.endswith("_sum"):
        return False
    metric = CATALOGUE[metric_of(name)]
    # A bucket moves by its share of a step.
    return not metric.stepped or (by < STEP and not name.endswith("_bucket"))


async def test_the_command_tells_the_numbers_of_every_process(running_bus: Bus) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli", "metrics", "--json"],
        env={"PHOIHOP_HOME": str(running_bus.home.root)}, check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert set(found) == {program.name for program in running_bus.programs}
    assert all(
        {line["metric"] for line in lines} >= {"phoihop_build_info", "phoihop_ready"} for lines in found.values()
    )


async def test_the_configuration_that_it_prints_names_every_process_and_no_secret(running_bus: Bus) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli", "metrics", "--prometheus"],
        env={"PHOIHOP_HOME": str(running_bus.home.root)}, check=True, capture_output=True, timeout=60, text=True,
    )  # fmt: skip
    assert all(url.removeprefix("http://") in done.stdout for url in running_bus.urls.values())
    assert running_bus.secret("scrape-token") not in done.stdout
