from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"

    def ready(self):
        """What the room keeps sealed, for the day on which the key is replaced."""
        from boards import sealed
        from meetings.models import Action, AttendanceFile, Discussion, Minutes, Notification

        sealed.register(Discussion, "record")
        sealed.register(Action, "text", "outcome")
        sealed.register(Minutes, "content")
        sealed.register(Notification, "known")
        sealed.register(AttendanceFile, "content", "faults")
