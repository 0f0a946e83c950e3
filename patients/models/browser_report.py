"""What have browsers refused by the content policy, and how often?"""

from django.db import models


class BrowserReport(models.Model):
    """One kind of refusal, counted. No row about anybody: see `crsweb.reports` for what is left out."""

    directive = models.CharField(max_length=40)
    blocked = models.CharField(max_length=120)  # a word such as «inline», an origin, or the pattern of an address
    page = models.CharField(max_length=120)  # the pattern of its address
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("directive", "blocked", "page"), name="browser_report_once_a_kind"),
        )

    def __str__(self) -> str:
        return f"{self.directive} refused {self.blocked} on {self.page}"
