from django.db import migrations

from boards.rls import owned


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_initial"), ("boards", "0002_separation")]

    operations = [
        owned("referrals_case"),
        owned("referrals_levelperiod", case_id="referrals_case"),
        owned("referrals_token", case_id="referrals_case"),
    ]
