# What the bot itself says. The dataset speaks for itself; everything else that a reader sees stands here.
# Sentences are whole, say what to do next, and hold no view on the subject.

## Dates: no more precise than what is known.

month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
date-day = { $day } { $month } { $year }
date-month = { $month } { $year }
date-from-to = { $from } to { $to }
date-since = since { $from }

## Commands: a line each, and one for each option. Discord shows at most 100 characters.

command-demand = What Moscow asks: one demand, or all five at a glance
    .demand = One demand, by name or in your own words
    .view = The part to show: what Moscow asks, what the article argues, Kyiv's answer
command-timeline = What happened, oldest first
    .event = One event, by name or in your own words
    .from = From this year, month or day: 2014, 2014-03, 2014-03-18
    .to = Up to and including this year, month or day
    .topic = Only events of this topic
    .view = The part of the event to show
command-position = Who thinks what of each demand
    .holder = Whose position
    .demand = On which demand
    .view = The part to show
command-term = What a word means here
    .term = One word, or what you remember of it
    .view = The part to show
command-place = A place that the terms are about
    .place = One place, in any spelling
    .view = The part to show
command-actor = A person, state or body in the dossier
    .actor = One actor, in any spelling
    .view = The part to show
command-outlook = What stands in the way of an agreement, and what could lead to one
    .topic = One obstacle or opening
    .view = The part to show
command-article = What the article itself says, section by section
    .section = One section
    .view = The part to show
command-search = Find what answers your words
    .query = What you want to know
    .kind = Only entries of this kind
command-random = One entry, left to chance
    .kind = Only entries of this kind
command-help = What you can ask
command-about = What this dossier is, how fresh it is, and what it keeps of you
option-article = The article, where several are loaded
option-page = The page to show
option-private = Show the answer to me only

## Kinds of entries

kind-demand = Demand
kind-event = Event
kind-position = Position
kind-term = Term
kind-place = Place
kind-actor = Actor
kind-outlook = Outlook
kind-section = Section
count-demand = { $count } { $count ->
    [one] demand
   *[other] demands
}
count-event = { $count } { $count ->
    [one] event
   *[other] events
}
count-position = { $count } { $count ->
    [one] position
   *[other] positions
}
count-term = { $count } { $count ->
    [one] term
   *[other] terms
}
count-place = { $count } { $count ->
    [one] place
   *[other] places
}
count-actor = { $count } { $count ->
    [one] actor
   *[other] actors
}
count-outlook = { $count } { $count ->
    [one] entry on the outlook
   *[other] entries on the outlook
}
count-section = { $count } { $count ->
    [one] section
   *[other] sections
}

## Cards

kicker-demand = Demand { $number } of { $of }
kicker-event = Event · { $date }{ $topics ->
    [0] { "" }
   *[other] {" "}· { $topics }
}
kicker-section = The article, section { $number } of { $of }
kicker-obstacle = Outlook · an obstacle
kicker-opening = Outlook · an opening
kicker-open = Outlook · an open question
view-overview = Overview
layer-article = From the article
layer-record = Public record
page = Page { $page } of { $of }
as-of = As of { $date } · revision { $revision } · dataset { $version }
disputed = Disputed: { $by }
source-paragraph = { $publisher }, “{ $title }”, section “{ $section }”, paragraph { $paragraph }
source-record = { $publisher }, “{ $title }”, { $date }
source-undated = undated
source-via = ; seen in { $via }
taken-alias = “{ $asked }” is filed as { $title }.
taken-prefix = “{ $asked }” was taken for { $title }.
taken-typo = “{ $asked }” was taken for { $title }, with a spelling mended.
taken-text = “{ $asked }” was taken for { $title }. If you meant something else, try /search.

report = Report an error

## Buttons and menus

button-previous = Previous
button-next = Next
button-open = Open
button-sources = Sources
button-share = Share
button-delete = Delete
menu-views = More of this
menu-open = Open one of these
menu-related = See also
sources-title = Sources of { $title }
no-room-for-pages = There are more results than the buttons can reach for words as many as these: try fewer.

## Lists

list-demand = The demands at a glance
    .lead = { $count } demands, as the article numbers them.
list-event = Timeline
    .lead = { $count } { $count ->
    [one] event
   *[other] events
}, oldest first. Dates are no more precise than their sources.
list-position = Who thinks what
    .lead = The demands: { $demands }. A position is what the article reports or the public record shows, no more.
list-term = Terms
    .lead = { $count } words that the dossier explains.
list-place = Places
    .lead = { $count } places that the terms are about.
list-actor = Actors
    .lead = { $count } persons, states, bodies and groups.
list-outlook = Outlook
    .lead = { $count } obstacles, openings and open questions, each with whose view it is.
list-section = The article, section by section
    .lead = { $count } sections, summarized in other words than the article's.
search-title = Search
search-lead = { $count ->
    [one] One entry answers
   *[other] { $count } entries answer
} “{ $query }”, best first.
search-row = ({ $kind }) { $snippet }

## Positions

stance-demands = Asks for it
    .numbers = asks for { $numbers }
stance-opposes = Opposes it
    .numbers = opposes { $numbers }
stance-conditional = Open to it under conditions
    .numbers = open under conditions to { $numbers }
stance-divided = Divided
    .numbers = divided on { $numbers }
stance-silent = No view known to this dossier
    .numbers = no view known on { $numbers }
    .whole = No view on this is known to this dossier, neither from the article nor from the public record: { $holder }.
position-column = Who thinks what of “{ $demand }”
position-cell = { $holder } on “{ $demand }”

## Help and about

help-title = What you can ask
help-lead = Every answer is short, says who says so, and cites its sources.
help-words = Names work in any spelling, and so do your own words: /demand can they still join NATO
help-row = { $about }
help-row-options = { $options }: { $about }
about-title = About Dossier
about-bot = Dossier reports what one article says and adds facts of the public record. The two are marked and kept apart. It holds no view on the war.
about-article = The article: “{ $title }”, { $publisher }.
about-unknown = Not known to us: { $unknown }.
about-dataset = Dataset { $version }, last checked on { $checked }: { $counts }; { $sources } sources besides the article.
about-later = Later news, other wars and forecasts of its own are not in it.
about-source = { $publisher }, “{ $title }”
about-invite = Add Dossier
about-privacy = Nothing is kept of who asks what.

## Refusals: why not, and what to try.

refuse-not-here = Nothing in this dossier answers “{ $asked }”. The nearest topics are below; /help lists what can be asked.
    .title = Not in this dossier
refuse-not-here-at-all = Nothing in this dossier answers “{ $asked }”. Try a name or a few plain words; /help lists what can be asked.
    .title = Not in this dossier
refuse-several = “{ $asked }” could mean several things. Choose one:
    .title = Which one?
refuse-no-view = “{ $title }” has no part called “{ $asked }”. It has these:
    .title = No such part
refuse-no-date = “{ $asked }” is no date. Write a year, a month or a day: 2014, 2014-03 or 2014-03-18.
    .title = No date
refuse-backwards = { $from } is later than { $to }. Put the earlier one in `from`.
    .title = The period ends before it begins
refuse-nothing-happened = No event of this dossier is in that period, or of that topic in it. The first is of { $first }, the last of { $last }.
    .title = No events there
refuse-no-topic = No topic is called “{ $asked }”. The topics are: { $known }.
    .title = No such topic
refuse-no-kind = No kind of entry is called “{ $asked }”. The kinds are: { $known }.
    .title = No such kind
refuse-no-article = No loaded article is called “{ $asked }”. There is: { $known }.
    .title = No such article
refuse-nothing-of-kind = The article has no entry of the kind “{ $kind }”. /help lists what can be asked.
    .title = Nothing of this kind
refuse-missing = This command needs its option `{ $option }`: say what you want to know.
    .title = Something is missing
refuse-unreadable = What came for `{ $option }` cannot be read. Type it as words, or choose what is offered.
    .title = This cannot be read
refuse-no-command = There is no command /{ $asked }. /help lists those that there are.
    .title = No such command
refuse-no-command-but = There is no command /{ $asked }. Did you mean { $near }? /help lists them all.
    .title = No such command
refuse-no-options = /{ $command } takes no options: send it as it is.
    .title = No such option
refuse-no-option = /{ $command } has no option `{ $asked }`. It has: { $known }.
    .title = No such option

refuse-stale = This button belongs to an older version, or to something that is gone. Ask again with a command: /help lists them.
    .title = This button is out of date
refuse-not-yours = Only the one who asked can take this answer away.
    .title = Not yours to delete
refuse-newer = Discord sent something that this version does not know yet. Please use a command: /help lists them.
    .title = Not known yet
refuse-nothing-to-read = This message has no words to look up. Choose one that has, or use /search.
    .title = Nothing to look up
refuse-broken = Something on our side went wrong, and it has been noted. Please try again; if it goes on, give whoever runs this bot this number: { $id }
    .title = Something went wrong
lookup-title = What the dossier has on this message
lookup-lead = { $count ->
    [one] One entry fits
   *[other] { $count } entries fit
} what this message says.

## The terminal

terminal-views = More of this
terminal-open = Open
terminal-previous = Before
terminal-next = After
terminal-related = See also
terminal-sources = Sources
