"""Which values may a charted field take, and what are they called on screen?

Each table maps the stored name (the case format's) to the words of the ward. Order is the order on screen.
"""

from types import MappingProxyType
from typing import Final

Words = MappingProxyType[str, str]


def _words(**pairs: str) -> Words:
    return MappingProxyType({name.replace("_", "-"): label for name, label in pairs.items()})


def spoken(label: str) -> str:
    """A label inside a sentence: «nasal cannula», «angiotensin II», «CPAP», «BiPAP»."""
    rest = label.split(" ", 1)[0][1:]
    return label if rest != rest.lower() else label[:1].lower() + label[1:]


DEVICES: Final = _words(
    room_air="Room air",
    blow_by="Blow-by",
    nasal_cannula="Nasal cannula",
    high_flow_nasal_cannula="High-flow nasal cannula",
    simple_mask="Simple mask",
    venturi_mask="Venturi mask",
    non_rebreather="Non-rebreather mask",
    cpap="CPAP",
    bipap="BiPAP",
    invasive_ventilation="Invasive ventilation",
)
POSITIVE_PRESSURE: Final = frozenset({"cpap", "bipap", "invasive-ventilation"})

AGENTS: Final = _words(
    norepinephrine="Norepinephrine",
    epinephrine="Epinephrine",
    phenylephrine="Phenylephrine",
    dopamine="Dopamine",
    vasopressin="Vasopressin",
    angiotensin_ii="Angiotensin II",
    milrinone="Milrinone",
    dobutamine="Dobutamine",
)
INOTROPES: Final = frozenset({"milrinone", "dobutamine"})
UNITS_OF_VASOPRESSIN: Final = ("units/min", "units/h")
UNITS_OF_OTHERS: Final = ("mcg/kg/min", "mcg/min", "mg/h")


def units_of(agent: str) -> tuple[str, ...]:
    """The rate units an agent may be charted in (case format)."""
    return UNITS_OF_VASOPRESSIN if agent == "vasopressin" else UNITS_OF_OTHERS


SYMPTOMS: Final = _words(
    rigors="Rigors",
    malaise="Malaise",
    fatigue="Fatigue",
    anorexia="Anorexia",
    myalgia="Myalgia",
    arthralgia="Arthralgia",
    nausea="Nausea",
    vomiting="Vomiting",
    headache="Headache",
    rash="Rash",
    diarrhea="Diarrhea",
)
ORGANS: Final = _words(
    cardiac="Cardiac",
    respiratory="Respiratory",
    renal="Renal",
    hepatic="Hepatic (bilirubin)",
    transaminitis="Transaminitis (ALT, AST)",
    coagulation="Coagulation",
    neurologic="Neurologic",
    skin="Skin",
    gastrointestinal="Gastrointestinal",
)
ATTRIBUTABLE: Final = MappingProxyType({"fever": "Fever", "hypotension": "Hypotension", "hypoxia": "Hypoxia", **ORGANS})
SYMPTOMATIC_RESPONSES: Final = _words(
    not_needed="Treatment not needed",
    prompt="Prompt response",
    prolonged_or_recurrent="Prolonged or recurrent",
)
CONSCIOUSNESS: Final = _words(
    spontaneous="Awakens spontaneously",
    to_voice="Awakens to voice",
    to_touch="Awakens to touch",
    unarousable="Unarousable",
)
SEIZURES: Final = _words(none="None", brief="Brief, resolves", prolonged="Prolonged or repetitive")
RAISED_ICP: Final = MappingProxyType(
    {
        "none": "None",
        "focal-edema": "Focal edema",
        "diffuse-edema-or-raised-icp": "Diffuse edema or raised ICP",
    }
)
NOT_ASSESSED: Final = _words(
    sedated="Sedated", intubated="Intubated", language="Language", asleep="Asleep", other="Other"
)
CAUSES: Final = MappingProxyType(
    {
        "car-t": "CAR-T cells",
        "bispecific": "Bispecific antibody",
        "haplo-hct": "Haploidentical transplant",
        "antibody": "Antibody",
        "other-cells": "Other cells",
    }
)
SEXES: Final = _words(female="Female", male="Male", other="Other", unknown="Not known")
ROUTES: Final = MappingProxyType(
    {
        "iv": "intravenous",
        "po": "by mouth",
        "im": "intramuscular",
        "sc": "subcutaneous",
        "topical": "topical",
        "inhaled": "inhaled",
        "other": "other",
    }
)
PURPOSES: Final = MappingProxyType(
    {
        "crs": "CRS",
        "icans": "ICANS",
        "premedication": "Premedication",
        "replacement": "Replacement",
        "stress": "Stress dose",
        "other": "Other",
    }
)
INFUSION_ACTIONS: Final = _words(interrupt="Interrupted", resume="Resumed", discontinue="Discontinued for good")
PROTOCOLS: Final = MappingProxyType({"review-2024": "Review 2024", "lee-2014": "Lee 2014"})
SCALES: Final = MappingProxyType(
    {
        "astct-2019": "ASTCT 2019",
        "lee-2014": "Lee 2014",
        "ctcae-5": "CTCAE v5.0",
        "ctcae-4": "CTCAE v4.03",
        "icans-2019": "ICANS (ASTCT 2019)",
    }
)
CRS_SCALES: Final = ("astct-2019", "lee-2014", "ctcae-5", "ctcae-4")
GRADE_WORDS: Final = ("none", "mild", "moderate", "severe", "life-threatening", "death")
ANALYTES: Final = MappingProxyType(
    {
        "crp": "CRP",
        "ferritin": "Ferritin",
        "il-6": "IL-6",
        "alt": "ALT",
        "ast": "AST",
        "bilirubin": "Bilirubin",
        "creatinine": "Creatinine",
        "inr": "INR",
        "aptt": "aPTT",
        "pt": "PT",
        "fibrinogen": "Fibrinogen",
        "d-dimer": "D-dimer",
        "ldh": "LDH",
        "uric-acid": "Uric acid",
        "lactate": "Lactate",
        "sodium": "Sodium",
        "potassium": "Potassium",
        "phosphate": "Phosphate",
        "calcium": "Calcium",
        "hemoglobin": "Hemoglobin",
        "wbc": "WBC",
        "anc": "ANC",
        "platelets": "Platelets",
        "albumin": "Albumin",
        "triglycerides": "Triglycerides",
        "d-dimer-ddu": "D-dimer (DDU)",
        "il-8": "IL-8",
        "il-10": "IL-10",
        "il-15": "IL-15",
        "ifn-gamma": "IFN-gamma",
        "tnf-alpha": "TNF-alpha",
        "gm-csf": "GM-CSF",
        "soluble-il-2-receptor": "Soluble IL-2 receptor",
    }
)
