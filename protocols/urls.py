from django.urls import include, path

from protocols.views import approval, compare, drafting, protocols, reviews, signing, templates

app_name = "protocols"

template_pages = [
    path("", templates.TemplateDetail.as_view(), name="template"),
    path("preview/", templates.preview, name="template_preview"),
    path("history/", templates.history, name="template_history"),
    path("lock/", templates.lock, name="template_lock"),
    path("publish/", templates.publish, name="template_publish"),
    path("rename/", templates.rename, name="template_rename"),
    path("next/", templates.start_next, name="template_next"),
    path("discard/", templates.discard, name="template_discard"),
    path("copies/", templates.give_copies, name="copies"),
    path("clauses/add/", templates.add_clause, name="template_clause_add"),
    path("clauses/<int:position>/", templates.edit_clause, name="template_clause"),
    path("clauses/<int:position>/remove/", templates.remove_clause, name="template_clause_remove"),
]

protocol_pages = [
    path("", protocols.ProtocolDetail.as_view(), name="detail"),
    path("print/", protocols.ProtocolPrint.as_view(), name="print"),
    path("pdf/", protocols.pdf, name="pdf"),
    path("history/", protocols.history, name="history"),
    path("compare/", compare.compare, name="compare"),
    path("draft/", drafting.draft, name="draft"),
    path("draft/add/", drafting.add_clause, name="clause_add"),
    path("draft/submit/", drafting.submit, name="submit"),
    path("draft/discard/", drafting.discard, name="discard"),
    path("draft/<int:position>/", drafting.edit_clause, name="clause"),
    path("draft/<int:position>/restore/", drafting.restore_clause, name="clause_restore"),
    path("draft/<int:position>/remove/", drafting.remove_clause, name="clause_remove"),
    path("approve/", approval.approve, name="approve"),
    path("approve/<int:position>/date/", approval.correct_date, name="approval_date"),
    path("sign/", signing.sign, name="sign"),
    path("next/", drafting.start_next, name="next"),
    path("withdraw/", drafting.withdraw, name="withdraw"),
    path("reviews/", reviews.of_protocol, name="review"),
    path("reviews/start/", reviews.start, name="review_start"),
    path("reviews/complete/", reviews.complete, name="review_complete"),
    path("reviews/early/", reviews.early, name="review_early"),
]

urlpatterns = [
    path("", protocols.ProtocolList.as_view(), name="list"),
    path("export.csv", protocols.export, name="export"),
    path("new/", templates.choose, name="new"),
    path("approvals/", approval.approve_several, name="approvals"),
    path("reviews/", reviews.ReviewCalendar.as_view(), name="reviews"),
    path("templates/", templates.TemplateList.as_view(), name="templates"),
    path("templates/import/", templates.import_file, name="template_import"),
    path("templates/<slug:reference>/", templates.latest, name="template"),
    path("templates/<slug:reference>/<int:number>/", include(template_pages)),
    path("<slug:reference>/", include(protocol_pages)),
]
