"""Commands on a computer: each in a sandbox of its own, on the computer's own workspace."""
