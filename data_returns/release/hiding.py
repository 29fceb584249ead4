"""Which cells of a form are hidden because they are small."""

from collections.abc import Mapping

from data_returns.form import Form
from mappa_portal.suppression import hiding


def small(form: Form, figures: Mapping[str, int], threshold: int) -> set[str]:
    return hiding.small(figures, threshold, [(r.left, r.right) for r in form.hard])
