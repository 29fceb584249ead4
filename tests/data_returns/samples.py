"""Returns made from short words: a good one, and what differs from it."""

import copy

GOOD = {
    "borough": "camden",
    "year": "2024/25",
    "figures": {
        "q1_l1": 231,
        "q1_l2": 6,
        "q1_l3": 1,
        "q1_l1_probation": 120,
        "q1_l1_police": 100,
        "q1_l1_csc": 2,
        "q1_l1_yos": 4,
        "q1_l1_other": 5,
        "q2_l1": 4,
        "q2_l2": 0,
        "q2_l3": 0,
        "q3_l1": 20,
        "q3_l2": 2,
        "q3_l3": 0,
        "q4_l1": 0,
        "q4_l2": 0,
        "q4_l3": 0,
        "q5_l1": 60,
        "q5_l2": 3,
        "q5_l3": 1,
        "q6_l1": 40,
        "q6_l2": 4,
        "q6_l3": 1,
        "q7_l1_low": 10,
        "q7_l1_medium": 20,
        "q7_l1_high": 5,
        "q7_l1_veryhigh": 0,
        "q7_l2_low": 1,
        "q7_l2_medium": 1,
        "q7_l2_high": 1,
        "q7_l2_veryhigh": 0,
        "q7_l3_low": 0,
        "q7_l3_medium": 0,
        "q7_l3_high": 0,
        "q7_l3_veryhigh": 1,
        "q10": 0,
    },
    "texts": {
        "q2": "The youth risk panel meets monthly.",
        "q5": "Asked at each review.",
        "q6": "Matched with the MARAC list.",
    },
    "answers": {"q8": "yes"},
}


def good(
    figures: dict | None = None, *, texts: dict | None = None, answers: dict | None = None, **more
) -> dict:
    """The good return with what differs; None takes a figure, a text or an answer away."""
    made = copy.deepcopy(GOOD) | more
    for name, changes in (("figures", figures), ("texts", texts), ("answers", answers)):
        made[name] |= changes or {}
    return made
