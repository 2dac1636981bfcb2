"""What directory's doors take and give."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas.facts import Code, UnitCode

Login = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9._-]{1,47}$")]
Password = Annotated[str, StringConstraints(min_length=10, max_length=200)]
Purpose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]


class Form(BaseModel):
    """Base of what is sent to a door: an unknown field is a mistake worth telling."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SignIn(Form):
    """Login and password. Any text is taken and only the right one helps: the answer tells nothing about the form."""

    login: Annotated[str, StringConstraints(max_length=80)]
    password: Annotated[str, StringConstraints(max_length=200)] = Field(repr=False)


class NewPerson(Form):
    """Someone to add. The login identifies the request: sending it again unchanged adds nobody twice."""

    login: Login
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    unit: UnitCode
    roles: frozenset[Code] = Field(min_length=1)
    password: Password = Field(repr=False)


class TokenAsked(Form):
    """Why the actor acts: needed where policy asks for a reason, recorded wherever it is given."""

    purpose: Purpose = ""


class SessionOpened(BaseModel):
    """A session; `session` is shown this once."""

    session: str
    person: str
    name: str
    unit: str
    roles: list[str]
    expires_at: datetime


class TokenIssued(BaseModel):
    """An actor's token, good for at most ten minutes."""

    token: str
    expires_at: datetime


class PersonShown(BaseModel):
    """A person as directory tells of them."""

    login: str
    name: str
    unit: str
    roles: list[str]


class ActorShown(BaseModel):
    """Who the token says is acting."""

    person: str
    name: str
    unit: str
    roles: list[str]
    purpose: str
    scope: list[str]
    expires_at: datetime


class KeyShown(BaseModel):
    """A unit's new key; `key` is shown this once. It replaced the older key where both slots were taken."""

    unit: str
    slot: str
    key: str


class UnitShown(BaseModel):
    """A unit in force today."""

    code: str
    agency: str
    name_vi: str
    name_en: str
    parent: str | None
    central: bool
    desk: bool
