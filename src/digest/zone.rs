//! Time zones of the [IANA database](https://www.iana.org/time-zones).

use std::fmt;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

mod find;
mod names;

/// How many changes of the clock are compared: those of five years.
const COMPARED_CHANGES: usize = 10;

/// A time zone of the IANA database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// Looks up a zone by its name, ignoring case.
    pub fn from_name(name: &str) -> Option<Self> {
        // jiff also parses fixed offsets and POSIX rules.
        let is_name =
            name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte));
        let tz = is_name.then(|| TimeZone::get(name).ok()).flatten();
        tz.filter(|tz| tz.iana_name().is_some()).map(Self)
    }

    /// All zone names of the database.
    pub fn names() -> Vec<String> {
        let mut names: Vec<String> =
            jiff::tz::db().available().map(|name| name.to_string()).collect();
        // `Etc/Unknown` is jiff's placeholder, not a zone.
        names.retain(|name| Self::from_name(name).is_some() && name != "Etc/Unknown");
        names.sort_unstable();
        names
    }

    pub fn name(&self) -> &str {
        self.0.iana_name().expect("a zone of the database")
    }

    pub(super) fn tz(&self) -> TimeZone {
        self.0.clone()
    }

    /// The local time and the UTC offset, as in `14:05, UTC+2`.
    pub fn local_time(&self, now: i64) -> String {
        let Ok(now) = Timestamp::from_second(now) else {
            return String::new();
        };
        let zoned = now.to_zoned_datetime(self.tz());
        format!("{:02}:{:02}, UTC{}", zoned.hour(), zoned.minute(), format_offset(zoned.offset()))
    }

    /// Whether both zones show the same time from now on, as two names of one zone do.
    pub fn agrees_with(&self, other: &Self, now: i64) -> bool {
        let changes = |zone: &Self| -> Option<Vec<(Timestamp, Offset)>> {
            let changes = zone.0.following(Timestamp::from_second(now).ok()?);
            let changes = changes.map(|change| (change.timestamp(), change.offset()));
            Some(changes.take(COMPARED_CHANGES).collect())
        };
        self.offset_at(now) == other.offset_at(now) && changes(self) == changes(other)
    }

    /// The UTC offset in seconds.
    fn offset_at(&self, now: i64) -> i32 {
        Timestamp::from_second(now).map_or(0, |now| self.0.to_offset(now).seconds())
    }
}

/// Formats an offset as `+2` or `-3:30`; empty for UTC.
fn format_offset(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (0, 0) => String::new(),
        (hours, 0) => format!("{sign}{hours}"),
        (hours, minutes) => format!("{sign}{hours}:{minutes:02}"),
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Zone;

    #[test]
    fn names_of_one_zone_agree() {
        for (one, other, do_agree) in [
            ("Europe/Kyiv", "Europe/Kiev", true),
            ("Europe/Kyiv", "Europe/Zaporozhye", true),
            ("UTC", "Etc/UTC", true),
            ("America/New_York", "US/Eastern", true),
            ("Europe/Kyiv", "Africa/Cairo", false),
            ("America/Denver", "America/Phoenix", false),
            ("Europe/Kyiv", "Europe/Berlin", false),
        ] {
            let zone = |name| Zone::from_name(name).expect("a zone");
            let agree = zone(one).agrees_with(&zone(other), 1_795_564_800);
            assert_eq!(agree, do_agree, "{one} and {other}");
        }
    }

    #[test]
    fn the_local_time_shows_its_utc_offset() {
        for (name, shown) in [
            ("UTC", "00:00, UTC"),
            ("Europe/Kyiv", "02:00, UTC+2"),
            ("America/St_Johns", "20:30, UTC-3:30"),
        ] {
            let winter = 1_795_564_800;
            assert_eq!(Zone::from_name(name).expect("a zone").local_time(winter), shown);
        }
    }
}
