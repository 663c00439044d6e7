#!/usr/bin/env python3
"""Lightdeck's command line: `manage.py start` runs everything, `manage.py help` lists the rest."""

import os
import sys

from dashboard.supervisor import start


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
    if sys.argv[1:] == ["start"]:
        sys.exit(start.main())
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
