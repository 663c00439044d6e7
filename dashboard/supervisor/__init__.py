"""`make run`'s machinery: what must stand before the first part starts, and the parts under one supervisor."""
