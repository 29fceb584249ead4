"""Who asks: one person for each seat that differs, and the groups that the rows name."""

OFFICE = {"co_ordinator", "office_administrator", "area_administrator", "auditor"}
REGION = {"smb_chair", "smb_member", "scb_chair"} | OFFICE
CAMDEN = {"camden_administrator", "camden_mappa_chair", "camden_board_chair", "camden_business_manager"}
STRANGERS = {"nobody", "camden_csc_spoc", "camden_police_spoc", "hackney_administrator", "leeds_co_ordinator"}
PEOPLE = sorted(REGION | CAMDEN | STRANGERS)

PARTIES = CAMDEN | REGION
DRAFTERS = {"camden_administrator", "co_ordinator", "office_administrator"}
KEEPERS = {"co_ordinator", "office_administrator"}
SPOCS = {"camden_csc_spoc", "camden_police_spoc"}
LONDONERS = set(PEOPLE) - {"nobody", "leeds_co_ordinator"}
MAIL = DRAFTERS
BOARD = {"camden_board_chair", "camden_business_manager"}
RECORDERS = {"camden_administrator", "camden_mappa_chair"}
KEEP_CASES = RECORDERS | {"hackney_administrator"}
MAIL_ELSEWHERE = {"hackney_administrator", "leeds_co_ordinator"}
SCREENERS = {"camden_administrator"}
REFER = SCREENERS | SPOCS | {"hackney_administrator"}
RUN_ROUNDS = KEEPERS | {"area_administrator", "leeds_co_ordinator"}
EVERYONE = set(PEOPLE)
