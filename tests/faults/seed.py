"""Who works on the ward of the fault runs, and with whom? Run in the site's environment: puts them there."""

import json
from uuid import uuid4

NURSES = 20
PATIENTS = 80
PASSWORD = "a ward at night, quiet"


def main() -> None:
    import django

    django.setup()
    from patients.models import Bed, Patient
    from tests.patients.cast import a_patient, a_user, a_ward

    nurses = [a_user(f"nurse{number}") for number in range(NURSES)]
    ward = a_ward(nurses[0])
    for nurse in nurses[1:]:
        nurse.wards.add(ward)
    patients: list[Patient] = []
    for number in range(PATIENTS):
        bed = Bed.objects.create(ward=ward, label=f"B{number}")
        patients.append(a_patient(nurses[0], ward, mrn=f"{uuid4().int % 10**9:09}", bed=bed))
    print(json.dumps({"nurses": [one.username for one in nurses], "patients": [one.pk for one in patients]}))


if __name__ == "__main__":
    main()
