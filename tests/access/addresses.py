"""The address of a route for what is own, foreign, missing or malformed."""

import re

from django.urls import reverse

from boards.models import Appointment
from meetings.models import AttendanceFile, Notification
from outbox.models import Job, Message
from referrals.models import ReferralAttachment
from tests.access.building import CANARY, PROBE, SENT, YEAR

NOWHERE = "00000000-0000-4000-8000-000000000000"


def address(name: str, of: str, target: str) -> str:
    """``target``: own (Camden's), foreign (Hackney's or West Yorkshire's), missing, malformed."""
    if target == "malformed":
        return re.sub(
            r"CMD-P-2026-001|CMD-[MC]-2024-001|CMD-[ADFHO]-2026-001|LON-T-2026-001|[0-9a-f-]{36}|camden(-lscb)?|london",
            "x--",
            address(name, of, "own"),
        )
    place = {"position": 1 if of == "approval" else 2} if "clause" in of or of == "approval" else {}
    protocol = {
        "own": "CMD-P-2026-001",
        "foreign": "HCK-P-2026-001",
        "missing": "CMD-P-2026-999",
        "malformed": "x--",
    }
    template = {
        "own": "LON-T-2026-001",
        "foreign": "WYK-T-2026-001",
        "missing": "LON-T-2026-999",
        "malformed": "x",
    }
    area = {"own": "london", "foreign": "west-yorkshire", "missing": "atlantis"}[target]
    if of in ("protocol", "clause", "approval"):
        return reverse(name, kwargs={"reference": protocol[target], **place})
    if of in ("template", "template clause"):
        return reverse(name, kwargs={"reference": template[target], "number": 1, **place})
    if of == "kpi":
        place = {"own": "camden", "foreign": "hackney"}.get(target, "atlantis")
        kwargs = {"kpi": "6"} if name.startswith("meetings:missed") else {}
        return f"{reverse(name, kwargs=kwargs)}?place={place}&year=2024"
    if of in ("meeting", "meeting case", "action", "minutes", "invitation"):
        code, number = {"foreign": "HCK"}.get(target, "CMD"), {"missing": "999"}.get(target, "001")
        place = {
            "action": {"position": 1, "number": 1},
            "minutes": {"number": 1},
            "meeting case": {"position": 1},
            "invitation": {"agency": "camden-adult-social-care"},
        }
        place = place.get(of, {})
        return reverse(name, kwargs={"reference": f"{code}-M-2024-{number}", **place})
    if of == "notified":
        code, number = {"foreign": "HCK"}.get(target, "CMD"), {"missing": "999"}.get(target, "001")
        agency = "camden-childrens-services"
        return reverse(name, kwargs={"reference": f"{code}-M-2024-{number}", "agency": agency})
    if of == "notification":
        place = {"own": "camden", "foreign": "hackney"}.get(target)
        found = Notification.objects.filter(territory__slug=place).values_list("key", flat=True).first()
        return reverse(name, kwargs={"key": found or NOWHERE})
    if of in ("follow-up", "escalation"):
        code = {"foreign": "LDS" if of == "escalation" else "HCK"}.get(target, "CMD")
        return reverse(name, kwargs={"reference": f"{code}-F-2026-{'999' if target == 'missing' else '001'}"})
    if of == "import":
        name_of = {"own": "ours", "foreign": CANARY}
        kept = AttendanceFile.objects.filter(name=name_of.get(target)).values_list("key", flat=True).first()
        return reverse(name, kwargs={"key": kept or NOWHERE})
    if of == "pack":
        code, number = {"foreign": "HCK"}.get(target, "CMD"), {"missing": "999"}.get(target, "001")
        part = {"part": "particulars"} if name.endswith("_part") else {}
        return reverse(name, kwargs={"reference": f"{code}-C-2024-{number}", "number": 1, **part})
    if of in ("case", "address"):
        code, number = {"foreign": "HCK"}.get(target, "CMD"), {"missing": "999"}.get(target, "001")
        kind = {"kind": "request"} if name.endswith("disclosure_new") else {}
        kind = {"number": 1} if of == "address" else kind
        return reverse(name, kwargs={"reference": f"{code}-C-2024-{number}", **kind})
    if of == "two cases":
        code, number = {"foreign": "HCK"}.get(target, "CMD"), {"missing": "999"}.get(target, "777")
        return reverse(name, kwargs={"reference": "CMD-C-2024-001", "other": f"{code}-C-2024-{number}"})
    if of == "keeping":
        code, number = {"foreign": "HCK"}.get(target, "CMD"), {"missing": "999"}.get(target, "001")
        place = {"kind": "case", "verb": "refuse"}
        return reverse(name, kwargs={"reference": f"{code}-C-2024-{number}", **place})
    if of == "disclosure":
        code, number = {"foreign": "HCK"}.get(target, "CMD"), {"missing": "999"}.get(target, "001")
        kind = {"kind": "proposal"} if name.endswith(":add") else {}
        return reverse(name, kwargs={"reference": f"{code}-D-2026-{number}", **kind})
    if of == "out of area":
        code, number = {"foreign": "HCK"}.get(target, "CMD"), {"missing": "999"}.get(target, "001")
        return reverse(name, kwargs={"reference": f"{code}-O-2026-{number}"})
    if of == "transfer":
        code, number = {"foreign": "HCK"}.get(target, "CMD"), {"missing": "999"}.get(target, "001")
        return reverse(name, kwargs={"reference": f"{code}-H-2026-{number}"})
    if of in ("referral", "referral section", "referral file"):
        code, number = {"foreign": "HCK"}.get(target, "CMD"), {"missing": "999"}.get(target, "001")
        place = {"number": 3} if of == "referral section" else {}
        if of == "referral file":
            there = ReferralAttachment.objects.filter(referral__reference=f"{code}-A-2026-{number}").first()
            place = {"key": there.key if there else NOWHERE}
        return reverse(name, kwargs={"reference": f"{code}-A-2026-{number}", **place})
    if of == "released referrals":
        place = {"own": "camden", "foreign": "hackney"}.get(target, "islington")
        return f"{reverse(name)}?borough={place}&year=2025"
    if of == "contact":
        place = {"own": "camden", "foreign": "hackney", "malformed": "x"}.get(target, "nowhere")
        return reverse(name, kwargs={"borough": place, "agency": "metropolitan-police"})
    if of == "series":
        place = {"own": "camden", "foreign": "hackney"}.get(target, "atlantis")
        return reverse(name, kwargs={"borough": place, "number": 1})
    if of in ("return", "sent return", "query", "copy"):
        place = {"own": "camden", "foreign": "hackney"}.get(target, "atlantis")
        numbered = of in ("query", "copy") or name == "data_returns:copy_pdf"
        more = {"number": 10} if name == "data_returns:question" else {"number": 1} if numbered else {}
        if name.startswith("data_returns:records"):
            more = {"number": 1, "key": "q1_l1"}
        year = YEAR if of == "return" else SENT
        return reverse(name, kwargs={"borough": place, "year": year, **more})
    if of == "trends":
        place = {"own": "camden", "foreign": "hackney"}.get(target, "atlantis")
        return reverse(name, kwargs={"borough": place})
    if of == "sums":
        return reverse(name, kwargs={"area": area, "year": SENT})
    if name.startswith("data_returns:round_") or name == "data_returns:round":
        return reverse(name, kwargs={"year": YEAR})
    if of == "form":
        numbers = {"data_returns:form_check_remove": {"position": 1}}
        numbers |= {f"data_returns:form_{n}": {"base": "q1"} for n in ("question", "move", "remove")}
        slug = "form-9" if target == "missing" else "form-1"
        place = area if target != "missing" else "london"
        return reverse(name, kwargs={"area": place, "slug": slug, **numbers.get(name, {})})
    if of == "area":
        return reverse(name, kwargs={"area": area})
    if of == "settings":
        return reverse(name, kwargs={"area": area, "group": "reviews"})
    if of == "organisation":
        slug = {"own": "camden-lscb", "foreign": "leeds-lscb", "missing": "nowhere-lscb", "malformed": "x--"}[
            target
        ]
        return reverse(name, kwargs={"area": area if target != "missing" else "london", "slug": slug})
    if of == "board":
        slug = {"own": "camden-lscb", "foreign": "leeds-lscb", "missing": "nowhere-lscb", "malformed": "x--"}[
            target
        ]
        return reverse(name, kwargs={"slug": slug})
    if of == "borough":
        return reverse(name, kwargs={"slug": {"own": "camden", "foreign": "leeds"}.get(target, "nowhere")})
    if of == "appointment":
        holder = f"{'leeds' if target == 'foreign' else 'camden'}_csc_spoc@example.org"
        reference = Appointment.objects.get(user__email=holder).reference
        if target == "missing":
            reference = NOWHERE
        return reverse(
            name, kwargs={"area": area if target == "foreign" else "london", "reference": reference}
        )
    if of in ("message", "job"):
        model = {"message": Message, "job": Job}[of]
        about = {"own": "camden", "foreign": "hackney"}.get(target, "nowhere")
        found = (
            model.objects.filter(about__slug=about, kind=PROBE).values_list("reference", flat=True).first()
        )
        return reverse(name, kwargs={"reference": found or NOWHERE})
    return reverse(name)
