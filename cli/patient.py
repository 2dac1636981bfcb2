"""Posts that may be sent again: while a service is away or busy the same is posted anew, for a minute at the most."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cli.client import Answered, fresh_token

if TYPE_CHECKING:
    import httpx2

_AGAIN = frozenset({429, 502, 503, 504})
_SIGNED_OUT = 401
_PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.5


class Patient:
    """Posts by one client. Only for doors at which the same body twice counts once."""

    def __init__(self, client: "httpx2.Client") -> None:
        self._client = client

    def post(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer; raises `Answered`, or the transport's error where the service stayed away."""
        import httpx2

        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                answer: Mapping[str, Any] = self._client.post(path, json=body).json()
            except Answered as problem:
                self._bear(problem, deadline)
            except httpx2.TransportError:
                if time.monotonic() > deadline:
                    raise
            else:
                return answer
            time.sleep(_PAUSE_SECONDS)

    def _bear(self, problem: Answered, deadline: float) -> None:
        """Returns where posting again may help."""
        if problem.status == _SIGNED_OUT:
            # What is posted for long outlives a token, which lasts ten minutes; a session that has ended raises.
            self._client.headers["Authorization"] = f"Bearer {fresh_token()}"
        elif problem.status not in _AGAIN or time.monotonic() > deadline:
            raise problem
