from django.apps import AppConfig


class DataReturnsConfig(AppConfig):
    name = "data_returns"
