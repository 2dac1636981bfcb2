"""Which partition a key goes to: murmur2, as Java clients place it, so that every client agrees."""

from functools import lru_cache

_SEED = 0x9747B28C
_MIX = 0x5BD1E995
_WORD = 0xFFFFFFFF


def murmur2(key: bytes) -> int:
    """The 32-bit hash of `key`, unsigned, equal to Kafka's `Utils.murmur2`."""
    length = len(key)
    whole = length & ~3
    state = (_SEED ^ length) & _WORD
    for at in range(0, whole, 4):
        block = int.from_bytes(key[at : at + 4], "little") * _MIX & _WORD
        block = (block ^ block >> 24) * _MIX & _WORD
        state = state * _MIX & _WORD ^ block
    if length > whole:
        state = (state ^ int.from_bytes(key[whole:], "little")) * _MIX & _WORD
    state = (state ^ state >> 13) * _MIX & _WORD
    return state ^ state >> 15


@lru_cache(maxsize=65_536)
def partition_of(key: bytes | None, count: int) -> int:
    """The partition of `key` among `count`.

    A message without a key goes to partition 0: only one-partition topics take such messages.
    """
    return 0 if key is None else (murmur2(key) & 0x7FFFFFFF) % count
