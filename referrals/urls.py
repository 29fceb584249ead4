from django.urls import path

from referrals.views import addresses, cases, disclosure_entries, endings, transfers

app_name = "referrals"

urlpatterns = [
    path("", cases.CaseList.as_view(), name="list"),
    path("new/", cases.CaseNew.as_view(), name="new"),
    path("<slug:reference>/", cases.CaseDetail.as_view(), name="case"),
    path("<slug:reference>/edit/", cases.CaseEdit.as_view(), name="edit"),
    path("<slug:reference>/withdraw/", cases.CaseWithdraw.as_view(), name="withdraw"),
    path("<slug:reference>/level/", cases.LevelChange.as_view(), name="level"),
    path("<slug:reference>/level/correct/", cases.LevelCorrect.as_view(), name="level_correct"),
    path("<slug:reference>/addresses/new/", addresses.AddressAdd.as_view(), name="address_add"),
    path(
        "<slug:reference>/addresses/<int:number>/", addresses.AddressCorrect.as_view(), name="address_correct"
    ),
    path("<slug:reference>/addresses/<int:number>/end/", addresses.AddressEnd.as_view(), name="address_end"),
    path("<slug:reference>/transfer/", transfers.CaseTransfer.as_view(), name="transfer"),
    path("<slug:reference>/recall/", endings.Recall.as_view(), name="recall"),
    path("<slug:reference>/end/", endings.End.as_view(), name="end"),
    path("<slug:reference>/take-back/", endings.TakeBack.as_view(), name="take_back"),
    path("<slug:reference>/disclosures/new/", disclosure_entries.choose, name="disclosure_choose"),
    path(
        "<slug:reference>/disclosures/new/<slug:kind>/",
        disclosure_entries.DisclosureNew.as_view(),
        name="disclosure_new",
    ),
]
