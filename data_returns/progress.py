"""How far a return is: its sections, what is to do next, who was the last to change it."""

from dataclasses import dataclass

from django.urls import reverse

from data_returns.models import Return, Section
from mappa_portal.templatetags.govuk import TaskItem
from mappa_portal.words import plural

COMPLETED = "Completed"


@dataclass(frozen=True)
class Progress:
    sections: dict[int, Section]

    @classmethod
    def of(cls, data_return: Return) -> "Progress":
        found = Section.objects.filter(data_return=data_return).select_related("edited_by")
        return cls({section.question: section for section in found})

    @property
    def done(self) -> int:
        return sum(section.is_done for section in self.sections.values())

    @property
    def in_words(self) -> str:
        return f"{self.done} of {len(self.sections)} complete"

    @property
    def last(self) -> Section | None:
        """The one that somebody saved last."""
        edited = [s for s in self.sections.values() if s.edited_by]
        return max(edited, key=lambda s: s.edited_at, default=None)

    @property
    def unfinished(self) -> list[int]:
        return [number for number, section in self.sections.items() if not section.is_done]

    def after(self, number: int) -> int | None:
        """The next question that is not finished, round to the first; never the same one again."""
        left = [n for n in self.unfinished if n != number]
        return next((n for n in left if n > number), left[0] if left else None)

    def is_begun(self, number: int) -> bool:
        section = self.sections[number]
        return section.is_done or section.revision > 1

    def item(self, data_return: Return, question, problems: int = 0) -> TaskItem:
        url = reverse(
            "data_returns:question", args=[data_return.territory.slug, data_return.year, question.number]
        )
        title = f"{question.number}. {question.text}"
        if problems and self.sections[question.number].is_done:
            return TaskItem(title, f"Fix {plural(problems, 'problem')}", url, colour="red")
        if self.sections[question.number].is_done:
            return TaskItem(title, COMPLETED, url)
        if self.is_begun(question.number):
            return TaskItem(title, "In progress", url, colour="blue")
        return TaskItem(title, "Not yet started", url, colour="grey")
