"""Areas, boroughs, boards, organisations and people."""

from tests.access.people import CAMDEN, EVERYONE, LONDONERS, OFFICE, REGION, SPOCS
from tests.access.rows.row import rows

ROUTES = (
    rows("", OFFICE, EVERYONE, pages=["boards:switch"])
    | rows("", EVERYONE, pages=["boards:borough_list", "boards:board_list"])
    | rows("borough", CAMDEN | REGION | SPOCS, LONDONERS, pages=["boards:borough"])
    | rows("board", CAMDEN | REGION, LONDONERS, pages=["boards:board"])
    | rows("", {"area_administrator", "auditor"}, EVERYONE, status=302, pages=["boards:area"])
    | rows(
        "area",
        {"area_administrator", "auditor"},
        LONDONERS,
        pages=[
            "boards:set_up",
            "boards:approving_bodies",
            "boards:boroughs",
            "boards:organisations",
            "boards:people",
        ],
    )
    | rows(
        "area", {"area_administrator"}, LONDONERS, pages=["boards:organisation_add"], post=["boards:confirm"]
    )
    | rows("settings", {"area_administrator", "auditor"}, LONDONERS, pages=["boards:settings"])
    | rows("organisation", {"area_administrator", "auditor"}, LONDONERS, pages=["boards:organisation"])
    | rows(
        "organisation",
        {"area_administrator"},
        LONDONERS,
        pages=["boards:rename", "boards:coverage", "boards:grades", "boards:reach", "boards:appoint"],
    )
    | rows("appointment", {"area_administrator", "auditor"}, LONDONERS, pages=["boards:appointment"])
    | rows(
        "appointment",
        {"area_administrator"},
        LONDONERS,
        pages=["boards:appointment_change", "boards:appointment_end"],
        post=["boards:appointment_withdraw"],
    )
    | rows(  # whoever has signed in needs no invitation
        "appointment", {"area_administrator"}, LONDONERS, status=404, post=["boards:appointment_account"]
    )
)
