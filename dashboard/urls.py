"""Every address of the house; /healthz and /readyz are answered before it (`dashboard.views.health`)."""

from allauth.account import views as account
from django.urls import include, path

from dashboard.views.account import account_name, own_account, session_end, sessions_end
from dashboard.views.audit import audit, export
from dashboard.views.sign_in import sign_in
from dashboard.views.sso import begin, callback, sso_cancelled, unlink

handler403 = "dashboard.views.errors.forbidden"
handler404 = "dashboard.views.errors.not_found"
handler429 = "dashboard.views.errors.too_many"  # allauth's, not Django's

urlpatterns = [
    # First: whoever floods the house asks for it, and going through the others was a sixth of what a refused try cost.
    path("accounts/login/", sign_in, name="account_login"),
    path("", include("computers.urls")),
    path("", include("agents.urls")),
    path("", include("dashboard.views.team.urls")),
    path("audit/", audit, name="audit"),
    path("audit/export/<str:form>/", export, name="audit_export"),
    # Only what works without a mail server; sign-up exists to say that it is closed.
    path("accounts/", own_account, name="account"),
    path("accounts/name/", account_name, name="account_name"),
    path("accounts/sessions/<int:pk>/end/", session_end, name="session_end"),
    path("accounts/sessions/end-others/", sessions_end, name="sessions_end"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/signup/", account.signup, name="account_signup"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/change/", account.password_change, name="account_change_password"),
    path("accounts/password/set/", account.password_set, name="account_set_password"),
    path("accounts/sso/unlinking/", unlink, name="sso_unlink"),
    path("accounts/sso/cancelled/", sso_cancelled, name="socialaccount_login_cancelled"),
    path("accounts/<str:provider_id>/login/", begin, name="openid_connect_login"),
    path("accounts/<str:provider_id>/login/callback/", callback, name="openid_connect_callback"),
    path("accounts/second-factor/", include("allauth.mfa.urls")),
]
