//! The clock of the day.

/// The present instant, in seconds since 1970. The clock may be set at will, so nothing is measured by it.
pub fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// The present day, in UTC.
pub fn today() -> jiff::civil::Date {
    jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date()
}
