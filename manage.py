#!/usr/bin/env python
"""Django's command line; ``./portal manage …`` runs it against the embedded services."""

import os
import sys

OWNER_COMMANDS = {"migrate", "createcachetable"}  # change the schema, so they log in as its owner

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mappa_portal.settings")
    if OWNER_COMMANDS & set(sys.argv[1:2]):
        os.environ["DATABASE_ROLE"] = "owner"
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
