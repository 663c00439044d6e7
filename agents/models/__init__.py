"""Every row about agents."""

from agents.models.tasks import Step, Task, TaskQuerySet, Template, new_key

__all__ = ["Step", "Task", "TaskQuerySet", "Template", "new_key"]
