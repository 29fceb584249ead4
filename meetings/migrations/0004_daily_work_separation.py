from django.db import migrations
from django.db.migrations import RunSQL

from boards.rls import foreign_key, owned


class Migration(migrations.Migration):
    dependencies = [("meetings", "0003_daily_work"), ("outbox", "0003_references")]

    operations = [
        owned("meetings_standinginvitee"),
        owned("meetings_series"),
        RunSQL(foreign_key("meetings_meeting", "series_id", "meetings_series"), RunSQL.noop),
        RunSQL(foreign_key("meetings_meeting", "postponed_to_id", "meetings_meeting"), RunSQL.noop),
        owned("meetings_discussiongrant", content_object_id="meetings_discussion"),
        owned("meetings_attendee", meeting_id="meetings_meeting"),
        owned("meetings_contact"),
        owned(
            "meetings_invitation",
            meeting_id="meetings_meeting",
            contact_id="meetings_contact",
            letter_id="outbox_message",
        ),
        owned("meetings_reply", invitation_id="meetings_invitation"),
        owned("meetings_phonecall", invitation_id="meetings_invitation"),
        owned("meetings_action", discussion_id="meetings_discussion", carried_from_id="meetings_action"),
        owned("meetings_minutes", meeting_id="meetings_meeting"),
        owned("meetings_followup", meeting_id="meetings_meeting"),
        owned("meetings_step", follow_up_id="meetings_followup"),
        owned("meetings_escalation", about=True),
    ]
