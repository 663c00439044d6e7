"""Saying no in a way that a person can act on."""


class Refused(Exception):
    """What a person asked for cannot be done as asked. `str()` is a sentence for them, `code` a word for programs."""

    def __init__(self, sentence: str, code: str) -> None:
        super().__init__(sentence)
        self.code = code


class Invalid(Refused):
    """A value that cannot be right, whoever asks and however things stand. `code` is the name of its field."""
