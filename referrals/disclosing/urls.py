from django.urls import path

from referrals.views import disclosure_entries as entries
from referrals.views import disclosure_finding as finding
from referrals.views import disclosures

app_name = "disclosures"

urlpatterns = [
    path("", disclosures.DisclosureList.as_view(), name="list"),
    path("export/", disclosures.DisclosureExport.as_view(), name="export"),
    path("find/", finding.FindRecipient.as_view(), name="find"),
    path("who-knew/", finding.WhoKnew.as_view(), name="who_knew"),
    path("<slug:reference>/", disclosures.disclosure, name="disclosure"),
    path("<slug:reference>/pdf/", disclosures.pdf, name="pdf"),
    path("<slug:reference>/add/<slug:kind>/", entries.DisclosureAdd.as_view(), name="add"),
]
