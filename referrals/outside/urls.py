from django.urls import path

from referrals.views import outside

app_name = "outside"

urlpatterns = [
    path("", outside.CheckList.as_view(), name="list"),
    path("new/", outside.Ask.as_view(), name="new"),
    path("<slug:reference>/", outside.CheckDetail.as_view(), name="detail"),
    path("<slug:reference>/endorse/", outside.Endorse.as_view(), name="endorse"),
    path("<slug:reference>/withdraw/", outside.withdraw, name="withdraw"),
    path("<slug:reference>/decide/", outside.Decide.as_view(), name="decide"),
    path("<slug:reference>/answer/", outside.RecordAnswer.as_view(), name="answer"),
]
