"""What does the timeline's page show, does its table say the same, and does it work without a script?"""

import re
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from grading import record
from grading.settings import DEFAULT
from patients import actions
from patients.views.timeline_axis import Axis, step_of, written
from patients.views.timeline_paths import Scale, dots, line, placed
from patients.views.timeline_strips import Drawing
from tests.grading.test_timeline import drawn
from tests.grading.ward import hours, on, patient, seen, well
from tests.patients.care import CALM, CANNULA, FEVER, Care
from tests.patients.cast import a_patient, an_assessment, hours_ago
from tests.patients.timelines import (
    KEYS,
    NOREPINEPHRINE,
    eventful,
    heart_rates,
    island,
    marks,
    opened,
    said_by_the_drawing,
    said_by_the_table,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def care(client: Client) -> Care:
    care = Care()
    client.force_login(care.nurse)
    return care


def without_names(found: list[tuple[str, str]], names: list[str]) -> list[tuple[str, str]]:
    """The words of grades and events without the scale or the lane that they stand beside in the table."""
    prefixes = tuple(f"{name}: " for name in names)
    return sorted(
        (when, next((text.removeprefix(one) for one in prefixes if text.startswith(one)), text)) for when, text in found
    )


def test_the_table_says_everything_that_the_drawing_says_and_nothing_else(client: Client, care: Care) -> None:
    eventful(care)
    page = opened(client, care.patient)
    table = said_by_the_table([opened(client, care.patient, "?view=table")])
    drawing = said_by_the_drawing(page)
    assert len(drawing) > 60
    assert without_names(table, island(page)["names"]) == drawing
    data = island(page)
    for strip in ("temperature", "heart_rate", "spo2", "fio2", "crp", "ferritin", "ice", "pressure"):
        names = {"heart_rate": "Heart rate", "spo2": "SpO2", "fio2": "Oxygen", "crp": "CRP", "ice": "ICE"}
        place = data["names"].index(names.get(strip, strip.capitalize()))
        read = sum(item[0] == place for moment in data["moments"] for item in moment[4])
        assert marks(page, strip, "round", "square") == read > 0, strip


def test_late_entries_are_ringed_and_say_when_they_were_entered(client: Client, care: Care) -> None:
    care.assess(5, **FEVER)
    care.assess(None, **FEVER)
    page = opened(client, care.patient)
    assert (marks(page, "temperature", "square"), marks(page, "temperature", "ring")) == (2, 1)
    assert [bool(moment[3]) for moment in island(page)["moments"] if "39.0 °C" in str(moment)] == [True, False]
    table = opened(client, care.patient, "?view=table")
    assert table.count("entered late, ") == 1 + 1  # the assessment, and the infusion, which was charted days after it


def test_an_uncertain_grade_is_hatched_and_its_words_are_the_range(client: Client, care: Care) -> None:
    care.assess(1, temperature_c=Decimal("39.6"))
    page = opened(client, care.patient)
    assert marks(page, "astct-2019", "hatched") == 1
    assert ["1 to 4" in str(island(page)["labels"][key]) for key in KEYS[:1]] == [True]
    assert "not graded" in str(island(page)["labels"]["icans-2019"])


def test_every_lane_shows_what_happened_and_more_assessments_are_no_more_queries(client: Client, care: Care) -> None:
    eventful(care)
    page = opened(client, care.patient)
    said = "\n".join(text for _, text in said_by_the_drawing(page))
    for words in (
        "Actemra (tocilizumab) 560 mg, intravenous, for CRS",
        "acetaminophen 1,000 mg, by mouth",
        "CAR-T cells (axicabtagene ciloleucel) started",
        "interrupted",
        "resumed",
        "escalated: mottled knees; acknowledged after under 1 min by bo",
        "withdrawn",
        "assessment: corrected, mistyped",
        "ASTCT 2019, grade 3 confirmed; seen",
        "in imaging, expected back",
        "counts as high dose: held for 3 hours",
        "norepinephrine 22 mcg/min: norepinephrine equivalent 22 mcg/min",
        "21 mg/dL (210 mg/L)",
    ):
        assert words in said, words
    assert marks(page, "fio2", "hollow") == marks(page, "fio2", "round", "square")  # none was charted: estimates
    assert marks(page, "temperature", "hollow") == 0
    assert marks(page, "spo2", "square") == 1  # 91%, under the ward's 92
    with CaptureQueriesContext(connection) as few:
        opened(client, care.patient)
    heart_rates(care, 10)
    with CaptureQueriesContext(connection) as many:
        opened(client, care.patient)
    assert len(many) == len(few)


def test_what_was_entered_in_error_is_not_drawn(client: Client, care: Care) -> None:
    wrong = care.assess(5, temperature_c=Decimal("41.2"))
    care.assess(4, **FEVER)
    care.withdraw(wrong)
    page = opened(client, care.patient)
    assert "41.2" not in page
    assert "assessment: entered in error" in page


def test_without_a_script_links_ask_for_another_window(client: Client, care: Care) -> None:
    care.assess(40, **FEVER)
    care.assess(1, **FEVER)
    first = opened(client, care.patient)
    assert 'data-window="24" aria-current="true"' in first
    assert '"?window=24&amp;back=1"' in first
    (low, high, asked), end = island(first)["window"], island(first)["end"]
    assert (asked, round(high - low)) == (24, 1440 + 29)
    earlier = island(opened(client, care.patient, "?window=24&back=1"))["window"]
    assert earlier[0] == pytest.approx(low - 1440, abs=1)
    assert 'data-window="6" aria-current="true"' in opened(client, care.patient, "?window=6")
    everything = island(opened(client, care.patient, "?window=all"))["window"]
    assert everything[0] < 0 < end < everything[1]


@pytest.mark.parametrize("query", ["?window=7", "?window=x&back=-1", "?back=99999999999", "?window=6&back=99999"])
def test_a_window_that_there_is_not_shows_one_that_there_is(query: str, client: Client, care: Care) -> None:
    care.assess(1, **FEVER)
    low, high, _ = island(opened(client, care.patient, query))["window"]
    assert high > 0 and high - low >= 360


def test_the_table_comes_in_pages_of_100_without_losing_a_row(client: Client, care: Care) -> None:
    heart_rates(care, 120)
    pages = [opened(client, care.patient, f"?view=table&page={number}") for number in (1, 2)]
    assert [page.count("<tr>") - 1 for page in pages] == [100, 22]  # with the infusion, and where the grades end
    drawing = opened(client, care.patient)
    assert without_names(said_by_the_table(pages), island(drawing)["names"]) == said_by_the_drawing(drawing)
    assert marks(drawing, "heart_rate", "round") == 120  # no point is left out


def test_an_earlier_course_ends_with_its_last_event_and_nothing_in_it_is_old(client: Client, care: Care) -> None:
    care.assess(30, **FEVER)
    earlier = care.infusion
    new = actions.NewInfusion(cause="bispecific", product="blinatumomab", started_at=hours_ago(5))
    actions.start_infusion(by=care.nurse, submission_id=uuid4(), patient=care.patient, infusion=new)
    care.assess(1, **CALM)
    answer = client.get(reverse("earlier_timeline", args=[care.patient.pk, earlier.pk]))
    page = answer.content.decode()
    assert "39.0 °C" in str(island(page)) and "37.0 °C" not in str(island(page))
    assert 't-last old"' not in page and 'class="now"' not in page
    assert reverse("earlier_course", args=[care.patient.pk, earlier.pk]) in page
    current = opened(client, care.patient)
    assert "37.0 °C" in str(island(current)) and "39.0 °C" not in str(island(current))
    assert 'class="now"' in current


def test_what_was_signed_and_corrected_after_the_last_assessment_is_drawn_when_the_course_is_over(
    client: Client, care: Care
) -> None:
    last = care.assess(5, **FEVER)
    care.sign(last, 1)
    actions.raise_concern(by=care.nurse, submission_id=uuid4(), patient=care.patient, why="mottled knees")
    actions.discharge(by=care.nurse, submission_id=uuid4(), patient=care.patient)
    said = str(said_by_the_drawing(opened(client, care.patient)))
    assert "grade 1 confirmed" in said and "mottled knees" in said


def test_a_last_value_past_its_round_is_drawn_as_old(client: Client, care: Care) -> None:
    care.assess(9, **FEVER)
    assert 't-last old">39.0' in opened(client, care.patient)
    care.assess(None, **FEVER)
    assert 't-last old">39.0' not in opened(client, care.patient)


def test_without_an_infusion_the_page_says_so(client: Client, care: Care) -> None:
    other = a_patient(care.nurse, care.ward, mrn="2002", infusion=False)
    an_assessment(care.nurse, other, 1, **CALM)
    assert "the timeline begins with one" in opened(client, other)


def test_words_of_the_record_are_text_and_never_markup(client: Client, care: Care) -> None:
    care.assess(2, **FEVER)
    care.give("</script><b>drug", 1)
    page = opened(client, care.patient)
    assert "<b>drug" not in page and "</script><b>" not in page
    assert "</script><b>drug" in str(island(page)["moments"])
    assert not re.search(r'\sstyle="|\son[a-z]+="', page)


def part(page: str, strip: str) -> str:
    """The markup of one strip."""
    found = page[page.index(f'data-strip="{strip}"') :]
    return found[: found.index("data-labels")]


def test_what_is_in_force_stands_under_the_strip_s_name_and_goes_with_its_window(client: Client, care: Care) -> None:
    high_flow = record.Oxygen(device="high-flow-nasal-cannula", flow_l_min=Decimal(40), fio2_percent=Decimal(45))
    care.assess(9, **CANNULA | {"vasopressors": NOREPINEPHRINE})
    care.assess(6, vasopressors=NOREPINEPHRINE)
    care.assess(1, oxygen=high_flow)
    page = opened(client, care.patient)
    assert "40 L/min" in part(page, "fio2") and "nasal cannula 2" not in part(page, "fio2")
    assert "t-note" not in part(page, "vasopressors")  # charted 6 hours ago: no high dose runs, as no agent does
    care.assess(0.5, vasopressors=NOREPINEPHRINE)
    assert 't-note">norepinephrine 22 mcg/min; high dose: 3 h at ' in part(opened(client, care.patient), "vasopressors")
    actions.discharge(by=care.nurse, submission_id=uuid4(), patient=care.patient)
    over = opened(client, care.patient)
    assert "t-note" not in part(over, "vasopressors") + part(over, "fio2")


def test_the_table_says_where_a_bar_ends_and_which_limits_are_drawn(client: Client, care: Care) -> None:
    care.assess(12, **CANNULA)
    care.assess(1, **FEVER)
    table = opened(client, care.patient, "?view=table")
    for words in (
        "fever from 38.0 °C; SpO2 low below 92%; high oxygen from FiO2 40%; systolic low below 90",
        "No longer in force: grade of ASTCT 2019, Lee 2014",
        "No longer in force: nasal cannula",
        "39.0 °C; fever",
    ):
        assert words in table, words


def test_a_lane_with_marks_outside_the_window_says_how_many_and_when(client: Client, care: Care) -> None:
    care.give("Actemra", 40)
    care.assess(1, **FEVER)
    page = opened(client, care.patient)
    assert '<span class="t-before">1, latest <time' in part(page, "doses")
    assert '<span class="t-before">none</span>' in part(page, "concerns")


def test_a_square_is_a_value_beyond_its_limit_and_nothing_else(client: Client, care: Care) -> None:
    care.give("Actemra", 2)
    care.assess(1, **FEVER)
    assert re.search(r'<path class="anticytokine" d="M[\d.]+ 5v26"/>', opened(client, care.patient))


# --- The drawing


def test_no_tick_s_line_goes_through_the_words_of_a_limit() -> None:
    for baseline in (None, *range(130, 201, 5)):
        who = patient(baseline_systolic=None if baseline is None else Decimal(baseline))
        found = drawn(well(1), until=24, who=who)
        axis = Axis(hours(0), hours(24))
        strips = Drawing(axis, found, DEFAULT, None, None).strips()
        pressure = next(one for one in strips if one.key == "pressure")
        for words in pressure.labels:
            assert all(abs(words.y - tick.y) >= 4.5 for tick in pressure.rules), (baseline, words)
        first, second = pressure.labels
        assert abs(first.y - second.y) > 9, baseline


def test_no_line_leads_across_a_gap_or_to_a_point_without_a_place() -> None:
    found = drawn(*(well(at, temperature_c=value) for at, value in ((1, "38.0"), (3, "39.0"), (20, "37.0"))), until=24)
    axis = Axis(hours(0), hours(24))
    (path,) = line(placed(found.temperature, Scale(34, 42), axis.x))
    assert path.d == "M60.0 50.0L180.0 39.2M1200.0 60.8"
    oxygen = drawn(seen(1, oxygen=on("room-air")), seen(2, oxygen=on("cpap", for_hypoxia=True)), until=24).fio2
    (path,) = line(placed(oxygen, Scale(20, 100), axis.x))
    assert path.d.count("M") == 1 and "L" not in path.d
    assert {path.kind: path.d.count("M") for path in dots(placed(oxygen, Scale(20, 100), axis.x), bool)} == {
        "round": 2,
        "hollow": 2,
    }


def test_a_value_beyond_the_scale_stands_at_its_edge() -> None:
    scale = Scale(40, 220)
    assert scale.y(300) == scale.y(220) == 7
    assert scale.y(10) == scale.y(40) == 93


def test_a_logarithmic_scale_gives_each_factor_of_ten_the_same_height() -> None:
    scale = Scale(1, 1_000, logarithmic=True)
    assert [scale.y(value) for value in (1, 10, 100, 1_000)] == [93, 64.3, 35.7, 7]


def test_hours_stand_where_the_clock_of_the_ward_has_them_through_the_night_that_has_25() -> None:
    with timezone.override(ZoneInfo("Europe/Berlin")):
        axis = Axis(datetime(2026, 10, 24, 20, tzinfo=UTC), datetime(2026, 10, 25, 8, tzinfo=UTC))
        shown = {tick.label: tick.x for tick in axis.ticks() if 0 <= tick.x <= axis.end}
    assert shown["25-Oct"] == 120  # midnight is 22:00 UTC
    assert shown["02:00, second"] - shown["02:00, first"] == 60
    assert shown["02:00, first"] == 240 and shown["04:00"] == 420


def test_the_hours_that_are_written_keep_apart() -> None:
    axis = Axis(hours(0), hours(24 * 40))
    ticks = axis.ticks()
    for asked in (6, 24, 72, None):
        window = axis.window(asked)
        found = written(ticks, window)
        assert 2 <= len(found) <= 15
        assert len({round(b.x - a.x) for a, b in pairwise(found)}) == 1
        assert step_of(window) * 60 == round(found[1].x - found[0].x)
