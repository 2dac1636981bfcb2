"""Faults of fields: each names the field and the remedy, and none repeats what was sent."""

from typing import Annotated, Literal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator

from schemas.problems import Words
from services.runtime.validation import MAX_FAULTS, Fault, faults, field_fault

SENT = "0912 345 678 Nguyễn Thị Bí Mật"


class Inner(BaseModel):
    kind: Literal["phone", "email"] = "phone"
    value: Annotated[str, Field(max_length=5, pattern=r"^[a-z]+$")] = "a"


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    needed: str
    items: list[Inner] = []
    at: AwareDatetime | None = None
    ref: UUID | None = None
    checked: str = ""
    echoed: str = ""
    count: Annotated[int, Field(ge=1, le=9)] = 1

    @field_validator("checked")
    @classmethod
    def must_be_even(cls, value: str) -> str:
        if len(value) % 2:
            raise ValueError("needs an even number of characters")
        return value

    @field_validator("echoed")
    @classmethod
    def tells_too_much(cls, value: str) -> str:
        if value:
            raise ValueError(f"{value} is not allowed")
        return value


def found(body: object) -> dict[str, Fault]:
    with pytest.raises(ValidationError) as error:
        Outer.model_validate(body)
    placed = [{**one, "loc": ("body", *one["loc"])} for one in error.value.errors()]
    return {fault.at: fault for fault in faults(placed)}


def test_a_missing_field_is_named_by_its_pointer() -> None:
    (fault,) = found({}).values()
    assert fault.body("vi") == {
        "pointer": "#/needed",
        "detail": "thiếu trường bắt buộc; hãy thêm vào",
        "vi": "thiếu trường bắt buộc; hãy thêm vào",
        "en": "this field is required: add it",
    }
    assert fault.body("en")["detail"] == "this field is required: add it"


def test_a_field_deep_inside_is_named_by_its_pointer() -> None:
    told = found({"needed": "x", "items": [{}, {"kind": SENT, "value": "abcdefgh"}]})
    assert told["/items/1/kind"].words.en == "must be one of 'phone' or 'email'"
    assert told["/items/1/value"].words == Words("không được quá 5 ký tự", "may have at most 5 characters")


def test_a_field_that_does_not_exist_is_told_to_be_left_out() -> None:
    assert found({"needed": "x", "a/b~c": 1})["/a~1b~0c"].words.en == "there is no such field: leave it out"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("at", "2026-11-23T07:00:00", "needs a time zone such as +07:00"),
        ("at", "yesterday", "must be an RFC 3339 instant"),
        ("ref", "x", "must be a UUID"),
        ("count", 0, "must be at least 1"),
        ("count", "many", "must be a whole number"),
        ("items", "x", "must be an array"),
        ("checked", "abc", "needs an even number of characters"),
    ],
)
def test_each_kind_of_fault_names_its_remedy(field: str, value: object, words: str) -> None:
    assert found({"needed": "x", field: value})[f"/{field}"].words.en == words


def test_a_validator_that_repeats_the_value_is_not_quoted() -> None:
    told = found({"needed": "x", "echoed": SENT})["/echoed"]
    assert SENT not in told.words.en + told.words.vi


@given(st.text(min_size=4), st.sampled_from(["needed", "items", "at", "ref", "checked", "echoed", "count", "x"]))
def test_no_answer_ever_holds_what_was_sent(text: str, field: str) -> None:
    sent = f"«{text}»"
    try:
        Outer.model_validate({"needed": "x", field: [{"kind": sent, "value": sent}] if field == "items" else sent})
    except ValidationError as error:
        for fault in faults([{**one, "loc": ("body", *one["loc"])} for one in error.errors()]):
            assert sent not in str(fault.body("vi"))


def test_a_hostile_body_gets_no_endless_answer() -> None:
    assert len(found({"needed": "x", "items": [{"kind": 1}] * 500})) == MAX_FAULTS


def test_a_query_parameter_and_a_header_are_named_as_such() -> None:
    words = Words("vi", "en")
    (query,) = faults([{"type": "missing", "loc": ("query", "after")}])
    assert query.body("en")["query"] == "after"
    assert field_fault("Idempotency-Key", words).body("en")["header"] == "Idempotency-Key"
    assert field_fault("facts.place", words).body("en")["pointer"] == "#/facts/place"
    assert field_fault("/facts/place", words).body("en")["pointer"] == "#/facts/place"
