from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from boards.forms.switcher import SwitchForm
from boards.switcher import KEY, choices, chosen


@login_required
def switch(request):
    """Choose one of one's boroughs, or all; back to where one was."""
    boroughs = choices(request.user)
    if not boroughs:
        raise PermissionDenied("Your seats are for one borough: there is nothing to switch between.")
    now = chosen(request)
    form = SwitchForm(request.POST or None, boroughs=boroughs, initial={"borough": now.slug if now else ""})
    back = request.POST.get("next") or request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = ""
    if request.method == "POST" and form.is_valid():
        request.session[KEY] = form.cleaned_data["borough"]
        messages.success(request, f"Lists now begin with {form.name_chosen}.")
        return redirect(back or "home")
    return render(request, "boards/switch.html", {"form": form, "next": back})
