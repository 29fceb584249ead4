"""Reads a calendar part by hand, line by line as RFC 5545 says, to be independent of what wrote it."""

import re


class Part:
    """Properties of the one event; a name that comes twice keeps the first."""

    def __init__(self, text: str):
        lines = re.sub(r"\r\n[ \t]", "", text).split("\r\n")
        assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""]
        start, end = lines.index("BEGIN:VEVENT"), lines.index("END:VEVENT")
        assert lines.count("BEGIN:VEVENT") == 1
        head = dict(line.split(":", 1) for line in lines[1:start])
        assert head["VERSION"] == "2.0" and head["PRODID"]
        self.method = head["METHOD"]
        self.lines = [self._split(line) for line in lines[start + 1 : end]]

    @staticmethod
    def _split(line: str) -> tuple[str, dict, str]:
        name, rest = re.match(r"([A-Z-]+)(.*)", line, re.DOTALL).groups()
        parameters = {}
        while found := re.match(r';([A-Z-]+)=("[^"]*"|[^;:]*)', rest):
            parameters[found[1]], rest = found[2].strip('"'), rest[found.end() :]
        assert rest.startswith(":"), line
        return name, parameters, rest[1:]

    @property
    def names(self) -> list[str]:
        return [name for name, _, _ in self.lines]

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def __getitem__(self, name: str) -> str:
        return next(value for found, _, value in self.lines if found == name)

    def parameters(self, name: str) -> dict:
        return next(parameters for found, parameters, _ in self.lines if found == name)
