"""Finding the engine and the images: what is missing is named, with the remedy, and nothing is started."""

from pathlib import Path
from typing import Any

import pytest
from docker.errors import APIError, ImageNotFound

from cli.stack import partitions_of, stack
from infra.stack.engine import engine, images_of, lacking, need_image
from infra.stack.errors import EngineMissing, ImageMissing, StackError


class Shelf:
    """An engine that holds these images and reaches no registry."""

    def __init__(self, *held: str) -> None:
        self.images = self
        self._held = held

    def get(self, image: str) -> Any:
        if image not in self._held:
            raise ImageNotFound("No such image")
        return image

    def pull(self, image: str) -> None:
        raise APIError(f"pull access denied for {image}")


def test_an_engine_that_does_not_answer_is_told_with_the_way_back_to_the_embedded_stack(tmp_path: Path) -> None:
    nobody = {"DOCKER_HOST": f"unix://{tmp_path}/docker.sock"}

    with pytest.raises(EngineMissing, match="no container engine answers") as told:
        engine(nobody)
    assert "unset PHOIHOP_STACK" in told.value.remedy
    assert "no container engine answers" in (lacking(nobody) or "")


def test_images_are_those_of_the_publishers_unless_others_are_named() -> None:
    named = images_of({"PHOIHOP_KAFKA_IMAGE": "mirror/kafka:1"})

    assert (named.kafka, named.postgres) == ("mirror/kafka:1", "postgres:18")
    assert images_of({}).kafka.startswith("apache/kafka:4.3")


def test_an_image_that_cannot_be_had_is_named_with_the_variable_for_another() -> None:
    with pytest.raises(ImageMissing, match="postgres:18 is not there") as told:
        need_image(Shelf("apache/kafka:4.3.0"), "postgres:18", "PHOIHOP_POSTGRES_IMAGE")
    assert "PHOIHOP_POSTGRES_IMAGE" in told.value.remedy

    need_image(Shelf("postgres:18"), "postgres:18", "PHOIHOP_POSTGRES_IMAGE")


def test_a_kind_of_stack_that_there_is_not_is_refused_with_those_there_are() -> None:
    with pytest.raises(StackError, match="PHOIHOP_STACK=podman names no kind") as told:
        stack({"PHOIHOP_STACK": "podman"})
    assert "`docker`" in told.value.remedy


@pytest.mark.parametrize("text", ["0", "505", "-1", "3.5", "three", "٣"])
def test_a_count_of_partitions_that_cannot_be_is_refused_by_its_variable(text: str) -> None:
    with pytest.raises(StackError, match="PHOIHOP_PARTITIONS"):
        partitions_of({"PHOIHOP_PARTITIONS": text})


def test_topics_have_three_partitions_unless_another_count_is_asked_for() -> None:
    assert partitions_of({}) == 3
    assert partitions_of({"PHOIHOP_PARTITIONS": "12"}) == 12
