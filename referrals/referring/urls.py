from django.urls import path

from referrals.views import attachments, figures, form_a, referrals, screening, shared_figures

app_name = "referral"

urlpatterns = [
    path("", referrals.ReferralList.as_view(), name="list"),
    path("new/", referrals.ReferralNew.as_view(), name="new"),
    path("figures/", figures.figures, name="figures"),
    path("figures/shared/", shared_figures.shared, name="shared_figures"),
    path("figures/shared/export/", shared_figures.export, name="shared_figures_export"),
    path("figures.csv", figures.export, name="figures_export"),
    path("<slug:reference>/", referrals.ReferralDetail.as_view(), name="detail"),
    path("<slug:reference>/form/", form_a.TaskList.as_view(), name="form"),
    path("<slug:reference>/form/<int:number>/", form_a.SectionEdit.as_view(), name="section"),
    path("<slug:reference>/check/", form_a.Check.as_view(), name="check"),
    path("<slug:reference>/endorse/", form_a.Endorse.as_view(), name="endorse"),
    path("<slug:reference>/submit/", form_a.submit, name="submit"),
    path("<slug:reference>/withdraw/", form_a.Withdraw.as_view(), name="withdraw"),
    path("<slug:reference>/files/", attachments.AttachmentList.as_view(), name="files"),
    path("<slug:reference>/files/<uuid:key>/", attachments.AttachmentFile.as_view(), name="file"),
    path(
        "<slug:reference>/files/<uuid:key>/remove/",
        attachments.AttachmentRemove.as_view(),
        name="file_remove",
    ),
    path("<slug:reference>/screen/", screening.Screen.as_view(), name="screen"),
    path("<slug:reference>/undo-link/", screening.UndoLink.as_view(), name="undo_link"),
]
