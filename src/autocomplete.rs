//! Autocomplete: choices for the focused option, best first.

use crate::catalog::{Catalog, Item};
use crate::command::read_period;
use crate::commands;
use crate::content::{Kind, PartialDate};
use crate::digest;
use crate::digest::{Days, Digest, Zone};
use crate::discord::wire::Choice;
use crate::request::{OptionKind, Request};
use crate::search::{CHOICES_MAX, Hit, MatchKind, Resolution, label};

/// Returns at most 25 choices for the option `name`.
///
/// `request` has all options as typed so far. Invalid values are ignored, as autocomplete cannot
/// show an error. `now` is in seconds since 1970, for time zones.
pub fn choices(catalog: &Catalog, request: &Request, name: &str, now: i64) -> Vec<Choice> {
    let command = commands::find(&request.command);
    let option = command.and_then(|command| command.option(name));
    let typed = request.option(name).unwrap_or_default();
    let article = request.article(catalog).unwrap_or(None);
    match option.map(|option| option.kind) {
        Some(OptionKind::Entry(Kind::Proposal)) => proposals(catalog, article, typed),
        Some(OptionKind::Entry(Kind::Position)) => positions(catalog, article, typed),
        Some(OptionKind::Entry(kind)) => entries(catalog, kind, article, typed),
        Some(OptionKind::Proposer) => proposers(catalog, article, typed),
        Some(OptionKind::View) => matching(views(catalog, request), typed),
        Some(OptionKind::Topic) => matching(topics(catalog), typed),
        Some(OptionKind::Kind) => matching(kinds(catalog), typed),
        Some(OptionKind::Article) => matching(articles(catalog), typed),
        Some(OptionKind::Zone) => zones(typed, now),
        Some(OptionKind::Days) => days(catalog, typed),
        // Discord itself completes channels, members and fixed choices.
        _ => Vec::new(),
    }
}

/// The digests of a guild whose label contains the typed text.
pub fn digests(catalog: &Catalog, digests: &[Digest], typed: &str) -> Vec<Choice> {
    let label = |digest: &Digest| digest::text::label(catalog.locale(), digest);
    let choice = |digest: &Digest| Choice::new(label(digest), digest.id);
    matching(digests.iter().map(choice), typed)
}

/// Time zones, each with its local time.
fn zones(typed: &str, now: i64) -> Vec<Choice> {
    let choice = |zone: Zone| Choice::new(format!("{zone} · {}", zone.local_time(now)), zone);
    Zone::find(typed, now, CHOICES_MAX).into_iter().map(choice).collect()
}

/// The typed days if they can be parsed, then the usual ones, and days that begin like the last word.
fn days(catalog: &Catalog, typed: &str) -> Vec<Choice> {
    let choice = |days: Days| Choice::new(digest::text::days_text(catalog.locale(), days), days);
    let parsed: Option<Days> = typed.parse().ok();
    let usual = matching(Days::USUAL.map(choice), typed);
    let completed = Days::complete(typed).into_iter().map(choice);
    joined(parsed.map(choice).into_iter().collect(), usual.into_iter().chain(completed))
}

fn entries(catalog: &Catalog, kind: Kind, article: Option<usize>, typed: &str) -> Vec<Choice> {
    if typed.is_empty() {
        let featured = catalog.featured(kind, article).into_iter().take(CHOICES_MAX);
        return featured.map(|item| entry(catalog, item, None)).collect();
    }
    if let Some(items) = of_period(catalog, kind, article, typed) {
        return items.into_iter().map(|item| entry(catalog, item, None)).collect();
    }
    let hits = catalog.complete(typed, kind, article);
    hits.iter().map(|hit| found_entry(catalog, hit)).collect()
}

fn found_entry(catalog: &Catalog, hit: &Hit) -> Choice {
    let item = catalog.item(hit.document);
    let alias = hit.alias.and_then(|position| item.entry.aliases.get(position));
    entry(catalog, item, alias.map(String::as_str))
}

/// If a date or a period was typed, the entries of then: first those that begin in it.
fn of_period<'a>(
    catalog: &'a Catalog,
    kind: Kind,
    article: Option<usize>,
    typed: &str,
) -> Option<Vec<Item<'a>>> {
    if !matches!(kind, Kind::Event | Kind::Proposal) {
        return None;
    }
    let (from, to) = match read_period(catalog, kind, article, typed) {
        Ok(period) => period?,
        // Ambiguous and invalid dates get no suggestions.
        Err(_) => return Some(Vec::new()),
    };
    let (from, to) = (from.map(PartialDate::first_day), to.map(PartialDate::last_day));
    let overlaps = |item: &Item<'_>| item.entry.date().is_some_and(|date| date.overlaps(from, to));
    let mut items: Vec<Item<'a>> = catalog.of_kind(kind, article).filter(overlaps).collect();
    items.sort_by_key(|item| {
        item.entry.date().is_some_and(|date| Some(date.start().first_day()) < from)
    });
    items.truncate(CHOICES_MAX);
    Some(items)
}

/// Positions of the holders that the typed text names, then those by name. A position that only
/// mentions the text is somebody else's.
fn positions(catalog: &Catalog, article: Option<usize>, typed: &str) -> Vec<Choice> {
    if typed.is_empty() {
        return entries(catalog, Kind::Position, article, typed);
    }
    let named = catalog.holders_in(typed, article).into_iter();
    let named = named.map(|item| entry(catalog, item, None)).collect();
    let mut hits = catalog.complete(typed, Kind::Position, article);
    hits.retain(|hit| hit.kind != MatchKind::Text);
    joined(named, hits.iter().map(|hit| found_entry(catalog, hit)))
}

/// Proposals by name, then by date or side.
fn proposals(catalog: &Catalog, article: Option<usize>, typed: &str) -> Vec<Choice> {
    let choices = entries(catalog, Kind::Proposal, article, typed);
    if of_period(catalog, Kind::Proposal, article, typed).is_some() {
        return choices;
    }
    let choice = |item: Item<'_>| {
        let date = item.entry.date().map(|date| catalog.locale().date(date)).unwrap_or_default();
        let when_and_who = format!("{date}, {}", catalog.authors(item));
        entry(catalog, item, Some(&when_and_who))
    };
    joined(choices, matching(catalog.of_kind(Kind::Proposal, article).map(choice), typed))
}

/// The authors of proposals.
fn proposers(catalog: &Catalog, article: Option<usize>, typed: &str) -> Vec<Choice> {
    let choice = |item: Item<'_>| entry(catalog, item, None);
    if typed.is_empty() {
        return catalog.proposers(article).into_iter().take(CHOICES_MAX).map(choice).collect();
    }
    let filter = catalog.proposer_filter(article);
    let hits = catalog.search_index().complete(typed, &filter);
    hits.iter().map(|hit| choice(catalog.item(hit.document))).collect()
}

fn entry(catalog: &Catalog, item: Item<'_>, alias: Option<&str>) -> Choice {
    Choice::new(label(&item.entry.title, alias), catalog.name(item))
}

/// The views of the entry in the command's first option.
fn views(catalog: &Catalog, request: &Request) -> Vec<Choice> {
    let first = commands::find(&request.command).and_then(|command| command.options.first());
    let Some((OptionKind::Entry(kind), name)) = first.map(|option| (option.kind, option.name))
    else {
        return Vec::new();
    };
    let article = request.article(catalog).unwrap_or(None);
    let named = request.option(name).map(|typed| catalog.resolve(typed, kind, article));
    let Some(Resolution::One(hit)) = named else {
        return Vec::new();
    };
    let views = catalog.item(hit.document).entry.views.iter();
    views.map(|view| Choice::new(catalog.view_title(view), &view.slug)).collect()
}

fn topics(catalog: &Catalog) -> Vec<Choice> {
    let topics = catalog.articles().iter().flat_map(|article| &article.topics);
    let mut choices: Vec<Choice> = topics.map(|(id, name)| Choice::new(name, id)).collect();
    choices.sort_by(|a, b| a.name.cmp(&b.name));
    choices.dedup();
    choices
}

fn kinds(catalog: &Catalog) -> Vec<Choice> {
    Kind::ALL.map(|kind| Choice::new(catalog.kind_name(kind), kind.name())).into()
}

fn articles(catalog: &Catalog) -> Vec<Choice> {
    let articles = catalog.articles().iter();
    articles.map(|article| Choice::new(label(&article.title, None), &article.id)).collect()
}

/// The first choices, then those of the others that are not among them.
fn joined(mut choices: Vec<Choice>, others: impl IntoIterator<Item = Choice>) -> Vec<Choice> {
    for other in others {
        if choices.iter().all(|choice| choice.value != other.value) {
            choices.push(other);
        }
    }
    choices.truncate(CHOICES_MAX);
    choices
}

/// The choices whose name or value contains the typed text.
fn matching(choices: impl IntoIterator<Item = Choice>, typed: &str) -> Vec<Choice> {
    let typed = typed.to_lowercase();
    let is_match = |choice: &Choice| {
        choice.name.to_lowercase().contains(&typed) || choice.value.contains(&typed)
    };
    choices.into_iter().filter(is_match).take(CHOICES_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::LABEL_CHARS_MAX;

    fn offered(command: &str, options: &[(&str, &str)], name: &str) -> Vec<Choice> {
        let catalog = Catalog::bundled();
        let request = options
            .iter()
            .fold(Request::new(command), |request, (name, value)| request.with(name, value));
        choices(&catalog, &request, name, 0)
    }

    fn values(choices: &[Choice]) -> Vec<&str> {
        choices.iter().map(|choice| choice.value.as_str()).collect()
    }

    #[test]
    fn an_empty_text_offers_the_most_useful_choices() {
        let demands = offered("demand", &[], "demand");
        assert_eq!(
            values(&demands),
            ["withdrawal", "nato", "recognition", "sanctions", "neutrality"]
        );
        let events = offered("timeline", &[], "event");
        assert_eq!((events.len(), values(&events)[0]), (CHOICES_MAX, "1954-crimea-transfer"));
        assert_eq!(values(&offered("term", &[], "term"))[0], "ceasefire");
        assert_eq!(values(&offered("position", &[], "holder"))[..2], ["russia", "ukraine"]);
    }

    #[test]
    fn only_named_holders_are_offered() {
        for (typed, first) in [
            ("china", None),
            ("Ukraine on NATO", Some("ukraine")),
            ("mosc", Some("russia")),
            ("USA", Some("western-governments")),
        ] {
            let choices = offered("position", &[("holder", typed)], "holder");
            assert_eq!(values(&choices).first().copied(), first, "{typed}: {choices:?}");
        }
    }

    #[test]
    fn a_choice_shows_the_alias_that_matched() {
        let choices = offered("place", &[("place", "Zaporozh")], "place");
        assert_eq!(choices[0].value, "zaporizhzhia");
        assert!(
            choices[0].name.starts_with("Zaporizhzhia") && choices[0].name.contains("· “Zaporozh"),
            "{choices:?}"
        );
    }

    #[test]
    fn views_topics_and_kinds_are_offered_too() {
        let views = offered("demand", &[("demand", "nato"), ("view", "kyiv")], "view");
        assert_eq!(values(&views), ["kyivs-answer"]);
        assert_eq!(values(&offered("timeline", &[("topic", "united")], "topic")), ["un"]);
        assert_eq!(values(&offered("search", &[("kind", "ev")], "kind")), ["event"]);
        assert_eq!(offered("timeline", &[("from", "20")], "from"), []);
        for (typed, days) in [
            ("mon,w", &["mon,wed"][..]),
            ("mon, wed, f", &["mon,wed,fri"]),
            ("mon,t", &["mon,tue", "mon,thu"]),
            ("w", &["wed", "weekdays", "weekends"]),
            ("mon", &["mon", "weekdays"]),
            ("someday", &[]),
        ] {
            let choices = offered("config digest add", &[("days", typed)], "days");
            assert_eq!(values(&choices), days, "{typed}");
        }
        assert_eq!(
            values(&offered("demand", &[("article", "putin")], "article")),
            ["putins-terms-for-peace"]
        );
        assert_eq!(offered("nothing", &[], "x"), []);
    }

    #[test]
    fn a_proposal_is_offered_by_name_date_and_side() {
        for (typed, value) in [
            ("28 poi", "2025-11-28-points"),
            ("16 June 2024", "2024-06-summit-communique"),
            ("Swiss peace summit", "2024-06-summit-communique"),
        ] {
            let choices = offered("proposal", &[("proposal", typed)], "proposal");
            assert!(values(&choices).contains(&value), "{typed}: {choices:?}");
        }
    }

    #[test]
    fn a_date_offers_what_happened_then_and_nothing_else() {
        for (command, typed, value) in [
            ("timeline", "2014-03-18", "2014-crimea-annexation"),
            ("timeline", "18.03.2014", "2014-crimea-annexation"),
            ("timeline", "18 березня 2014", "2014-crimea-annexation"),
            ("timeline", "2022-02-24", "2022-invasion"),
            ("timeline", "24.02.2022", "2022-invasion"),
            ("timeline", "1994-12-05", "1994-budapest"),
            ("proposal", "2024-06-14", "2024-06-putin-speech"),
            ("proposal", "2025-06-02", "2025-06-memorandum-russia"),
        ] {
            let name = if command == "timeline" { "event" } else { "proposal" };
            let choices = offered(command, &[(name, typed)], name);
            assert_eq!(values(&choices).first(), Some(&value), "{typed}: {choices:?}");
        }
        assert_eq!(offered("timeline", &[("event", "2027")], "event"), []);
        assert_eq!(offered("timeline", &[("event", "31.04.2014")], "event"), []);
    }

    #[test]
    fn only_sides_with_proposals_are_offered() {
        let sides = offered("proposal", &[], "by");
        assert_eq!(values(&sides)[..2], ["russia", "ukraine"]);
        assert!(!values(&sides).contains(&"trump"));
        assert_eq!(values(&offered("proposal", &[("by", "kyiv")], "by"))[0], "ukraine");
        assert!(!values(&offered("proposal", &[("by", "trum")], "by")).contains(&"trump"));
    }

    #[test]
    fn every_choice_fits_and_leads_to_its_entry() {
        let catalog = Catalog::bundled();
        for (command, name, kind) in [
            ("demand", "demand", Kind::Demand),
            ("timeline", "event", Kind::Event),
            ("term", "term", Kind::Term),
        ] {
            for item in catalog.of_kind(kind, None) {
                for typed in item.entry.aliases.iter().chain([&item.entry.title]) {
                    let choices =
                        choices(&catalog, &Request::new(command).with(name, typed), name, 0);
                    assert!(choices.len() <= CHOICES_MAX);
                    assert!(
                        choices.iter().all(|choice| choice.name.chars().count() <= LABEL_CHARS_MAX
                            && choice.value.len() <= 100)
                    );
                    assert!(
                        choices.iter().any(|choice| choice.value == item.entry.id.as_str()),
                        "{typed}: {choices:?}"
                    );
                }
            }
        }
    }
}
