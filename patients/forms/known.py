"""At which past moment is the record opened?"""

from patients.forms.acts import ActForm
from patients.forms.fields import MomentField


class KnownForm(ActForm):
    """Records nothing; it shares the offers of the forms that do (the hour that the autumn night repeats)."""

    moment = MomentField(label="Moment", required=True, help_text="By the clock of the ward")
