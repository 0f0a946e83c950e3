"""Which addresses sign people in and keep their accounts? Those of allauth that are used here, and no other."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as socialaccount
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.urls import path

from crsweb import own_account

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", own_account.change_password, name="account_change_password"),
    path("second/", mfa.index, name="mfa_index"),
    path("second/sign-in/", mfa.authenticate, name="mfa_authenticate"),
    path("second/again/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("second/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("second/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("second/codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second/codes/new/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("second/keys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("second/keys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("second/keys/again/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("second/keys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("sessions/", own_account.sessions, name="usersessions_list"),
    path("sessions/<int:session>/end/", own_account.end_session, name="end_session"),
    path("site/<slug:provider_id>/", openid_connect.login, name="openid_connect_login"),
    path("site/<slug:provider_id>/back/", openid_connect.callback, name="openid_connect_callback"),
    path("site/cancelled", socialaccount.login_cancelled, name="socialaccount_login_cancelled"),
]
