"""How well the check for personal data tells the labelled sentences apart; no database, no register."""

from pathlib import Path

from data_returns.personal import suspects

SENTENCES = Path(__file__).parents[1] / "tests/data_returns/sentences.tsv"


def measured() -> str:
    labelled = [line.split("\t") for line in SENTENCES.read_text(encoding="utf-8").splitlines()]
    found = [(label == "1", bool(suspects(sentence))) for label, sentence in labelled]
    right = sum(personal and said for personal, said in found)
    precision, recall = right / sum(said for _, said in found), right / sum(personal for personal, _ in found)
    return f"Personal data in {len(found)} labelled sentences: precision {precision:.2f}, recall {recall:.2f}"
