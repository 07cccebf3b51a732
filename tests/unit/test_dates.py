"""Days: read where one is meant, whatever the spelling."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from pullquote.articles.dates import day_in, read_day, read_utc_day


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2024-10-31", date(2024, 10, 31)),
        ("2024-10-31 10:00", date(2024, 10, 31)),
        ("2024-10-31T23:30:00Z", date(2024, 10, 31)),
        ("2024-10-31 23:30:00 -0800", date(2024, 10, 31)),
        ("2024-10-31 10:00:00 Europe/Berlin", date(2024, 10, 31)),
        ("20241031", date(2024, 10, 31)),
        ("2024/10/11", date(2024, 10, 11)),
        ("2024-1-5", date(2024, 1, 5)),
        ("Oct 31, 2024", date(2024, 10, 31)),
        ("31 October 2024", date(2024, 10, 31)),
        ("Thu, 31 Oct 2024 10:00:00 PST", date(2024, 10, 31)),
        ("10/31/2024", date(2024, 10, 31)),
        ("31.10.2024", date(2024, 10, 31)),
        (datetime(2024, 10, 31, 23), date(2024, 10, 31)),
        (date(2024, 10, 31), date(2024, 10, 31)),
        ("10/11/2024", None),
        ("24-10-31", None),
        ("October 2024", None),
        ("2024", None),
        ("2024-02-30", None),
        ("1730332800", None),
        ("soon", None),
        ("", None),
        ("9" * 10_000, None),
        (20241031, None),
        (None, None),
    ],
)
def test_a_day_is_read_only_if_it_is_certain(value: object, day: date | None) -> None:
    """Any usual spelling is read; half a date, or one with two readings, is not."""
    assert read_day(value) == day


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2024-05-23 01:00:00+02:00", date(2024, 5, 22)),
        ("2024-05-23T23:30-0800", date(2024, 5, 24)),
        ("2024-05-23 23:30:00.5 -08:00", date(2024, 5, 24)),
        (datetime(2024, 5, 23, 1, tzinfo=timezone(timedelta(hours=2))), date(2024, 5, 22)),
        (datetime(2024, 5, 23, 1, tzinfo=UTC), date(2024, 5, 23)),
        ("2024-05-23 01:00:00", None),
        ("2024-05-23", None),
        ("2024-05-33 01:00:00+02:00", None),
        ("0001-01-01 01:00:00+02:00", None),
        (datetime(2024, 5, 23), None),
        (None, None),
    ],
)
def test_a_time_with_a_zone_has_a_day_in_utc(value: object, day: date | None) -> None:
    """The day before or after, if the zone makes it so; else it is not told."""
    assert read_utc_day(value) == day


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("2024-10-31-a", date(2024, 10, 31)),
        ("notes/2024-10-31", date(2024, 10, 31)),
        ("2024-10-31 Meeting", date(2024, 10, 31)),
        ("2024_10_31_a", date(2024, 10, 31)),
        ("2013-9-5-a", date(2013, 9, 5)),
        ("2024/10/31/a", date(2024, 10, 31)),
        ("2024-13-31/2024-10-31-a", date(2024, 10, 31)),
        ("a-2024-10-31", None),
        ("12024-10-31-a", None),
        ("2024-10-311", None),
        ("2024/10-31", None),
        ("2024/10/a", None),
    ],
)
def test_a_path_may_hold_a_day(path: str, day: date | None) -> None:
    """At the beginning of a name, or in folders."""
    assert day_in(path) == day
