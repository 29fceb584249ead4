"""A return of one borough and reporting year: its figures and answers, who signed it, and what the area sees of it."""

from data_returns.models.editions import Edition
from data_returns.models.entries import Answer, Figure, Section
from data_returns.models.queries import Query, QueryMessage
from data_returns.models.renditions import Rendition
from data_returns.models.returns import Return, ReturnGrant, Scrutiny
from data_returns.models.rounds import UNSIGNED, Round, Standing

__all__ = [
    "UNSIGNED",
    "Answer",
    "Edition",
    "Figure",
    "Query",
    "QueryMessage",
    "Rendition",
    "Return",
    "ReturnGrant",
    "Round",
    "Scrutiny",
    "Section",
    "Standing",
]
