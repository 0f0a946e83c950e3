"""How many wrong codes of a second factor are too many, and where?

Allauth counts them by the person alone: whoever has the password could keep the person out from elsewhere, and guess on
from there. Here they count as wrong passwords do: name and address together are locked (`crsweb.lockout`), what is
tried from everywhere is slowed (`crsweb.slowing`), and the charge nurse sees and unlocks it.
"""

from typing import Final

from allauth.core import context
from allauth.mfa.base import forms
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError

from crsweb import lockout, slowing

SLOWED: Final = (
    "Too many wrong codes: one try a minute is possible now. Wait a minute, or sign in at a workstation where you "
    "lately did."
)


class AskCode(forms.AuthenticateForm):
    def clean_code(self) -> str:
        request, name = context.request, self.user.get_username()
        if lockout.is_locked(request, name):
            raise ValidationError("Locked here after too many wrong ones. The charge nurse unlocks it.", code="locked")
        if slowing.must_wait(request, slowing.CODE, name):
            raise ValidationError(SLOWED, code="slowed")
        return str(super().clean_code())

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        super()._emit_authentication_failed(authenticator)
        name = self.user.get_username()
        slowing.failed(context.request, slowing.CODE, name)
        lockout.count_error(context.request, name)


class AskCodeAgain(AskCode, forms.ReauthenticateForm):
    """As above, of who is signed in."""
