//! When a digest is due: civil time in its own zone, day by day.
//!
//! A run is identified by its civil day, not by an instant, so a clock change never duplicates it.
//! A time that a clock change skips is moved to the first minute that exists; a time that occurs
//! twice means its first occurrence.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::AmbiguousOffset;
use jiff::{Timestamp, ToSpan};

use super::{DigestId, Plan};

/// The time of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// The civil day in the zone of the digest.
    pub day: Date,
    /// Seconds since 1970.
    pub due: i64,
}

/// How many days are searched for the next run: each weekday occurs within a week, and some zones
/// have skipped a day.
const SEARCH_DAYS: i64 = 16;

/// Runs that were missed longer ago are ignored.
const LOOK_BACK_SECONDS: i64 = 366 * 24 * 60 * 60;

/// Runs due in the same minute are spread over this many seconds, to stay within Discord's rate
/// limits.
const SPREAD_SECONDS: i64 = 55;

impl DigestId {
    /// The time at which a run starts: each digest has a fixed second of the minute.
    pub fn starts_at(self, slot: Slot) -> i64 {
        slot.due + self.number() % SPREAD_SECONDS
    }
}

impl Plan {
    /// The first run after an instant.
    pub fn next_after(&self, instant: i64) -> Option<Slot> {
        let from = self.day_of(instant).checked_sub(1.day()).ok()?;
        (0..SEARCH_DAYS)
            .filter_map(|days| self.slot_on(from.checked_add(days.days()).ok()?))
            .find(|slot| slot.due > instant)
    }

    /// The civil day of an instant in the plan's zone.
    pub fn day_of(&self, instant: i64) -> Date {
        let instant = Timestamp::from_second(instant).unwrap_or_default();
        instant.to_zoned_datetime(self.zone.tz()).date()
    }

    pub fn next_runs(&self, instant: i64, count: usize) -> Vec<Slot> {
        let first = self.next_after(instant);
        let runs = std::iter::successors(first, |slot| self.next_after(slot.due));
        runs.take(count).collect()
    }

    /// The run of a day, if it has one.
    pub fn slot_on(&self, day: Date) -> Option<Slot> {
        let weekday = day.weekday().to_monday_zero_offset();
        if !self.days.contains(weekday) {
            return None;
        }
        let (hour, minute) = self.at.hour_and_minute();
        let time = Time::new(hour, minute, 0, 0).ok()?;
        let due = self.instant(day.to_datetime(time))?;
        // A zone that moves across the date line skips a whole day.
        (self.day_of(due) == day).then_some(Slot { day, due })
    }

    /// The runs that became due from `first` until now, and the next run after that.
    pub fn due_since(&self, first: Slot, now: i64) -> (Vec<Slot>, Option<Slot>) {
        let first = match first.due < now - LOOK_BACK_SECONDS {
            true => self.next_after(now - LOOK_BACK_SECONDS),
            false => Some(first),
        };
        let mut due = Vec::new();
        let mut next = first;
        while let Some(slot) = next.filter(|slot| slot.due <= now) {
            next = self.next_after(slot.due);
            due.push(slot);
        }
        (due, next)
    }

    /// The ledger key of a run: its civil time and zone, such as `2026-11-25T09:00[Europe/Kyiv]`.
    pub fn key(&self, slot: Slot) -> String {
        format!("{}T{}[{}]", slot.day, self.at, self.zone)
    }

    /// The run with a key, if its day has one.
    pub fn slot_of_key(&self, key: &str) -> Option<Slot> {
        let day = key.split('T').next()?.parse().ok()?;
        self.slot_on(day)
    }

    fn instant(&self, civil: DateTime) -> Option<i64> {
        let tz = self.zone.tz();
        let ambiguous = tz.to_ambiguous_timestamp(civil);
        let at = |offset: jiff::tz::Offset| offset.to_timestamp(civil).ok();
        match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { offset } => Some(at(offset)?.as_second()),
            AmbiguousOffset::Fold { before, .. } => Some(at(before)?.as_second()),
            AmbiguousOffset::Gap { before, after } => {
                // The time falls into the gap of a forward clock change.
                let (early, late) = (at(after)?, at(before)?);
                let past_it = late.checked_add(1.second()).ok()?;
                let change = tz.preceding(past_it).next()?.timestamp();
                let change = if change > early { change } else { late };
                // Past transitions are not always at a full minute, so this rounds up.
                Some((change.as_second() + 59).div_euclid(60) * 60)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{Content, Days, Zone};
    use crate::guild::ChannelId;
    use proptest::prelude::*;

    fn plan(zone: &str, at: &str, days: &str) -> Plan {
        Plan {
            channel: ChannelId::new(1),
            at: at.parse().expect("a time"),
            zone: Zone::from_name(zone).expect("a zone"),
            days: days.parse().expect("days"),
            content: Content::Order,
            role: None,
            publish: false,
        }
    }

    fn utc(text: &str) -> i64 {
        text.parse::<Timestamp>().expect("an instant").as_second()
    }

    #[test]
    fn a_skipped_time_moves_to_the_next_minute_and_a_repeated_one_counts_once() {
        for (zone, at, day, due) in [
            ("Europe/Kyiv", "03:30", "2027-03-28", "2027-03-28T01:00:00Z"),
            ("Europe/Kyiv", "03:00", "2027-03-28", "2027-03-28T01:00:00Z"),
            ("Europe/Kyiv", "02:59", "2027-03-28", "2027-03-28T00:59:00Z"),
            ("Europe/Kyiv", "04:00", "2027-03-28", "2027-03-28T01:00:00Z"),
            ("Europe/Kyiv", "03:30", "2027-10-31", "2027-10-31T00:30:00Z"),
            ("Europe/Kyiv", "09:00", "2027-07-01", "2027-07-01T06:00:00Z"),
            ("America/New_York", "02:30", "2027-03-14", "2027-03-14T07:00:00Z"),
            ("America/New_York", "01:30", "2027-11-07", "2027-11-07T05:30:00Z"),
            ("Australia/Lord_Howe", "02:15", "2027-10-03", "2027-10-02T15:30:00Z"),
            ("Australia/Lord_Howe", "01:45", "2027-04-04", "2027-04-03T14:45:00Z"),
            ("Antarctica/Troll", "02:30", "2027-03-28", "2027-03-28T01:00:00Z"),
            ("Antarctica/Troll", "01:30", "2027-10-31", "2027-10-30T23:30:00Z"),
            ("UTC", "00:00", "2028-02-29", "2028-02-29T00:00:00Z"),
        ] {
            let slot = plan(zone, at, "daily").slot_on(day.parse().expect("a day"));
            let found =
                slot.map(|slot| Timestamp::from_second(slot.due).expect("an instant").to_string());
            assert_eq!(found.as_deref(), Some(due), "{zone} {at} {day}");
        }
    }

    #[test]
    fn a_day_that_a_zone_skipped_has_no_run() {
        let plan = plan("Pacific/Apia", "12:00", "daily");
        assert_eq!(plan.slot_on("2011-12-30".parse().expect("a day")), None);
        let runs = plan.next_runs(utc("2011-12-29T00:00:00Z"), 2);
        let days: Vec<String> = runs.iter().map(|slot| slot.day.to_string()).collect();
        assert_eq!(days, ["2011-12-29", "2011-12-31"]);
    }

    #[test]
    fn only_the_planned_weekdays_have_runs() {
        let runs =
            plan("Europe/Kyiv", "09:00", "mon,wed").next_runs(utc("2026-11-24T23:00:00Z"), 3);
        let days: Vec<String> = runs.iter().map(|slot| slot.day.to_string()).collect();
        assert_eq!(days, ["2026-11-25", "2026-11-30", "2026-12-02"]);
    }

    fn runs_of_a_year(zone: &Zone, minutes: i64, year: i16) -> Result<(), TestCaseError> {
        let plan = Plan {
            at: crate::digest::TimeOfDay::from_minutes(minutes).expect("a time"),
            zone: zone.clone(),
            days: Days::DAILY,
            ..plan("UTC", "00:00", "daily")
        };
        let (hour, minute) = plan.at.hour_and_minute();
        let mut day = Date::new(year, 1, 1).expect("a day");
        let mut last = plan
            .slot_on(day.checked_sub(1.day()).expect("a day"))
            .map_or(i64::MIN, |slot| slot.due);
        for _ in 0..366 {
            if let Some(slot) = plan.slot_on(day) {
                prop_assert!(slot.due > last, "{zone} {day}: the runs are in order");
                // `next_after` is exclusive: a second before the run returns it, the run's own
                // instant does not.
                prop_assert_eq!(plan.next_after(slot.due - 1), Some(slot));
                prop_assert!(plan.next_after(slot.due).is_some_and(|next| next.day > day));
                let shown = Timestamp::from_second(slot.due)
                    .expect("an instant")
                    .to_zoned_datetime(zone.tz());
                let wanted = i64::from(hour) * 60 + i64::from(minute);
                let shown_minutes = i64::from(shown.hour()) * 60 + i64::from(shown.minute());
                prop_assert_eq!(shown.date(), day);
                // A run is at its planned minute, or later where a clock change skips that minute.
                prop_assert!(shown_minutes >= wanted, "{zone} {day}: {shown}");
                if shown_minutes > wanted {
                    let before = Timestamp::from_second(slot.due - 60)
                        .expect("an instant")
                        .to_zoned_datetime(zone.tz());
                    let before_minutes = i64::from(before.hour()) * 60 + i64::from(before.minute());
                    let is_first = before.date() < day || before_minutes < wanted;
                    prop_assert!(
                        is_first,
                        "{zone} {day}: the minute before, {before}, would have done"
                    );
                }
                last = slot.due;
            }
            day = day.tomorrow().expect("a day");
        }
        Ok(())
    }

    /// 02:30, the time that most clock changes skip or repeat.
    #[test]
    fn every_zone_has_a_run_on_every_day_of_ten_years() {
        for name in Zone::names() {
            let zone = Zone::from_name(&name).expect("a zone");
            for year in 2026..2036 {
                runs_of_a_year(&zone, 2 * 60 + 30, year).expect("runs");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn every_existing_day_has_one_run(zone in 0..10_000_usize, minutes in 0..24 * 60_i64, year in 2026..2037_i16) {
            let names = Zone::names();
            let zone = Zone::from_name(&names[zone % names.len()]).expect("a zone");
            runs_of_a_year(&zone, minutes, year)?;
        }
    }

    #[test]
    fn runs_due_during_downtime_are_found_and_none_after_the_clock_is_set_back() {
        let plan = plan("Europe/Kyiv", "09:00", "daily");
        let first = plan.next_after(utc("2026-11-20T00:00:00Z")).expect("a run");
        let due = |now: &str| {
            let (due, next) = plan.due_since(first, utc(now));
            let days: Vec<String> = due.iter().map(|slot| slot.day.to_string()).collect();
            (days, next.expect("a next run").day.to_string())
        };
        let day = |day: u8| format!("2026-11-{day}");
        // Three days of downtime.
        assert_eq!(due("2026-11-23T12:00:00Z"), ([20, 21, 22, 23].map(day).to_vec(), day(24)));
        assert_eq!(due("2026-11-20T07:00:00Z"), (vec![day(20)], day(21)));
        assert_eq!(due("2026-11-20T06:00:00Z"), (vec![], day(20)));
        let (due, next) = plan.due_since(first, utc("2036-11-20T12:00:00Z"));
        assert!((360..370).contains(&due.len()), "{}", due.len());
        assert_eq!(next.map(|slot| slot.day.to_string()).as_deref(), Some("2036-11-21"));
    }

    #[test]
    fn a_key_round_trips_to_its_run() {
        let plan = plan("America/Argentina/ComodRivadavia", "09:05", "daily");
        let slot = plan.next_after(utc("2026-11-20T00:00:00Z")).expect("a run");
        let key = plan.key(slot);
        assert_eq!(key, "2026-11-20T09:05[America/Argentina/ComodRivadavia]");
        assert_eq!(plan.slot_of_key(&key), Some(slot));
        assert_eq!(plan.slot_of_key("now:7"), None);
    }
}
