"""Work given to a model on a computer: one loop of picture, answer and action for each task."""
