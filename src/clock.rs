//! The clock of the day.

/// The present instant, in seconds since 1970. The clock can jump, so durations are never measured with it.
pub fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// The present day, in UTC.
pub fn today() -> jiff::civil::Date {
    jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date()
}
