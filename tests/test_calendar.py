"""Cycles, days off and make-up days, and the dates of one cycle's reporting and meeting."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.calendar import (
    VIETNAM,
    Cycle,
    DaysOff,
    cycle_of,
    earlier_cycles,
    make_schedule,
    parse_cycle,
)

SUNDAY, MONDAY = date(2026, 11, 15), date(2026, 11, 16)
USUAL = {
    "hour": "8 giờ 00",
    "place": "Phòng họp số 1",
    "chair": "Chủ tịch",
    "secretary": "Văn phòng",
}


def nov(day):
    return date(2026, 11, day)


def schedule(days_off=None, **typed):
    return make_schedule(Cycle(2026, 11, 1), typed, USUAL, time(17), days_off or DaysOff())


SPANS = [
    ("2026-11-K1", date(2026, 11, 1), date(2026, 11, 15)),
    ("2026-11-K2", date(2026, 11, 16), date(2026, 11, 30)),
    ("2026-12-K2", date(2026, 12, 16), date(2026, 12, 31)),
    ("2026-02-K2", date(2026, 2, 16), date(2026, 2, 28)),
    ("2028-02-K2", date(2028, 2, 16), date(2028, 2, 29)),
]


@pytest.mark.parametrize(("text", "first", "last"), SPANS)
def test_a_cycle_is_half_a_month(text, first, last):
    cycle = parse_cycle(text)
    assert (cycle.first_day, cycle.last_day) == (first, last)
    assert str(cycle) == text


def test_a_cycle_is_said_in_words():
    assert parse_cycle("2026-11-K1").name == "kỳ 1 tháng 11 năm 2026"


@pytest.mark.parametrize("text", ["2026-11-k1", " 2026-11-K1 "])
def test_a_cycle_id_may_be_typed_carelessly(text):
    assert parse_cycle(text) == Cycle(2026, 11, 1)


@pytest.mark.parametrize(
    "text",
    ["", "2026-11", "2026-11-K3", "2026-13-K1", "2026-00-K1", "26-11-K1", "2026-11-K1x", "x"],
)
def test_other_texts_are_no_cycle(text):
    with pytest.raises(ValueError, match=f"^{text}$"):
        parse_cycle(text)


def test_the_second_half_ends_the_month():
    assert [parse_cycle(text).ends_month for text in ("2026-11-K1", "2026-11-K2")] == [False, True]


def test_cycles_follow_each_other_over_the_year():
    assert str(parse_cycle("2026-12-K2").next) == "2027-01-K1"
    assert str(parse_cycle("2027-01-K1").previous) == "2026-12-K2"
    assert parse_cycle("2026-12-K2") < parse_cycle("2027-01-K1")


@given(st.dates(date(2001, 1, 1), date(2098, 12, 31)))
def test_every_day_belongs_to_exactly_one_cycle(day):
    cycle = cycle_of(day)
    assert cycle.first_day <= day <= cycle.last_day
    assert cycle.next.first_day == cycle.last_day + timedelta(days=1)
    assert cycle.next.previous == cycle.previous.next == parse_cycle(str(cycle)) == cycle


def test_five_earlier_cycles_are_shown_oldest_first():
    shown = [str(cycle) for cycle in earlier_cycles(parse_cycle("2026-11-K1"))]
    assert shown == ["2026-08-K2", "2026-09-K1", "2026-09-K2", "2026-10-K1", "2026-10-K2"]


def test_weekends_and_the_registers_days_are_off():
    days = DaysOff(off=frozenset({nov(20)}))
    assert [days.is_off(nov(day)) for day in range(13, 24)] == [
        *(False, True, True),  # Friday 13 to Sunday 15
        *(False, False, False, False, True, True, True),  # Monday 16 to Sunday 22
        False,
    ]


def test_a_make_up_day_is_worked():
    saturday = nov(14)
    assert DaysOff().is_off(saturday)
    assert not DaysOff(worked=frozenset({saturday})).is_off(saturday)
    assert not DaysOff(off=frozenset({saturday}), worked=frozenset({saturday})).is_off(saturday)


def test_a_working_day_is_itself_or_the_next_one():
    assert DaysOff().working_day(nov(13)) == nov(13)
    assert DaysOff().working_day(nov(14)) == MONDAY
    assert DaysOff().working_day(nov(13), after=1) == MONDAY
    assert DaysOff().working_day(nov(14), after=1) == nov(17)
    assert DaysOff(off=frozenset({MONDAY})).working_day(nov(13), after=1) == nov(17)


def test_days_late_count_working_days_only():
    assert DaysOff().days_between(nov(13), MONDAY) == 1
    assert DaysOff().days_between(nov(9), nov(20)) == 9
    assert DaysOff(off=frozenset({MONDAY})).days_between(nov(13), MONDAY) == 0
    assert DaysOff(worked=frozenset({nov(14)})).days_between(nov(13), MONDAY) == 2
    assert DaysOff().days_between(MONDAY, MONDAY) == 0
    assert DaysOff().days_between(MONDAY, nov(13)) == 0


def test_a_cut_off_on_a_sunday_moves_to_monday():
    assert SUNDAY.weekday() == 6
    plan = schedule()
    assert plan.cutoff == datetime(2026, 11, 16, 17, 0, tzinfo=VIETNAM)
    assert plan.verification_until == nov(17)
    assert plan.meeting_on == nov(18)


def test_the_calendar_steps_over_days_off_and_make_up_days():
    days = DaysOff(off=frozenset({MONDAY, nov(18)}), worked=frozenset({SUNDAY}))
    plan = schedule(days_off=days)
    assert plan.cutoff.date() == SUNDAY
    assert plan.verification_until == nov(17)
    assert plan.meeting_on == nov(19)


def test_a_typed_cut_off_moves_what_follows():
    plan = schedule(cutoff=nov(19))
    assert plan.cutoff == datetime(2026, 11, 19, 17, 0, tzinfo=VIETNAM)
    assert (plan.verification_until, plan.meeting_on) == (nov(20), nov(23))


def test_every_typed_date_stands_even_on_a_day_off():
    plan = schedule(cutoff=SUNDAY, verification_until=nov(21), meeting_on=nov(22))
    assert plan.cutoff.date() == SUNDAY
    assert (plan.verification_until, plan.meeting_on) == (nov(21), nov(22))


def test_blank_words_of_the_meeting_are_the_usual_ones():
    plan = schedule(hour="", place="Hội trường", chair=None)
    assert plan.hour == "8 giờ 00"
    assert plan.place == "Hội trường"
    assert plan.chair == "Chủ tịch"
    assert plan.attendees == ""


def test_the_cut_off_is_in_vietnam_time():
    assert schedule().cutoff.isoformat() == "2026-11-16T17:00:00+07:00"
