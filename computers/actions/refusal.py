"""The house's refusals, by the name that verbs here know them by."""

from dashboard.refusal import Invalid, Refused

__all__ = ["Invalid", "Refused"]
