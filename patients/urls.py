"""Which address is which page of the ward? No address holds a name, a number or a value of a patient."""

from django.urls import URLPattern, path

from patients.views import assess, charting, course, stay, ward, workstation
from patients.views.patient_list import patient_list

urlpatterns: list[URLPattern] = [
    path("", patient_list, name="patient_list"),
    path("theme/", workstation.choose_theme, name="choose_theme"),
    path("wards/<int:pk>/settings/", ward.ward_settings, name="ward_settings"),
    path("patients/new/", stay.admit_patient, name="admit_patient"),
    path("patients/<int:pk>/", course.patient_detail, name="patient_detail"),
    path("patients/<int:pk>/courses/<int:course>/", course.patient_detail, name="earlier_course"),
    path("patients/<int:pk>/assessments/", course.assessments, name="assessments"),
    path("patients/<int:pk>/treatments/", course.treatments, name="treatments"),
    path("patients/<int:pk>/results/", course.results, name="results"),
    path("patients/<int:pk>/assess/", assess.assess, name="assess"),
    path("patients/<int:pk>/assess/verdict/", assess.assess_verdict, name="assess_verdict"),
    path("patients/<int:pk>/treat/", charting.give_treatment, name="give_treatment"),
    path("patients/<int:pk>/result/", charting.enter_result, name="enter_result"),
    path("patients/<int:pk>/measure/", charting.record_measurement, name="record_measurement"),
    path("patients/<int:pk>/facts/", charting.change_facts, name="change_facts"),
    path("patients/<int:pk>/protocol/", charting.choose_protocol, name="choose_protocol"),
    path("patients/<int:pk>/infusion/", charting.start_infusion, name="start_infusion"),
    path("patients/<int:pk>/infusion/dose/", charting.record_dose_step, name="dose_step"),
    path("patients/<int:pk>/infusion/event/", charting.record_infusion_event, name="infusion_event"),
    path("patients/<int:pk>/name/", stay.rename_patient, name="rename_patient"),
    path("patients/<int:pk>/transfer/", stay.transfer, name="transfer"),
    path("patients/<int:pk>/readmit/", stay.readmit, name="readmit"),
    path("patients/<int:pk>/discharge/", stay.discharge, name="discharge"),
    path("patients/<int:pk>/death/", stay.record_death, name="record_death"),
]
