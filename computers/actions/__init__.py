"""What people do with computers: one asynchronous function per verb, for views and sockets alike.

Each one goes the same way: permission, lease, audit `requested`, upstream call, save, audit outcome, publish.
"""

from computers.actions.refusal import Invalid, Refused

__all__ = ["Invalid", "Refused"]
