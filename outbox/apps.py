from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OutboxConfig(AppConfig):
    name = "outbox"

    def ready(self):
        autodiscover_modules("tasks")  # whoever runs jobs, worker or test, knows all of them
