import logging

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "documents"

    def ready(self):
        for noisy in ("pyhanko", "pyhanko_certvalidator", "weasyprint", "fontTools"):
            logging.getLogger(noisy).setLevel(logging.CRITICAL)  # they quote names and texts (E2)
