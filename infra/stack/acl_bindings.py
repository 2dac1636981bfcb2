"""Rights as the admin client knows them, and back."""

from typing import get_args

from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

from infra.stack.access import Acl, Kind, Operation, Pattern

_USER = "User:"
_ANY_HOST = "*"
_KINDS = {kind: ResourceType[kind.upper()] for kind in get_args(Kind)}
_PATTERNS = {pattern: ResourcePatternType[pattern.upper()] for pattern in get_args(Pattern)}
_OPERATIONS = {operation: AclOperation[operation.upper()] for operation in get_args(Operation)}


def binding_of(acl: Acl) -> AclBinding:
    """The binding that grants a right, from any host."""
    return AclBinding(
        _KINDS[acl.kind],
        acl.name,
        _PATTERNS[acl.pattern],
        f"{_USER}{acl.principal}",
        _ANY_HOST,
        _OPERATIONS[acl.operation],
        AclPermissionType.ALLOW,
    )


def acl_of(binding: AclBinding) -> Acl | None:
    """The right that a binding states, or None for one that the table of rights cannot say."""
    plain = binding.host == _ANY_HOST and binding.permission_type == AclPermissionType.ALLOW
    for kind, pattern, operation in ((k, p, o) for k in _KINDS for p in _PATTERNS for o in _OPERATIONS):
        same = (binding.restype, binding.resource_pattern_type, binding.operation)
        if plain and same == (_KINDS[kind], _PATTERNS[pattern], _OPERATIONS[operation]):
            return Acl(principal_of(binding), kind, binding.name, pattern, operation)
    return None


def principal_of(binding: AclBinding) -> str:
    """Whose right it is, without Kafka's `User:`."""
    return str(binding.principal).removeprefix(_USER)


def everything(principal: str | None = None) -> AclBindingFilter:
    """Matches every binding, of one principal or of all."""
    return AclBindingFilter(
        ResourceType.ANY,
        None,  # type: ignore[arg-type] # None means any
        ResourcePatternType.ANY,
        None if principal is None else f"{_USER}{principal}",  # type: ignore[arg-type] # None means any
        None,  # type: ignore[arg-type] # None means any
        AclOperation.ANY,
        AclPermissionType.ANY,
    )


def exactly(binding: AclBinding) -> AclBindingFilter:
    """Matches this binding and no other."""
    return AclBindingFilter(
        binding.restype,
        binding.name,
        binding.resource_pattern_type,
        binding.principal,
        binding.host,
        binding.operation,
        binding.permission_type,
    )
