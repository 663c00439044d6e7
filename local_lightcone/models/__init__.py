"""The model endpoints: a built-in model that does plain steps, or another server's models passed through."""
