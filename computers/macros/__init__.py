"""Macros: lists of actions with a name in the team. What they may hold is in `steps`, their rows are in `store`."""
