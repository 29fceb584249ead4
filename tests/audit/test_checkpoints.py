"""A checkpoint outside the database shows a cut tail and a rewrite (H3)."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit.checkpoints import write_checkpoint
from tests.audit.chains import chained, note


def test_H3_checkpoints_are_signed_and_a_changed_one_is_refused(world, settings, capsys):
    note(world, "camden")
    chained()
    path = write_checkpoint(timezone.now())
    assert "PRIVATE" not in path.read_text()
    assert (settings.SIGNING_DIR / "checkpoint.pem").stat().st_mode & 0o077 == 0
    call_command("verify_audit")
    assert "1 events: all chains intact; last checkpoint" in capsys.readouterr().out

    good = path.read_text()
    forged = good.replace('"signature": "', '"signature": "00')
    for bad in (good.replace("CMD", "HCK"), forged, good[:-9], "{}", "[]"):
        path.write_text(bad)
        with pytest.raises(CommandError, match="1 problem in 1 event"):
            call_command("verify_audit")
        assert "changed after it was signed" in capsys.readouterr().err


def test_H3_without_a_checkpoint_verify_audit_says_what_it_cannot_see(world, capsys):
    call_command("verify_audit")
    said = capsys.readouterr().out
    assert "no checkpoint yet" in said and "manage audit_checkpoint" in said
    call_command("audit_checkpoint")
    call_command("verify_audit")
    assert "all chains intact; last checkpoint" in capsys.readouterr().out
