"""`/playground/`: models asked directly. Thin views; the verbs are in `agents.actions`."""
