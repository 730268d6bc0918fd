//! Time zones, by what people call them: a name of the [IANA database](https://www.iana.org/time-zones), a city, an abbreviation, or
//! how far they are from UTC.

use std::fmt;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A time zone of the database.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone {
    name: String,
    tz: TimeZone,
}

/// How well a zone fits a text: the lower, the better.
type Rank = u8;

/// What people type that is no name of the database: abbreviations, which several zones share, and cities that have none of their own.
const KNOWN_AS: &[(&str, &[&str])] = &[
    ("est", &["America/New_York", "America/Toronto"]),
    ("edt", &["America/New_York", "America/Toronto"]),
    ("et", &["America/New_York", "America/Toronto"]),
    ("cst", &["America/Chicago", "America/Mexico_City", "Asia/Shanghai"]),
    ("cdt", &["America/Chicago"]),
    ("mst", &["America/Denver", "America/Phoenix"]),
    ("mdt", &["America/Denver"]),
    ("pst", &["America/Los_Angeles", "America/Vancouver"]),
    ("pdt", &["America/Los_Angeles", "America/Vancouver"]),
    ("pt", &["America/Los_Angeles", "America/Vancouver"]),
    ("eastern", &["America/New_York", "America/Toronto"]),
    ("eastern time", &["America/New_York", "America/Toronto"]),
    ("central", &["America/Chicago"]),
    ("central time", &["America/Chicago"]),
    ("mountain", &["America/Denver"]),
    ("mountain time", &["America/Denver"]),
    ("pacific", &["America/Los_Angeles", "America/Vancouver"]),
    ("pacific time", &["America/Los_Angeles", "America/Vancouver"]),
    ("akst", &["America/Anchorage"]),
    ("hst", &["Pacific/Honolulu"]),
    ("gmt", &["UTC", "Europe/London"]),
    ("utc", &["UTC"]),
    ("zulu", &["UTC"]),
    ("bst", &["Europe/London"]),
    ("wet", &["Europe/Lisbon"]),
    ("west", &["Europe/Lisbon"]),
    ("cet", &["Europe/Berlin", "Europe/Paris", "Europe/Warsaw", "Europe/Madrid", "Europe/Rome"]),
    ("cest", &["Europe/Berlin", "Europe/Paris", "Europe/Warsaw", "Europe/Madrid", "Europe/Rome"]),
    ("eet", &["Europe/Kyiv", "Europe/Helsinki", "Europe/Athens", "Europe/Bucharest"]),
    ("eest", &["Europe/Kyiv", "Europe/Helsinki", "Europe/Athens", "Europe/Bucharest"]),
    ("msk", &["Europe/Moscow"]),
    ("trt", &["Europe/Istanbul"]),
    ("ist", &["Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"]),
    ("pkt", &["Asia/Karachi"]),
    ("hkt", &["Asia/Hong_Kong"]),
    ("sgt", &["Asia/Singapore"]),
    ("jst", &["Asia/Tokyo"]),
    ("kst", &["Asia/Seoul"]),
    ("aest", &["Australia/Sydney", "Australia/Brisbane"]),
    ("aedt", &["Australia/Sydney"]),
    ("acst", &["Australia/Adelaide", "Australia/Darwin"]),
    ("awst", &["Australia/Perth"]),
    ("nzst", &["Pacific/Auckland"]),
    ("nzdt", &["Pacific/Auckland"]),
    ("brt", &["America/Sao_Paulo"]),
    ("kiev", &["Europe/Kyiv"]),
    ("київ", &["Europe/Kyiv"]),
    ("киев", &["Europe/Kyiv"]),
    ("lviv", &["Europe/Kyiv"]),
    ("odesa", &["Europe/Kyiv"]),
    ("odessa", &["Europe/Kyiv"]),
    ("kharkiv", &["Europe/Kyiv"]),
    ("dnipro", &["Europe/Kyiv"]),
    ("ukraine", &["Europe/Kyiv"]),
    ("україна", &["Europe/Kyiv"]),
    ("москва", &["Europe/Moscow"]),
    ("st petersburg", &["Europe/Moscow"]),
    ("washington", &["America/New_York"]),
    ("boston", &["America/New_York"]),
    ("nyc", &["America/New_York"]),
    ("miami", &["America/New_York"]),
    ("atlanta", &["America/New_York"]),
    ("houston", &["America/Chicago"]),
    ("dallas", &["America/Chicago"]),
    ("san francisco", &["America/Los_Angeles"]),
    ("seattle", &["America/Los_Angeles"]),
    ("montreal", &["America/Toronto"]),
    ("ottawa", &["America/Toronto"]),
    ("rio de janeiro", &["America/Sao_Paulo"]),
    ("munich", &["Europe/Berlin"]),
    ("hamburg", &["Europe/Berlin"]),
    ("frankfurt", &["Europe/Berlin"]),
    ("germany", &["Europe/Berlin"]),
    ("poland", &["Europe/Warsaw"]),
    ("krakow", &["Europe/Warsaw"]),
    ("france", &["Europe/Paris"]),
    ("uk", &["Europe/London"]),
    ("england", &["Europe/London"]),
    ("scotland", &["Europe/London"]),
    ("milan", &["Europe/Rome"]),
    ("italy", &["Europe/Rome"]),
    ("barcelona", &["Europe/Madrid"]),
    ("spain", &["Europe/Madrid"]),
    ("geneva", &["Europe/Zurich"]),
    ("the hague", &["Europe/Amsterdam"]),
    ("ankara", &["Europe/Istanbul"]),
    ("tel aviv", &["Asia/Jerusalem"]),
    ("beijing", &["Asia/Shanghai"]),
    ("china", &["Asia/Shanghai"]),
    ("japan", &["Asia/Tokyo"]),
    ("saigon", &["Asia/Ho_Chi_Minh"]),
    ("calcutta", &["Asia/Kolkata"]),
    ("india", &["Asia/Kolkata"]),
    ("delhi", &["Asia/Kolkata"]),
    ("new delhi", &["Asia/Kolkata"]),
    ("mumbai", &["Asia/Kolkata"]),
    ("canberra", &["Australia/Sydney"]),
    ("wellington", &["Pacific/Auckland"]),
];

/// Zones that stand for how far they are from UTC, of which others than these are many.
const OF_AN_OFFSET: &[&str] = &[
    "UTC",
    "Europe/London",
    "Europe/Lisbon",
    "Europe/Berlin",
    "Europe/Paris",
    "Europe/Warsaw",
    "Europe/Madrid",
    "Europe/Kyiv",
    "Europe/Helsinki",
    "Europe/Athens",
    "Europe/Istanbul",
    "Europe/Moscow",
    "Asia/Dubai",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Dhaka",
    "Asia/Bangkok",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Asia/Seoul",
    "Australia/Sydney",
    "Pacific/Auckland",
    "America/Halifax",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Sao_Paulo",
    "Africa/Lagos",
    "Africa/Johannesburg",
    "Africa/Nairobi",
];

/// The regions of the database whose names are meant for people. The rest is kept for old programs.
const REGIONS: &[&str] = &[
    "Africa/",
    "America/",
    "Antarctica/",
    "Arctic/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
];

/// Names within them that have been replaced, and are kept for old programs too.
const REPLACED: &[&str] = &[
    "Europe/Kiev",
    "Europe/Uzhgorod",
    "Europe/Zaporozhye",
    "Asia/Calcutta",
    "Asia/Saigon",
    "Asia/Katmandu",
    "Asia/Rangoon",
    "Asia/Dacca",
    "Asia/Macao",
    "Asia/Thimbu",
    "Asia/Ujung_Pandang",
    "Asia/Ulan_Bator",
    "Asia/Istanbul",
    "Asia/Tel_Aviv",
    "Asia/Chongqing",
    "Asia/Chungking",
    "Asia/Harbin",
    "Asia/Kashgar",
    "Asia/Ashkhabad",
    "Europe/Belfast",
    "Europe/Tiraspol",
    "Europe/Nicosia",
    "America/Buenos_Aires",
    "America/Catamarca",
    "America/Cordoba",
    "America/Jujuy",
    "America/Mendoza",
    "America/Rosario",
    "America/Indianapolis",
    "America/Fort_Wayne",
    "America/Louisville",
    "America/Knox_IN",
    "America/Atka",
    "America/Ensenada",
    "America/Godthab",
    "America/Montreal",
    "America/Porto_Acre",
    "America/Shiprock",
    "America/Virgin",
    "America/Santa_Isabel",
    "America/Thunder_Bay",
    "America/Nipigon",
    "America/Rainy_River",
    "America/Pangnirtung",
    "America/Yellowknife",
    "Africa/Asmera",
    "Africa/Timbuktu",
    "Atlantic/Faeroe",
    "Atlantic/Jan_Mayen",
    "Australia/ACT",
    "Australia/Canberra",
    "Australia/LHI",
    "Australia/NSW",
    "Australia/North",
    "Australia/Queensland",
    "Australia/South",
    "Australia/Tasmania",
    "Australia/Victoria",
    "Australia/West",
    "Australia/Yancowinna",
    "Australia/Currie",
    "Pacific/Samoa",
    "Pacific/Yap",
    "Pacific/Truk",
    "Pacific/Ponape",
    "Pacific/Johnston",
    "Pacific/Enderbury",
    "Antarctica/South_Pole",
];

/// The zones that are offered, sorted.
static OFFERED: LazyLock<Vec<String>> = LazyLock::new(|| {
    let is_offered = |name: &String| {
        let is_of_region = REGIONS.iter().any(|region| name.starts_with(region));
        name == "UTC" || is_of_region && !REPLACED.contains(&name.as_str())
    };
    Zone::names().into_iter().filter(is_offered).collect()
});

impl Zone {
    /// The zone of a name of the database, however its letters are written.
    pub fn from_name(name: &str) -> Option<Self> {
        // The library reads other things too, such as a fixed offset, or a rule.
        let is_name =
            name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte));
        let tz = is_name.then(|| TimeZone::get(name).ok()).flatten()?;
        let name = tz.iana_name()?.to_owned();
        Some(Self { name, tz })
    }

    /// All names of the database.
    pub fn names() -> Vec<String> {
        let mut names: Vec<String> =
            jiff::tz::db().available().map(|name| name.to_string()).collect();
        // A library's own word for what it does not know.
        names.retain(|name| Self::from_name(name).is_some() && name != "Etc/Unknown");
        names.sort_unstable();
        names
    }

    /// The zones that a text may mean, best first.
    pub fn find(text: &str, now: i64, limit: usize) -> Vec<Self> {
        let typed = text;
        let text = folded(text);
        let zones = |names: &[&str]| {
            names.iter().filter_map(|name| Self::from_name(name)).collect::<Vec<_>>()
        };
        if text.is_empty() {
            let mut all = zones(OF_AN_OFFSET);
            all.truncate(limit);
            return all;
        }
        let exact = Self::exactly(typed).map(|zone| (0, zone));
        let mut found: Vec<(Rank, Self)> = exact.into_iter().collect();
        let known = KNOWN_AS.iter().map(|(name, meant)| (folded(name), meant));
        for (name, meant) in known.filter(|(name, _)| name.starts_with(&text)) {
            let rank = if name == text { 0 } else { 3 };
            found.extend(zones(meant).into_iter().map(|zone| (rank, zone)));
        }
        if let Some(offset) = offset(&text) {
            let common = zones(OF_AN_OFFSET).into_iter().map(|zone| (1, zone));
            let others =
                OFFERED.iter().filter_map(|name| Self::from_name(name)).map(|zone| (4, zone));
            found.extend(common.chain(others).filter(|(_, zone)| zone.offset_s(now) == offset));
        }
        let named =
            OFFERED.iter().filter_map(|name| Some((rank(name, &text)?, Self::from_name(name)?)));
        found.extend(named);
        found.sort_by_key(|(rank, _)| *rank);
        let mut best: Vec<Self> = Vec::new();
        for (_, zone) in found {
            if best.len() < limit && !best.contains(&zone) {
                best.push(zone);
            }
        }
        best
    }

    /// The zone that a text means: what stands for one alone, or fits best of all. `Err` has those that it may mean.
    ///
    /// # Errors
    ///
    /// The zones that it may mean, if it is not clear; none, if it means none.
    pub fn meant(text: &str, now: i64) -> Result<Self, Vec<Self>> {
        if let Some(zone) = Self::exactly(text) {
            return Ok(zone);
        }
        let folded = folded(text);
        let is_known = |name: &str| self::folded(name) == folded;
        if let Some((_, [first, ..])) = KNOWN_AS.iter().find(|(name, _)| is_known(name)) {
            return Self::from_name(first).ok_or_else(Vec::new);
        }
        let mut found = Self::find(text, now, 10);
        let is_city = found.first().is_some_and(|zone| rank(&zone.name, &folded) == Some(0));
        match found.len() {
            1 => Ok(found.remove(0)),
            _ if is_city => Ok(found.remove(0)),
            _ => Err(found),
        }
    }

    /// The zone that a text is the name of. An abbreviation is a zone of its own in the database, without summer time; people mean
    /// the one with it.
    fn exactly(text: &str) -> Option<Self> {
        let zone = Self::from_name(without_label(text))?;
        (zone.name.contains('/') || zone.name == "UTC").then_some(zone)
    }

    /// Its name in the database.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// It as the library knows it.
    pub(super) fn tz(&self) -> TimeZone {
        self.tz.clone()
    }

    /// The local time and how far that is from UTC, as in `14:05, UTC+2`.
    pub fn local_time(&self, now: i64) -> String {
        let Ok(now) = Timestamp::from_second(now) else {
            return String::new();
        };
        let zoned = now.to_zoned_datetime(self.tz());
        format!("{:02}:{:02}, UTC{}", zoned.hour(), zoned.minute(), shown(zoned.offset()))
    }

    fn offset_s(&self, now: i64) -> i32 {
        Timestamp::from_second(now).map_or(0, |now| self.tz.to_offset(now).seconds())
    }
}

/// How far from UTC: nothing for UTC itself, `+2`, `-3:30`.
fn shown(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (0, 0) => String::new(),
        (hours, 0) => format!("{sign}{hours}"),
        (hours, minutes) => format!("{sign}{hours}:{minutes:02}"),
    }
}

/// The seconds that `+02:00`, `utc+2`, `gmt - 3:30`, `+0200` or `+5` are from UTC.
fn offset(text: &str) -> Option<i32> {
    let text = text.replace(' ', "");
    let text = text.trim_start_matches("utc").trim_start_matches("gmt");
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let are_digits = rest.len() == 4 && rest.bytes().all(|byte| byte.is_ascii_digit());
    let (hours, minutes) = match rest.split_once(':') {
        Some(both) => both,
        None if are_digits => rest.split_at(2),
        None => (rest, "0"),
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..=14).contains(&hours) && (0..60).contains(&minutes))
        .then(|| sign * (hours * 3_600 + minutes * 60))
}

/// A text in small letters without accents, with spaces where names have underscores.
fn folded(text: &str) -> String {
    let letters = without_label(text).nfd();
    let plain = letters.filter(|letter| !is_combining_mark(*letter));
    let small = plain.collect::<String>().to_lowercase().replace('_', " ");
    // A minus that is none is what phones write.
    small.replace(['−', '–'], "-")
}

/// The name in the label of a choice, which clients may send in its place, or in what is written as `Kyiv, Ukraine`.
fn without_label(text: &str) -> &str {
    let name = text.split([',', '·']).next().unwrap_or(text);
    name.trim()
}

/// How well a name fits a folded text: its city, its beginning, the beginning of its city, or a part of it.
fn rank(name: &str, text: &str) -> Option<Rank> {
    let name = folded(name);
    let city = name.rsplit('/').next().unwrap_or(&name);
    let words = |text: &str| text.replace(['/', '-'], " ");
    match () {
        () if words(city) == words(text) || words(&name) == words(text) => Some(0),
        () if city.starts_with(text) => Some(2),
        () if name.starts_with(text) => Some(2),
        () if city.split([' ', '-']).any(|word| word.starts_with(text)) => Some(3),
        () if text.len() >= 3 && name.contains(text) => Some(5),
        () => None,
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In winter: 24 November 2026.
    const NOW: i64 = 1_795_564_800;

    fn found(text: &str) -> Vec<String> {
        Zone::find(text, NOW, 25).iter().map(Zone::to_string).collect()
    }

    #[test]
    fn zones_are_found_by_what_people_type() {
        for (text, first) in [
            ("kyiv", "Europe/Kyiv"),
            ("Kiev", "Europe/Kyiv"),
            ("Київ", "Europe/Kyiv"),
            ("EST", "America/New_York"),
            ("pst", "America/Los_Angeles"),
            ("+02:00", "Europe/Kyiv"),
            ("UTC+2", "Europe/Kyiv"),
            ("gmt-5", "America/New_York"),
            ("+5:30", "Asia/Kolkata"),
            ("new york", "America/New_York"),
            ("New_York", "America/New_York"),
            ("america/new", "America/New_York"),
            ("tok", "Asia/Tokyo"),
            ("lord howe", "Australia/Lord_Howe"),
            ("troll", "Antarctica/Troll"),
            ("utc", "UTC"),
            ("US/Eastern", "US/Eastern"),
            ("eastern time", "America/New_York"),
            ("Pacific", "America/Los_Angeles"),
            ("+0200", "Europe/Kyiv"),
            ("UTC + 2", "Europe/Kyiv"),
            ("Zürich", "Europe/Zurich"),
            ("São Paulo", "America/Sao_Paulo"),
            ("new-york", "America/New_York"),
            ("Europe Kyiv", "Europe/Kyiv"),
            ("Kyiv, Ukraine", "Europe/Kyiv"),
            ("port au prince", "America/Port-au-Prince"),
            ("Calcutta", "Asia/Kolkata"),
            ("Europe/Kyiv · 02:00, UTC+2", "Europe/Kyiv"),
        ] {
            assert_eq!(found(text).first().map(String::as_str), Some(first), "{text}");
        }
        let europe = found("Europe/");
        assert!(
            europe.len() == 25 && europe.iter().all(|name| name.starts_with("Europe/")),
            "{europe:?}"
        );
        assert!(!europe.contains(&"Europe/Kiev".to_owned()));
        assert!(found("").len() > 20);
        assert!(found("nowhere at all").is_empty());
        assert!(found("+99").is_empty());
    }

    #[test]
    fn a_text_means_one_zone_or_says_which_it_may_mean() {
        for (text, meant) in [
            ("Europe/Kyiv", Ok("Europe/Kyiv")),
            ("europe/kyiv", Ok("Europe/Kyiv")),
            ("kyiv", Ok("Europe/Kyiv")),
            ("EST", Ok("America/New_York")),
            ("UTC", Ok("UTC")),
            ("berlin", Ok("Europe/Berlin")),
            ("Europe/Kyiv · 02:00, UTC+2", Ok("Europe/Kyiv")),
            ("zürich", Ok("Europe/Zurich")),
            ("+02:00", Err(true)),
            ("Europe/", Err(true)),
            ("Mars/Olympus", Err(false)),
            ("../../etc/passwd", Err(false)),
            ("EST5EDT,M3.2.0,M11.1.0", Err(false)),
        ] {
            match (Zone::meant(text, NOW), meant) {
                (Ok(zone), Ok(name)) => assert_eq!(zone.name(), name, "{text}"),
                (Err(some), Err(are_some)) => assert_eq!(!some.is_empty(), are_some, "{text}"),
                (meant, _) => panic!("{text}: {meant:?}"),
            }
        }
    }

    #[test]
    fn the_local_time_says_how_far_it_is_from_utc() {
        for (name, shown) in [
            ("UTC", "00:00, UTC"),
            ("Europe/Kyiv", "02:00, UTC+2"),
            ("America/St_Johns", "20:30, UTC-3:30"),
        ] {
            assert_eq!(Zone::from_name(name).expect("a zone").local_time(NOW), shown);
        }
    }

    #[test]
    fn every_zone_that_is_offered_or_meant_is_in_the_database() {
        let meant = KNOWN_AS.iter().flat_map(|(_, names)| names.iter());
        for name in meant.chain(OF_AN_OFFSET) {
            assert!(Zone::from_name(name).is_some_and(|zone| zone.name() == *name), "{name}");
        }
        assert!(OFFERED.len() > 300, "{}", OFFERED.len());
    }
}
