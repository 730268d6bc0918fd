//! Questions with two parts: a holder and a subject ("Ukraine on NATO", "what does Europe say about
//! sanctions").

use super::english::ENGLISH;
use super::markup::strip_markup;
use super::query::Query;
use super::tokenizer::{is_country, normalize};
use super::word_list::WordList;
use super::{DocumentFilter, SearchIndex};

/// Prepositions between the two parts.
static PREPOSITIONS: WordList =
    WordList::new("on about abt of over re regarding concerning toward towards");

/// Words for a stance, between the two parts.
static STANCE_WORDS: WordList = WordList::new(
    "accept accepts against agree agrees back backs favor favors favour favours oppose opposes reject rejects \
    see sees support supports want wants",
);

/// Words that may accompany the holder's name.
static VIEW_WORDS: WordList = WordList::new(
    "answer attitude care cares demand demands feel feels feeling line official opinion opinions policy position positions propose \
    proposed proposes reaction response say says stance stand stands statement take think thinks view views thoughts",
);

/// Words that a question begins with.
static QUESTION_WORDS: WordList = WordList::new("are did do does how is was what whats will would");

/// Words for everyone: a question with one of them names no holder.
static EVERYONE: WordList = WordList::new(
    "anybody anyone both countries country everybody everyone nobody parties party side sides who whos whose",
);

/// The least similarity of a word to a word of a name: that of a derived word.
const NAME_SIMILARITY_MIN: f32 = 0.45;

/// Words with which a name stands for others than itself: "everyone but Russia", "Ukraine's allies".
static OTHERS: WordList = WordList::new(
    "allies ally but critic critics enemies enemy except excluding foes friends non opponent opponents other rivals \
    supporter supporters than without",
);

/// The parts of a question: whose view, and on what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionParts {
    pub subject: String,
    pub object: String,
}

/// Splits a question at each connective. Question words are removed from the subject.
pub fn split_question(text: &str) -> Vec<QuestionParts> {
    let text = strip_markup(text);
    let words: Vec<&str> = text.split_whitespace().collect();
    let parts = words.iter().enumerate().filter_map(|(position, word)| {
        let (before, after) = (&words[..position], &words[position + 1..]);
        let (holder, object) = match normalize(word).as_str() {
            "to" if before.last().is_some_and(|before| normalize(before) == "according") => {
                (after, &before[..position - 1])
            }
            // "reaction to"
            "to" if before.iter().any(|before| is_view_word(before)) => (before, after),
            word if is_among(&[&PREPOSITIONS, &STANCE_WORDS], word) => (before, after),
            // "NATO: what does Kyiv say?"
            _ if word.ends_with(':')
                && after.first().is_some_and(|word| is_question_word(word)) =>
            {
                (after, &words[..=position])
            }
            // "Kyiv: Crimea"
            _ if word.ends_with(':') => (&words[..=position], after),
            _ => return None,
        };
        Some(QuestionParts { subject: subject(holder), object: object.join(" ") })
    });
    parts.filter(|parts| !parts.subject.is_empty() && !parts.object.is_empty()).collect()
}

/// What a question about everyone is about: "neutrality" for "who is against neutrality". `None` if
/// the text is not such a question.
pub fn split_who_question(text: &str) -> Option<String> {
    let text = strip_markup(text);
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_of_question = |word: &&&str| {
        let word = normalize(word);
        ENGLISH.is_stop_word(&word)
            || is_among(&[&PREPOSITIONS, &STANCE_WORDS, &VIEW_WORDS, &EVERYONE], &word)
    };
    let count = words.iter().take_while(is_of_question).count();
    let (asked, object) = words.split_at(count);
    // "The WHO" is somebody.
    let is_of_everyone = |(place, word): (usize, &&str)| {
        is_everyone(&normalize(word)) && (place == 0 || !is_acronym(word))
    };
    let is_who = asked.iter().enumerate().any(is_of_everyone);
    (is_who && !object.is_empty()).then(|| object.join(" "))
}

/// Whether a text asks for somebody's view, by a word such as "position", "accept" or "against".
pub fn asks_for_view(text: &str) -> bool {
    let words: Vec<String> = text.split_whitespace().map(normalize).collect();
    let is_view = |word: &String| is_among(&[&STANCE_WORDS, &VIEW_WORDS], word);
    // "when did Russia take Crimea"
    words.iter().any(is_view) && !words.iter().any(|word| word == "when")
}

/// The text with "position" in place of other words for a view: names of positions have that word.
pub fn with_position_words(text: &str) -> String {
    let words =
        text.split_whitespace().map(|word| if is_view_word(word) { "position" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// The text with "US" in place of "us" where that is no pronoun.
pub fn with_country(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let before = |position: usize| position.checked_sub(1).map(|before| normalize(words[before]));
    let named = words.iter().enumerate().map(|(position, word)| {
        if is_country(word, before(position).as_deref()) { "US" } else { word }
    });
    named.collect::<Vec<_>>().join(" ")
}

/// The text without the words that ask for a view.
pub fn without_view_words(text: &str) -> String {
    let is_view =
        |word: &&str| is_among(&[&PREPOSITIONS, &STANCE_WORDS, &VIEW_WORDS], &normalize(word));
    let words = text.split_whitespace().filter(|word| !is_view(word));
    words.collect::<Vec<_>>().join(" ")
}

/// "Zelensky" for "Zelensky's".
pub fn without_possessive(word: &str) -> &str {
    word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word)
}

fn is_question_word(word: &str) -> bool {
    QUESTION_WORDS.contains(&normalize(word))
}

fn is_view_word(word: &str) -> bool {
    VIEW_WORDS.contains(&normalize(word))
}

fn is_among(lists: &[&WordList], word: &str) -> bool {
    lists.iter().any(|list| list.contains(word))
}

pub(super) fn is_acronym(word: &str) -> bool {
    word.chars().filter(|letter| letter.is_uppercase()).count() >= 2
}

fn is_everyone(word: &str) -> bool {
    EVERYONE.contains(word)
}

/// Whether a text means others than the one whom it names.
pub fn names_others(text: &str) -> bool {
    normalize(text).split(' ').any(|word| OTHERS.contains(word))
}

fn subject(words: &[&str]) -> String {
    let all = words.join(" ");
    if names_others(&all) {
        return all;
    }
    let mut subject: Vec<&str> = Vec::new();
    for (position, word) in words.iter().enumerate() {
        let normalized = normalize(word);
        let before = position.checked_sub(1).map(|before| normalize(words[before]));
        let is_us = is_country(&normalized, before.as_deref());
        if is_us {
            subject.push("US");
        } else if is_acronym(word)
            || !ENGLISH.is_stop_word(&normalized)
                && !is_everyone(&normalized)
                && !VIEW_WORDS.contains(&normalized)
        {
            let word = word.trim_end_matches(':');
            subject.push(without_possessive(word));
        }
    }
    subject.join(" ")
}

/// The fewest letters of a word that is matched as a prefix of a word of a name.
const PREFIX_LETTERS_MIN: usize = 5;

impl SearchIndex {
    /// Whether the whole text is a name or a choice's label.
    pub fn is_name(&self, text: &str, filter: &DocumentFilter) -> bool {
        !self.find_exact_name(text, filter).is_empty()
    }

    /// Finds the documents with this name, even if misspelled.
    pub fn find_by_name(&self, text: &str, filter: &DocumentFilter) -> Vec<usize> {
        let mut found = self.find_name(text, filter);
        if found.is_empty() {
            found = self.find_misspelled(text, &Query::new(&self.text, text, false), filter);
        }
        found.iter().map(|name| name.document as usize).collect()
    }

    /// Finds the documents with a name that has all significant words of a text and the fewest
    /// others: "the EU" for "US and EU position".
    pub fn find_by_words_of_name(&self, text: &str, filter: &DocumentFilter) -> Vec<usize> {
        let mut found = self.names_with_words(text, filter);
        let shortest = found.iter().map(|(terms, _)| *terms).min();
        found.retain(|(terms, _)| Some(*terms) == shortest);
        found.into_iter().map(|(_, document)| document).collect()
    }

    /// Finds the documents with a name that has all significant words of a text.
    pub fn find_all_by_words_of_name(&self, text: &str, filter: &DocumentFilter) -> Vec<usize> {
        let found = self.names_with_words(text, filter);
        found.into_iter().map(|(_, document)| document).collect()
    }

    /// The documents with a name that has all significant words of a text, and how many terms the
    /// shortest such name has.
    fn names_with_words(&self, text: &str, filter: &DocumentFilter) -> Vec<(usize, usize)> {
        // "Europe" is a prefix of "European".
        let is_long = text.chars().count() >= PREFIX_LETTERS_MIN;
        let query = Query::new(&self.text, text, is_long);
        let mut found: Vec<(usize, usize)> = Vec::new();
        if query.words.is_empty() {
            return found;
        }
        for document in filter.within(self.text.len()).flatten() {
            let names =
                self.text.values(document as u32).filter(|(value, _)| value.field.is_name());
            let matching = names.filter(|(_, terms)| {
                query.words.iter().all(|word| {
                    let mut matches = word.expansions.iter();
                    matches.any(|(term, similarity)| {
                        *similarity >= NAME_SIMILARITY_MIN && terms.contains(term)
                    })
                })
            });
            let shortest = matching.map(|(_, terms)| terms.len()).min();
            found.extend(shortest.map(|terms| (terms, document)));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::{split_question, split_who_question};

    #[test]
    fn a_question_about_everyone_is_about_its_object() {
        for (text, expected) in [
            ("who wants sanctions lifted", Some("sanctions lifted")),
            ("Who is against neutrality?", Some("neutrality?")),
            ("who's for lifting sanctions", Some("lifting sanctions")),
            ("what do both sides say on NATO", Some("NATO")),
            ("which side wants sanctions lifted", Some("sanctions lifted")),
            ("everyone on NATO", Some("NATO")),
            ("whose position on sanctions", Some("sanctions")),
            ("anyone against neutrality?", Some("neutrality?")),
            ("which countries back neutrality", Some("neutrality")),
            ("what does Ukraine's side say on NATO", None),
            ("who", None),
            ("everyone", None),
            ("the WHO on NATO", None),
        ] {
            assert_eq!(split_who_question(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_question_is_split_at_each_connective() {
        for (text, expected) in [
            ("Ukraine on NATO", vec![("Ukraine", "NATO")]),
            ("what does Ukraine think of NATO?", vec![("Ukraine", "NATO?")]),
            ("the us position on sanctions", vec![("US", "sanctions")]),
            ("us position on crimea", vec![("US", "crimea")]),
            ("tell us your view on crimea", vec![]),
            ("What is the view of the EU on Crimea", vec![("EU", "Crimea")]),
            ("does Moscow reject neutrality", vec![("Moscow", "neutrality")]),
            ("what's Moscow's line on sanctions", vec![("Moscow", "sanctions")]),
            ("reaction of Kyiv to neutrality", vec![("Kyiv", "neutrality")]),
            ("Europe's reaction to neutrality", vec![("Europe", "neutrality")]),
            ("is Moscow for or against recognition?", vec![("Moscow", "recognition?")]),
            ("NATO according to Russia", vec![("Russia", "NATO")]),
            ("everyone but Russia on NATO", vec![("everyone but Russia", "NATO")]),
            ("Kyiv’s side on NATO", vec![("Kyiv", "NATO")]),
            ("Kyiv: Crimea", vec![("Kyiv", "Crimea")]),
            ("NATO: what does Kyiv say?", vec![("Kyiv", "NATO:")]),
            ("both sides on NATO", vec![]),
            ("NATO membership", vec![]),
            ("on NATO", vec![]),
        ] {
            let parts = split_question(text);
            let parts: Vec<(&str, &str)> =
                parts.iter().map(|parts| (parts.subject.as_str(), parts.object.as_str())).collect();
            assert_eq!(parts, expected, "{text}");
        }
    }
}
