"""What a form can ask for, in plain words: as choices of whoever builds it, and in the lines that describe it."""

SHAPES = {
    "none": "No number",
    "one": "One number",
    "levels": "One for each level",
    "bands": "One for each band of each level, such as a risk from low to very high",
}
POSITION, YEAR = "position", "year"
BASIS = {POSITION: "The position on 31 March", YEAR: "The whole year"}
NEEDED = {  # as a choice, and behind the name of the text
    "": ("No, it may stay empty", ""),
    "always": ("Yes", "needed"),
    "above zero": ("Yes, when a number of the question is above zero", "needed when a number is above zero"),
    "wanted above zero": (
        "When a number is above zero it is asked for, but can be left out",
        "asked for when a number is above zero",
    ),
}
