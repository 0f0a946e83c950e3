"""Which screens show a ward on its wall? Opened by somebody of the ward, paired once, revoked for good."""

from django.db import models

from patients.models.constraints import not_blank
from patients.models.submission import EnteredRow
from patients.models.ward import Ward


class WallDisplay(EnteredRow):
    """A screen that may show this ward, without names, from its pairing until it is revoked. Append-only."""

    ward = models.ForeignKey(Ward, models.PROTECT, related_name="displays")
    label = models.CharField(max_length=40)

    class Meta:
        constraints = (not_blank("label", name="display_label_not_blank"),)

    def __str__(self) -> str:
        return self.label


class DisplayPairing(EnteredRow):
    """The one screen that typed the display's code, entered by whom the display was opened by. Append-only.

    `token_hash` is the SHA-256 of the token in the screen's cookie, in hexadecimal.
    """

    display = models.OneToOneField(WallDisplay, models.PROTECT, related_name="pairing")
    token_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(token_hash__regex="^[0-9a-f]{64}$"), name="display_pairing_keeps_a_hash"
            ),
        )

    def __str__(self) -> str:
        return f"pairing of display {self.display_id}"


class DisplayRevocation(EnteredRow):
    """From now on the screen shows nothing. Append-only."""

    display = models.OneToOneField(WallDisplay, models.PROTECT, related_name="revocation")

    def __str__(self) -> str:
        return f"revocation of display {self.display_id}"
