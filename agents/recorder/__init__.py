"""What owns the streams of agent tasks: `Recorder` follows every unfinished task, whoever looks at it."""

from agents.recorder.service import Recorder

__all__ = ["Recorder"]
