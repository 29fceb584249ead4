"""What the pages of area set-up have in common."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import get_object_or_404

from boards.area_rules import AREA_RULES
from boards.models import AreaSettings, Territory
from mappa_portal import action_form
from mappa_portal.action_form import Question, shown

__all__ = ["ActionFormView", "AreaMixin", "Question", "settings_for", "shown"]


def settings_for(user, area: str, rule: str) -> AreaSettings:
    """404 for another area, 403 for those who do not keep this one."""
    visible = AreaSettings.objects.for_user(user).select_related("territory")
    settings = get_object_or_404(visible, territory__slug=area)
    AREA_RULES.require(rule, settings, by=user)
    return settings


class AreaMixin(LoginRequiredMixin):
    """``rule``: auditors see, area administrators set up."""

    rule = "see"
    settings: AreaSettings

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            self.settings = settings_for(request.user, kwargs["area"], self.rule)
        return super().dispatch(request, *args, **kwargs)

    @property
    def area(self) -> Territory:
        return self.settings.territory

    def get_context_data(self, **kwargs):
        allowed = AREA_RULES.allowed(self.request.user, self.settings)
        shared = {"area": self.area, "settings": self.settings, "allowed": allowed}
        return super().get_context_data(**kwargs | shared)


class ActionFormView(AreaMixin, action_form.ActionFormView):
    rule = "set_up"
    template_name, question_template = "boards/form.html", "boards/question.html"

    @property
    def record(self):
        return self.settings
