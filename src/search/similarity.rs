//! How well a document answers a question: read word by word.

use super::Passage;
use super::index::{Field, HALF, Index, Unit};
use super::query::Query;
use super::vocabulary::Term;

/// How much of the score is what the whole document says; the rest is its best unit.
const WHOLE: f32 = 0.65;

/// How much of what a unit and the question share is measured against the question; the rest against the unit.
const QUESTION: f32 = 0.6;

/// A document that was read.
#[derive(Clone, Debug)]
pub(super) struct Ranked {
    pub(super) document: u32,
    /// How good an answer it is, from 0 to about 1.
    pub(super) score: f32,
    /// The share of the question, by weight, that it explains.
    pub(super) explained: f32,
    /// What it explains weighs so much.
    pub(super) evidence: f32,
    /// The unit that is most like the question.
    pub(super) best: (Field, u16),
    /// How much of that unit and of the question are the same.
    pub(super) likeness: f32,
    /// The text that explains it best.
    pub(super) passage: Passage,
}

/// Reads documents against one question.
pub(super) struct Reader<'q> {
    index: &'q Index,
    query: &'q Query,
    sought: Sought,
    /// How surely each word of the question is in the unit, is in the document, and how much the document makes of it.
    in_unit: Vec<f32>,
    in_document: Vec<f32>,
    counted: Vec<f32>,
}

impl<'q> Reader<'q> {
    pub(super) fn new(index: &'q Index, query: &'q Query) -> Self {
        let none = vec![0.0; query.words.len()];
        Self {
            index,
            query,
            sought: Sought::new(query),
            in_unit: none.clone(),
            in_document: none.clone(),
            counted: none,
        }
    }

    /// Reads a document.
    pub(super) fn read(&mut self, document: u32) -> Ranked {
        self.in_document.fill(0.0);
        self.counted.fill(0.0);
        let (mut best, mut passage) = ((0.0, (Field::Title, 0)), (0.0, Passage::Summary));
        for (unit, terms) in self.index.units(document) {
            if !self.read_unit(unit, terms) {
                continue;
            }
            let found = self.weight_of(&self.in_unit);
            let both = QUESTION * self.query.weight + (1.0 - QUESTION) * unit.weight;
            let likeness = belief(unit.field) * found / both.max(f32::EPSILON);
            if likeness > best.0 {
                best = (likeness, (unit.field, unit.number));
            }
            if let Some(shown) = passage_of(unit)
                && found > passage.0
            {
                passage = (found, shown);
            }
        }
        for counted in &mut self.counted {
            *counted /= *counted + HALF;
        }
        let whole = self.weight_of(&self.counted) / self.query.weight;
        let evidence = self.weight_of(&self.in_document);
        Ranked {
            document,
            score: WHOLE * whole + (1.0 - WHOLE) * best.0,
            explained: evidence / self.query.weight,
            evidence,
            best: best.1,
            likeness: best.0,
            passage: passage.1,
        }
    }

    /// Reads a unit; says whether any word of the question is in it.
    fn read_unit(&mut self, unit: Unit, terms: &[Term]) -> bool {
        let mut sought = terms.iter().filter(|term| self.sought.may_hold(**term)).peekable();
        if sought.peek().is_none() {
            return false;
        }
        self.in_unit.fill(0.0);
        for term in sought {
            for (word, sure) in self.sought.of(*term) {
                self.in_unit[word] = self.in_unit[word].max(sure);
                self.counted[word] += unit.field.weight() * sure;
            }
        }
        for (known, here) in self.in_document.iter_mut().zip(&self.in_unit) {
            *known = known.max(*here * explains(unit.field));
        }
        true
    }

    /// What the words of the question weigh together, each as far as it is there.
    fn weight_of(&self, shares: &[f32]) -> f32 {
        let words = self.query.words.iter().zip(shares);
        words.map(|(word, share)| word.weight * share).sum()
    }
}

/// The text to show for a unit, where it can be shown.
fn passage_of(unit: Unit) -> Option<Passage> {
    match unit.field {
        Field::Summary => Some(Passage::Summary),
        Field::Body => Some(Passage::Paragraph(usize::from(unit.number))),
        Field::Title | Field::Alias | Field::Date | Field::Ask => None,
    }
}

/// How surely a unit that says the same as the question says what the document is about.
fn belief(field: Field) -> f32 {
    match field {
        Field::Title | Field::Alias | Field::Date | Field::Ask => 1.0,
        Field::Summary | Field::Body => 0.75,
    }
}

/// How far a word that is in this part of a document is explained by it.
fn explains(field: Field) -> f32 {
    match field {
        Field::Title | Field::Alias | Field::Date | Field::Ask => 1.0,
        Field::Summary | Field::Body => 0.9,
    }
}

/// What the words of a question can stand for, by term: the word's number, and how sure it is.
struct Sought {
    sorted: Vec<(Term, u8, f32)>,
    /// A bit for each term by its last digits, to skip most words at a glance.
    sieve: [u64; SIEVE],
}

/// How many times 64 bits the sieve has: few enough to stay at hand, many enough that hardly a word passes by chance.
const SIEVE: usize = 32;

impl Sought {
    fn new(query: &Query) -> Self {
        let mut sorted: Vec<(Term, u8, f32)> = (0u8..)
            .zip(&query.words)
            .flat_map(|(number, word)| {
                word.meanings.iter().map(move |(term, sure)| (*term, number, *sure))
            })
            .collect();
        sorted.sort_by_key(|(term, ..)| *term);
        let mut sieve = [0; SIEVE];
        for (term, ..) in &sorted {
            let (place, bit) = hole(*term);
            sieve[place] |= bit;
        }
        Self { sorted, sieve }
    }

    /// Whether a term may be sought; most that are not are told apart here.
    fn may_hold(&self, term: Term) -> bool {
        let (place, bit) = hole(term);
        self.sieve[place] & bit != 0
    }

    fn of(&self, term: Term) -> impl Iterator<Item = (usize, f32)> {
        let start = self.sorted.partition_point(|(other, ..)| *other < term);
        let same = self.sorted[start..].iter().take_while(move |(other, ..)| *other == term);
        same.map(|(_, word, sure)| (usize::from(*word), *sure))
    }
}

/// Where a term is in the sieve.
fn hole(term: Term) -> (usize, u64) {
    (term as usize / 64 % SIEVE, 1 << (term % 64))
}
