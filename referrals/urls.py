from django.urls import path

from referrals.views import (
    addresses,
    cases,
    disclosure_entries,
    endings,
    keeping,
    merging,
    packs,
    records,
    transfers,
)

app_name = "referrals"

urlpatterns = [
    path("", cases.CaseList.as_view(), name="list"),
    path("new/", cases.CaseNew.as_view(), name="new"),
    path("due-for-review/", keeping.DueForReview.as_view(), name="due"),
    path(
        "due-for-review/<slug:kind>/<slug:reference>/<slug:verb>/",
        keeping.settle,
        name="settle",
    ),
    path("<slug:reference>/", cases.CaseDetail.as_view(), name="case"),
    path("<slug:reference>/edit/", cases.CaseEdit.as_view(), name="edit"),
    path("<slug:reference>/withdraw/", cases.CaseWithdraw.as_view(), name="withdraw"),
    path("<slug:reference>/merge/", merging.MergeWith.as_view(), name="merge"),
    path("<slug:reference>/merge/undo/", merging.Unmerge.as_view(), name="unmerge"),
    path("<slug:reference>/merge/<slug:other>/", merging.MergeBoth.as_view(), name="merge_both"),
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
    path("<slug:reference>/records/", records.Records.as_view(), name="records"),
    path("<slug:reference>/looks/", records.LookList.as_view(), name="looks"),
    path("<slug:reference>/looks/export/", records.LookExport.as_view(), name="looks_export"),
    path("<slug:reference>/packs/new/", packs.PackNew.as_view(), name="pack_new"),
    path("<slug:reference>/packs/<int:number>/", packs.PackDetail.as_view(), name="pack"),
    path(
        "<slug:reference>/packs/<int:number>/parts/<slug:part>/", packs.PackPart.as_view(), name="pack_part"
    ),
    path("<slug:reference>/packs/<int:number>/words/", packs.PackWords.as_view(), name="pack_words"),
    path("<slug:reference>/packs/<int:number>/preview/", packs.PackPreview.as_view(), name="pack_preview"),
    path("<slug:reference>/packs/<int:number>/reopen/", packs.PackReopen.as_view(), name="pack_reopen"),
    path("<slug:reference>/packs/<int:number>/release/", packs.PackRelease.as_view(), name="pack_release"),
    path("<slug:reference>/packs/<int:number>/pdf/", packs.PackPdf.as_view(), name="pack_pdf"),
    path("<slug:reference>/restrict/", records.GuardChange.as_view(rule="restrict"), name="restrict"),
    path(
        "<slug:reference>/restrict/lift/",
        records.GuardChange.as_view(rule="lift_restriction"),
        name="lift_restriction",
    ),
    path("<slug:reference>/hold/", records.GuardChange.as_view(rule="hold"), name="hold"),
    path("<slug:reference>/hold/lift/", records.GuardChange.as_view(rule="lift_hold"), name="lift_hold"),
    path("<slug:reference>/disclosures/new/", disclosure_entries.choose, name="disclosure_choose"),
    path(
        "<slug:reference>/disclosures/new/<slug:kind>/",
        disclosure_entries.DisclosureNew.as_view(),
        name="disclosure_new",
    ),
]
