"""What can go wrong upstream, as sentences a person can act on.

UpstreamError
├── Unreachable        no connection: wrong host, refused, TLS, forbidden address
├── NoAnswer           sent, but no (whole) answer came: it may have acted (`outcome_unknown`)
├── BadKey             401, 403
├── OutOfCredit        402
├── Gone               404
├── Busy               429, with `retry_after` seconds when upstream says so
├── UpstreamFailed     5xx: it may have acted, unless it says that it did not begin (501, 503)
├── Refused            any other 4xx: the request was wrong
│   └── Mistaken       400, 422: what a person asked for was
├── NotUnderstood      2xx with a body that is not what the contract says, or a redirection
└── ActionFailed       2xx, but the action itself failed (contract §1.5)
"""

from __future__ import annotations

import math

#: What upstream says when it did not begin: "not implemented", and "not now" (also its word for some bad parameters).
NOT_BEGUN = frozenset({501, 503})
#: What a 404 means where a list was asked for.
NO_LIST = "The Lightcone service has no list of computers at this address: is the base URL right?"
#: The longest wait that is told to a person, seconds: a longer one is no advice.
TOLD_WAIT = 3600


class UpstreamError(Exception):
    """The base. `str()` is a sentence for people; `outcome_unknown` says that upstream may have acted all the same."""

    outcome_unknown = False
    #: Upstream's own sentence, where an answer that says no had one.
    said = ""

    def __init__(self, sentence: str, *, outcome_unknown: bool | None = None) -> None:
        super().__init__(sentence)
        if outcome_unknown is not None:
            self.outcome_unknown = outcome_unknown


class Unreachable(UpstreamError):
    """No connection could be made."""


class NoAnswer(UpstreamError):
    """The request left, the answer never came."""

    outcome_unknown = True


class BadKey(UpstreamError):
    """Upstream does not accept the connection's API key."""


class OutOfCredit(UpstreamError):
    """Upstream wants to be paid first."""


class Gone(UpstreamError):
    """The computer does not exist (any more)."""


class Busy(UpstreamError):
    """Too many requests or computers. `retry_after` is in seconds, None when upstream does not say."""

    def __init__(self, sentence: str, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class UpstreamFailed(UpstreamError):
    """Upstream had a failure of its own; the real service says so for some bad parameters too."""


class Refused(UpstreamError):
    """Upstream will not do this as it was asked."""


class Mistaken(Refused):
    """A value was wrong: a key that there is not, a size that no screen has."""


class NotUnderstood(UpstreamError):
    """Upstream answered something that is not in the contract: a proxy's page, half a body."""


class ActionFailed(UpstreamError):
    """The action reached the computer and failed there. `request_id` is upstream's own, perhaps empty."""

    def __init__(self, sentence: str, request_id: str = "") -> None:
        super().__init__(sentence)
        self.request_id = request_id


def from_status(status: int, said: str, retry_after: float | None) -> UpstreamError:
    """The error for an HTTP status of 400 and above; `said` is upstream's own sentence, perhaps empty."""
    error = _from_status(status, said, retry_after)
    error.said = said
    return error


def _from_status(status: int, said: str, retry_after: float | None) -> UpstreamError:
    suffix = f" It says: {said}" if said else ""
    match status:
        case 401 | 403:
            return BadKey(f"The Lightcone service does not accept this connection's key.{suffix}")
        case 402:
            return OutOfCredit(f"The Lightcone account is out of credit.{suffix}")
        case 404:
            return Gone("The Lightcone service does not know this computer (any more).")
        case 429:
            return Busy(
                f"The Lightcone service is asked too much right now.{suffix}{_when(retry_after)}", retry_after
            )
        case _ if status >= 500:
            sentence = (
                f"The Lightcone service had a failure of its own ({status}).{suffix}{_when(retry_after)}"
            )
            return UpstreamFailed(sentence, outcome_unknown=status not in NOT_BEGUN)
    refused = Mistaken if status in {400, 422} else Refused
    return refused(f"The Lightcone service refused this ({status}).{suffix}")


def _when(seconds: float | None) -> str:
    if seconds is None or not 0 < seconds <= TOLD_WAIT:
        return ""
    whole = math.ceil(seconds)
    return f" Try again in {whole} second{'s' if whole != 1 else ''}."
