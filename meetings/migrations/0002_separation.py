from django.db import migrations

from boards.rls import owned


class Migration(migrations.Migration):
    dependencies = [("meetings", "0001_initial"), ("referrals", "0002_separation")]

    operations = [
        owned("meetings_meeting"),
        owned("meetings_discussion", meeting_id="meetings_meeting", case_id="referrals_case"),
        owned("meetings_attendance", discussion_id="meetings_discussion"),
        owned("meetings_recount"),
        owned("meetings_dayfigures", about=True),
    ]
