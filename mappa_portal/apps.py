from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from mappa_portal import role


class PortalConfig(AppConfig):
    name = "mappa_portal"

    def ready(self):
        """Each room's home.py, search.py, borough.py and case.py register themselves when imported."""
        role.watch()
        autodiscover_modules("home", "search", "borough", "case", "standing")
