"""Where do patients lie, and which numbers and protocol does a ward work with?"""

from datetime import time
from functools import cached_property
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from grading.settings import Settings, from_document
from grading.words import PROTOCOLS
from patients.models.constraints import not_blank, one_of
from patients.models.submission import EnteredRow

CONCERN_MINUTES_AT_MOST = 240
PAUSE_MINUTES_AT_MOST = 24 * 60
SHIFTS_AT_MOST = 6  # a day
IDLE_MINUTES = 10  # unless the ward says otherwise
IDLE_MINUTES_AT_MOST = 60


def usual_shifts() -> list[time]:
    return [time(7), time(19)]


def a_time_zone(name: str) -> None:
    """Raises `ValidationError` unless `name` is an IANA time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as unknown:
        raise ValidationError(f"{name}: not a time zone; write one as Europe/Berlin.") from unknown


class Ward(models.Model):
    """A ward. Its settings and default protocol are the latest of its `WardSettings`."""

    name = models.CharField(max_length=80, unique=True)
    time_zone = models.CharField(max_length=64, validators=[a_time_zone])

    class Meta:
        ordering = ("name",)
        constraints = (not_blank("name", name="ward_name_not_blank"),)

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @cached_property
    def current(self) -> "WardSettings":
        """The settings that hold now. Every ward has some from the day it is made."""
        return self.settings_rows.latest("id")


class WardSettings(EnteredRow):
    """A ward's settings and default protocol from `entered_at` on: a version, never changed. Append-only.

    `document` is what `grading.settings.from_document` reads, without its version, which stands in `version`.
    `concern_minutes` after it was raised, a concern that no physician acknowledged shows `concern_contacts`: whom else
    to call. A shift begins at each of `shift_starts` by the ward's clock; a pause of monitoring lasts at most
    `pause_minutes`. After `idle_minutes` without a key or a press a workstation locks itself.
    """

    ward = models.ForeignKey(Ward, models.PROTECT, related_name="settings_rows")
    version = models.CharField(max_length=60, unique=True)
    document = models.JSONField(default=dict)
    default_protocol = models.CharField(max_length=20, choices=list(PROTOCOLS.items()))
    concern_minutes = models.SmallIntegerField(
        default=10, validators=[MinValueValidator(1), MaxValueValidator(CONCERN_MINUTES_AT_MOST)]
    )
    concern_contacts = models.TextField(blank=True)
    shift_starts = ArrayField(models.TimeField(), default=usual_shifts)
    pause_minutes = models.SmallIntegerField(default=240)
    idle_minutes = models.SmallIntegerField(default=IDLE_MINUTES)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(concern_minutes__gte=1, concern_minutes__lte=CONCERN_MINUTES_AT_MOST),
                name="ward_settings_concern_minutes_possible",
                violation_error_message=f"concern_minutes: 1 to {CONCERN_MINUTES_AT_MOST}.",
            ),
            models.CheckConstraint(
                condition=Q(shift_starts__len__gte=1, shift_starts__len__lte=SHIFTS_AT_MOST),
                name="ward_settings_shifts_possible",
                violation_error_message=f"shift_starts: 1 to {SHIFTS_AT_MOST} a day.",
            ),
            models.CheckConstraint(
                condition=Q(pause_minutes__gte=1, pause_minutes__lte=PAUSE_MINUTES_AT_MOST),
                name="ward_settings_pause_minutes_possible",
                violation_error_message=f"pause_minutes: 1 to {PAUSE_MINUTES_AT_MOST}.",
            ),
            models.CheckConstraint(
                condition=Q(idle_minutes__gte=1, idle_minutes__lte=IDLE_MINUTES_AT_MOST),
                name="ward_settings_idle_minutes_possible",
                violation_error_message=f"idle_minutes: 1 to {IDLE_MINUTES_AT_MOST}.",
            ),
            one_of("default_protocol", PROTOCOLS, name="ward_settings_protocol_known"),
            not_blank("version", name="ward_settings_version_not_blank"),
        )

    def __str__(self) -> str:
        return self.version

    def as_settings(self) -> Settings:
        """The settings as the grading reads them."""
        return from_document({**self.document, "version": self.version})


class Bed(models.Model):
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="beds")
    label = models.CharField(max_length=20)

    class Meta:
        ordering = ("ward", "label")
        constraints = (
            models.UniqueConstraint(fields=("ward", "label"), name="bed_label_once_a_ward"),
            not_blank("label", name="bed_label_not_blank"),
        )

    def __str__(self) -> str:
        return self.label
