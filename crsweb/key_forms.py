"""What is sent as the answer of a security key and is none: refused as a wrong one, whatever it is."""

import struct
from typing import Any, Final

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms
from cryptography.exceptions import InvalidSignature

# What the libraries raise on what they cannot read
UNREADABLE: Final = (
    KeyError,
    IndexError,
    TypeError,
    ValueError,
    AttributeError,
    EOFError,
    AssertionError,
    struct.error,
    InvalidSignature,
)


class AddKey(forms.AddWebAuthnForm):
    def clean(self) -> dict[str, Any]:
        try:
            return dict(super().clean())
        except UNREADABLE:
            raise get_adapter().validation_error("incorrect_code") from None


class AskKey(forms.AuthenticateWebAuthnForm):
    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except UNREADABLE:
            raise get_adapter().validation_error("incorrect_code") from None


class AskKeyAgain(AskKey, forms.ReauthenticateWebAuthnForm):
    """As above, of who is signed in."""
