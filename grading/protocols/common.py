"""What do both protocols suggest? (rules 4.1)"""

from __future__ import annotations

from typing import Final

from grading.protocols.row import Row, Said
from grading.response import elapsed_words
from grading.sources import HOUSE, L14, R24
from grading.standing import Standing
from grading.terms import Truth
from grading.words import ANALYTES

WANTED_RESULTS: Final = (
    "hemoglobin",
    "wbc",
    "anc",
    "platelets",
    "aptt",
    "fibrinogen",
    "d-dimer",
    "sodium",
    "potassium",
    "phosphate",
    "creatinine",
    "alt",
    "ast",
    "bilirubin",
    "uric-acid",
    "lactate",
    "ldh",
    "crp",
    "ferritin",
)
EITHER_RESULT: Final = ("pt", "inr")


def severe(s: Standing) -> bool:
    """`review-2024`: grade 3 or 4, or grade 2 that the clinician manages as severe (rules 4.2)."""
    return s.grade >= 3 or (s.grade == 2 and s.judged_severe)


def _graded_or_unwell(s: Standing) -> bool:
    return s.graded_or_unwell


def _unwell_reason(s: Standing) -> tuple[str, ...]:
    return () if s.grade >= 1 else ("hypotension, a vasopressor or oxygen is in force",)


def _chart_first(s: Standing) -> bool:
    return not s.certain or (s.grade >= 1 and not s.icans_clear and not s.icans.certain)


def _say_chart_first(s: Standing) -> Said:
    wanted = list(s.verdict.to_chart)
    if s.grade >= 1 and not s.icans_clear and not s.icans.certain:
        wanted += s.icans.to_chart or ("a neurologic assessment",)
    first = f"Chart {wanted[0].split(' (')[0]}" if wanted else "Chart a full set"
    return Said(
        headline=f"{first} to know the grade" if len(wanted) < 2 else f"{first} and more to know the grade",
        steps=tuple(f"Chart {what}" for what in dict.fromkeys(wanted)),
    )


def _confirm_crs(s: Standing) -> bool:
    return s.grade >= 2 and not s.confirmed and not s.denied


def _say_confirm_crs(s: Standing) -> Said:
    return Said(
        headline="No fever has been charted: is this CRS?",
        steps=(
            "Weigh what else explains the hypotension, oxygen or organ toxicity",
            "Answer «This is CRS» under «Judgement», yes or no",
            "No drug is suggested, and no infusion stopped for good, before it is answered",
        ),
    )


def lee_governs(s: Standing) -> bool:
    return s.governing == "lee-2014"


def _say_exclude_infection(s: Standing) -> Said:
    cultures = "Cultures of blood and urine, and others as indicated"
    antibiotics = "Empiric broad-spectrum antibiotics now"
    if lee_governs(s):
        return Said(
            headline="Exclude infection; empiric broad-spectrum antibiotics at every grade",
            steps=(cultures, antibiotics),
            because=_unwell_reason(s),
            source=L14.at("Figure 2"),
        )
    neutropenic = s.neutropenic
    if s.grade >= 2:
        unknown = "; ANC unknown: chart it" if neutropenic is Truth.UNKNOWN else ""
        why, treat = f"grade {s.grade}{unknown}", True
    elif neutropenic is Truth.YES:
        why, treat = "neutropenic: by the record, or ANC below 0.5 × 10⁹/L [H]", True
    elif neutropenic is Truth.UNKNOWN:
        why, treat = "ANC unknown: chart it, treat as neutropenic", True
    else:
        why, treat = "ANC at or above 0.5 × 10⁹/L [H]", False
    later = "Empiric antibiotics as cultures and course indicate"
    return Said(
        headline=f"Exclude infection; {'broad-spectrum antibiotics now' if treat else 'antibiotics as indicated'}",
        steps=(cultures, antibiotics if treat else later),
        because=(*_unwell_reason(s), why),
        house=s.grade < 2,
    )


def _missing(s: Standing) -> tuple[str, ...]:
    missing = s.missing_results(WANTED_RESULTS)
    clotting = s.missing_results(EITHER_RESULT)
    return (*missing, *(("pt",) if len(clotting) == len(EITHER_RESULT) else ()))


def _evaluate(s: Standing) -> bool:
    return s.graded_or_unwell and bool(_missing(s))


def _say_evaluate(s: Standing) -> Said:
    names = [("PT or INR" if a == "pt" else ANALYTES[a]) for a in _missing(s)]
    return Said(
        headline=f"Laboratory evaluation: {len(names)} of its results are older than 24 h or missing",
        steps=(
            f"No result in the last 24 h: {', '.join(names)}",
            "CBC with differential; PT, PTT, fibrinogen, D-dimer",
            "Electrolytes (phosphate, potassium, sodium fall often), renal and liver function, uric acid, lactate, LDH",
            "Oximetry or blood gas; CRP, ferritin; chest radiograph",
            "Cytokines are optional and guide no decision [L14]",
        ),
        because=_unwell_reason(s),
    )


def _say_differential(s: Standing) -> Said:
    return Said(
        headline="Keep the differential open: infection, tumor, heart, embolism, allergy, HLH/MAS",
        steps=(
            "Sepsis: blood cultures; sputum, urine and serum tests and viral PCR as indicated; bronchoscopy",
            "Tumor progression and lysis: counts, marrow, masses; potassium, phosphate, uric acid, creatinine",
            "Heart failure: BNP, electrocardiogram, echocardiogram, CT",
            "Thromboembolism: hypoxemia out of proportion, leg or line signs; imaging for embolism",
            "Allergic or drug reaction: rash, capillary leak, the drugs given",
            "HLH/MAS: overlaps with CRS and is called CRS after immune therapy; ferritin, spleen, nodes, marrow",
        ),
        because=_unwell_reason(s),
    )


def _graded(s: Standing) -> bool:
    return s.grade >= 1


def _say_supportive_care(s: Standing) -> Said:
    return Said(
        headline="Supportive care: antipyretics, antihistamines, intravenous fluids",
        steps=(
            "Antipyretics and antihistamines for symptoms",
            "Intravenous fluids; watch the fluid balance",
            "Hydration and pressure are kept up at every grade [L14]",
        ),
    )


def _say_monitor(s: Standing) -> Said:
    return Said(
        headline="Reassess on time; no discharge before clinical stability",
        steps=(
            f"Reassess within {elapsed_words(s.reassess_after)} of this assessment [H]",
            "Laboratory studies at least daily [R24]",
        ),
        because=_unwell_reason(s),
    )


def _no_baseline(s: Standing) -> bool:
    return s.situation.patient.baseline_systolic is None


def _say_baseline(s: Standing) -> Said:
    return Said(
        headline="Chart the baseline pressure from before therapy",
        steps=("Hypotension weighs heavily in grading: a pressure from before therapy is asked for [L14]",),
    )


def _tocilizumab_given(s: Standing) -> bool:
    return bool(s.given.tocilizumab)


def _say_crp(s: Standing) -> Said:
    return Said(
        headline="CRP no longer tracks severity: tocilizumab was given",
        steps=("CRP also lags by 12 h and more, and rises with infection",),
        because=("tocilizumab given",),
    )


def _neurologic_steroid(s: Standing) -> bool:
    return s.icans_grade >= 2 or (s.icans_grade == 1 and s.grade == 0)


def _say_neurologic_steroid(s: Standing) -> Said:
    beside = ("CRS of grade 2 or more beside it is treated too",) if s.grade >= 2 else ()
    return Said(
        headline="ICANS: glucocorticoid first for the neurologic syndrome",
        steps=("Tocilizumab does not help the neurologic syndrome and may aggravate it [R24, L14]", *beside),
        because=(f"ICANS grade {s.icans_grade}",),
    )


def _intensive_care(s: Standing) -> bool:
    severe_now = s.grade >= 3 if lee_governs(s) else severe(s)
    return severe_now or s.vasopressor_running is Truth.YES or s.positive_pressure_in_use or s.icans_grade >= 3


def _say_intensive_care(s: Standing) -> Said:
    one_to_one = ("Lee grade 3: one nurse to one patient",) if lee_governs(s) and s.grade >= 3 else ()
    because = []
    if s.vasopressor_running is Truth.YES:
        because.append("a vasopressor is running")
    if s.positive_pressure_in_use:
        because.append("positive pressure")
    if s.icans_grade >= 3:
        because.append(f"ICANS grade {s.icans_grade}")
    return Said(
        headline="Intensive care: where vasopressors, ventilation and telemetry can be given",
        steps=("Move or keep the patient where vasopressors, ventilation and telemetry can be given", *one_to_one),
        because=tuple(because),
        source=L14.at("Grading system") if one_to_one else None,
    )


CHART_FIRST = Row("chart-first", HOUSE, _chart_first, _say_chart_first)
CONFIRM_CRS = Row("confirm-crs", R24.at("Diagnosis").with_house, _confirm_crs, _say_confirm_crs)
INTENSIVE_CARE = Row("intensive-care", R24.at("Management, key principles"), _intensive_care, _say_intensive_care)
NEUROLOGIC_STEROID = Row(
    "neurologic-steroid", R24.at("CAR-T cell-associated CRS"), _neurologic_steroid, _say_neurologic_steroid
)
EXCLUDE_INFECTION = Row("exclude-infection", R24.at("Evaluation"), _graded_or_unwell, _say_exclude_infection)
SUPPORTIVE_CARE = Row("supportive-care", R24.at("Mild CRS"), _graded, _say_supportive_care)
MONITOR = Row("monitor", R24.at("Monitoring and resolution"), _graded_or_unwell, _say_monitor)
EVALUATE = Row("evaluate", R24.at("Evaluation"), _evaluate, _say_evaluate)
DIFFERENTIAL = Row("differential", R24.at("Differential diagnosis"), _graded_or_unwell, _say_differential)
CRP_UNRELIABLE = Row("crp-unreliable", R24.at("Monitoring and resolution"), _tocilizumab_given, _say_crp)
BASELINE_PRESSURE = Row("baseline-pressure", L14.at("Grading system"), _no_baseline, _say_baseline)

FIRST: Final = (CHART_FIRST, CONFIRM_CRS)
LAST: Final = (
    INTENSIVE_CARE,
    NEUROLOGIC_STEROID,
    EXCLUDE_INFECTION,
    SUPPORTIVE_CARE,
    MONITOR,
    EVALUATE,
    DIFFERENTIAL,
    CRP_UNRELIABLE,
    BASELINE_PRESSURE,
)
