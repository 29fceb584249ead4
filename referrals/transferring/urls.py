from django.urls import path

from referrals.views import transfers

app_name = "transfers"

urlpatterns = [
    path("<slug:reference>/", transfers.TransferDetail.as_view(), name="detail"),
    path("<slug:reference>/accept/", transfers.accept, name="accept"),
    path("<slug:reference>/refuse/", transfers.Refuse.as_view(), name="refuse"),
    path("<slug:reference>/withdraw/", transfers.WithdrawOffer.as_view(), name="withdraw"),
]
