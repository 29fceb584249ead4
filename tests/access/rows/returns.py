"""Data returns, their forms, rounds and releases."""

from tests.access.people import BOARD, EVERYONE, KEEPERS, LONDONERS, RECORDERS, REGION, RUN_ROUNDS
from tests.access.rows.row import rows

ROUTES = (
    rows("", EVERYONE, pages=["return-list"])
    | rows("", EVERYONE, pages=["data_returns:list"])
    | rows("", RECORDERS | {"hackney_administrator"}, EVERYONE, post=["data_returns:open"])
    | rows("return", RECORDERS, pages=["data_returns:return", "data_returns:question", "data_returns:check"])
    | rows("return", RECORDERS, pages=["data_returns:records", "data_returns:records_export"])
    | rows("return", RECORDERS, pages=["data_returns:import", "data_returns:workbook"])
    | rows(  # it is not checked yet
        "return", {"camden_mappa_chair"}, {"camden_administrator"}, status=409, pages=["data_returns:sign"]
    )
    | rows("sent return", RECORDERS | BOARD, pages=["data_returns:view", "data_returns:review"])
    | rows("sent return", RECORDERS | BOARD, pages=["data_returns:report"])
    | rows("sent return", (), pages=["data_returns:pdf"])
    | rows("sent return", RECORDERS, BOARD, pages=["data_returns:correct"])
    | rows("sent return", BOARD, RECORDERS, post=["data_returns:ask", "data_returns:table"])
    | rows("sent return", BOARD, RECORDERS, post=["data_returns:send_back"])
    | rows("sent return", BOARD, RECORDERS, status=409, post=["data_returns:accept"])
    | rows("sent return", LONDONERS - {"hackney_administrator"}, pages=["data_returns:released"])
    | rows(  # the board has not accepted it
        "sent return",
        {"camden_administrator"},
        BOARD | {"camden_mappa_chair"},
        status=409,
        pages=["data_returns:release"],
    )
    | rows("trends", LONDONERS - {"hackney_administrator"}, pages=["data_returns:trends"])
    | rows("sums", LONDONERS, pages=["data_returns:sums"])
    | rows("sums", KEEPERS, LONDONERS, post=["data_returns:release_sums"])
    | rows(
        "",
        REGION | {"leeds_co_ordinator"},
        EVERYONE,
        pages=["data_returns:round", "data_returns:round_export"],
    )
    | rows("", EVERYONE, status=302, pages=["data_returns:rounds"])
    | rows("", RUN_ROUNDS, EVERYONE, pages=["data_returns:round_extend"])
    | rows(
        "",
        RUN_ROUNDS,
        EVERYONE,
        status=404,  # nothing is changed of a round that is not opened
        post=["data_returns:round_open", "data_returns:round_due"],
    )
    | rows("", RUN_ROUNDS, EVERYONE, post=["data_returns:round_take_back", "data_returns:round_chase"])
    | rows("", REGION | {"leeds_co_ordinator"}, EVERYONE, pages=["data_returns:forms"])
    | rows("area", RUN_ROUNDS - {"leeds_co_ordinator"}, REGION, pages=["data_returns:form_start"])
    | rows("form", REGION, pages=["data_returns:form", "data_returns:form_preview"])
    | rows(
        "form",
        RUN_ROUNDS - {"leeds_co_ordinator"},
        REGION,
        pages=[
            *("data_returns:form_about", "data_returns:form_publish", "data_returns:form_add"),
            *("data_returns:form_question", "data_returns:form_checks"),
        ],
        post=[
            *("data_returns:form_discard", "data_returns:form_move", "data_returns:form_remove"),
            "data_returns:form_check_remove",
        ],
    )
    | rows(  # it is a draft
        "form",
        RUN_ROUNDS - {"leeds_co_ordinator"},
        REGION,
        status=409,
        post=["data_returns:form_withdraw"],
    )
    | rows("sent return", RECORDERS, BOARD, pages=["data_returns:copies"], post=["data_returns:copies_in"])
    | rows("return", (), pages=["data_returns:copy_pdf"])
    | rows("copy", RECORDERS, BOARD, status=409, post=["data_returns:copy_out"])
    | rows("query", RECORDERS | BOARD, post=["data_returns:say"])
    | rows("query", BOARD, RECORDERS, post=["data_returns:close"])
)
