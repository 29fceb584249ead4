from boards.access import units_with
from boards.models import Organisation
from boards.rules import Rule, RuleBook

CASE_RULES = RuleBook(
    add=Rule("record_meeting"),
    see=Rule("record_meeting"),
    edit=Rule("record_meeting"),
    change_level=Rule("record_meeting"),
    withdraw=Rule(
        "record_meeting",
        lambda case: not case.discussions.exists(),
        "This case is on the agenda of a meeting, so it stays in the register.",
    ),
    correct_level=Rule(
        "record_meeting", lambda case: case.levels.exists(), "No level is recorded that could be corrected."
    ),
)


def units_of(user) -> list[Organisation]:
    """The boroughs' MAPPA units whose cases this person keeps."""
    return units_with(user, "record_meeting")
