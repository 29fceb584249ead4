"""The worker and the scheduler. The broker carries ids as wake-up hints; what is to be done stands in the outbox."""

import os

from celery import Celery
from celery.schedules import crontab
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mappa_portal.settings")

app = Celery("mappa_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "sweep the outbox": {
        "task": "outbox.sweep",
        "schedule": settings.SWEEP_SECONDS,
        "options": {
            "expires": settings.SWEEP_SECONDS
        },  # of all that waited for a worker the last one is enough
    },
    "sessions and sent forms that are over": {
        "task": "accounts.forget",
        "schedule": crontab(hour=3, minute=10),
    },
    "done jobs and the text of sent emails": {
        "task": "outbox.clear",
        "schedule": crontab(hour=3, minute=40),
    },
    "audit checkpoint": {
        "task": "audit.checkpoint",
        "schedule": crontab(hour=2, minute=30),
    },
    "contacts to confirm": {
        "task": "meetings.ask_contacts",
        "schedule": crontab(hour=6, minute=10),
    },
    "figures of the areas": {
        "task": "meetings.recount",
        "schedule": crontab(hour=4, minute=0),
    },
    "attendance files that nobody imported": {
        "task": "meetings.forget_files",
        "schedule": crontab(hour=4, minute=40),
    },
    "absence without explanation": {
        "task": "meetings.follow_up_absences",
        "schedule": crontab(hour=6, minute=30),
    },
    "meetings of series": {
        "task": "meetings.extend_series",
        "schedule": crontab(hour=5, minute=0),
    },
    "missing replies to invitations": {  # often: a portal that was away at seven catches up
        "task": "meetings.remind",
        "schedule": crontab(hour="7-18", minute=15),
    },
    **(
        {
            "answers of calendars": {
                "task": "meetings.read_replies",
                "schedule": 60,
                "options": {"expires": 60},
            }
        }
        if settings.REPLIES_IMAP_URL
        else {}
    ),
    "data returns that are due": {
        "task": "data_returns.remind_of_returns",
        "schedule": crontab(hour="7-18", minute=25),
    },
    "referrals that are due": {
        "task": "referrals.promise_reminders",
        "schedule": crontab(hour="7-18", minute=35),
    },
    "figures of referrals for wide use": {
        "task": "referrals.release_figures",
        "schedule": crontab(hour=4, minute=20),
    },
    "paper copies of data returns that are overdue": {
        "task": "data_returns.remind_of_copies",
        "schedule": crontab(hour=6, minute=20),
    },
    "protocol reviews": {
        "task": "protocols.remind_of_reviews",
        "schedule": crontab(hour=6, minute=0),
    },
}
app.conf.beat_scheduler = "outbox.health:Scheduler"
