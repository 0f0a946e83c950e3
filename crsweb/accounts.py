"""How does signing in differ from what allauth does by itself?"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class WardAccounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Nobody makes an account by themselves: an administrator does."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Says nothing after signing in or out: every page shows who is signed in."""
