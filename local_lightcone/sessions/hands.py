from dataclasses import dataclass


@dataclass(slots=True)
class AddressLine:
    """What is being typed into a tab's address line, until when."""

    tab: str
    until: float
    text: str = ""


@dataclass(slots=True)
class Hands:
    """What the action endpoints hold down on a computer, from one request to the next."""

    buttons: int = 0
    modifiers: int = 0
    line: AddressLine | None = None
