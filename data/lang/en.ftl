# The bot's own sentences: everything that users see, apart from the dataset.
# Sentences are whole, say what to do next, and hold no view on the subject.

## Dates: no more precise than what is known.

month-1 = January
    .short = Jan
month-2 = February
    .short = Feb
month-3 = March
    .short = Mar
month-4 = April
    .short = Apr
month-5 = May
    .short = May
month-6 = June
    .short = Jun
month-7 = July
    .short = Jul
month-8 = August
    .short = Aug
month-9 = September
    .short = Sep
month-10 = October
    .short = Oct
month-11 = November
    .short = Nov
month-12 = December
    .short = Dec
date-day = { $day } { $month } { $year }
    .of-year = { $day } { $month }
date-month = { $month } { $year }
date-from-to = { $from } to { $to }
    .short = { $from } – { $to }
date-since = since { $from }
date-until = until { $to }

## Commands: a line each, and one for each option. Discord shows at most 100 characters.

command-demand = What Moscow asks: one demand, or all five at a glance
    .demand = One demand, by name or in your own words
    .view = The part to show: what Moscow asks, what the article argues, Kyiv's answer
command-timeline = What happened, oldest first
    .event = One event, by name or in your own words
    .from = From this year, month or day: 2014, 2014-03, 2014-03-18
    .to = Up to and including this year, month or day
    .topic = Only events on this topic
    .view = The part of the event to show
command-position = Who thinks what of each demand
    .holder = Whose position
    .demand = On which demand
    .view = The part to show
command-proposal = What has been proposed since 2021, by whom, and what it says on each demand
    .proposal = One proposal, by name, date or side
    .demand = What was said on this demand, and when
    .by = Only proposals by this side
    .from = From this year, month or day: 2022, 2022-03, 2022-03-29
    .to = Up to and including this year, month or day
    .view = The part to show
command-term = What a term means in this dossier
    .term = One term, or what you remember of it
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
command-search = Search the dossier in your own words
    .query = What you want to know
    .kind = Only entries of this kind
command-random = One entry at random
    .kind = Only entries of this kind
command-config = The settings of this server: where answers may be public, and digests
    .channels = Where answers may be public
    .digest = Scheduled posts
command-config-view = Every setting on one panel
command-config-channels-allow = Allow public answers only in this and other allowed channels, categories or threads
    .channel = The channel, category or thread
command-config-channels-block = Block public answers in a channel, category or thread
    .channel = The channel, category or thread
command-config-channels-remove = Remove the rule for a channel, category or thread
    .channel = The channel, category or thread
command-config-channels-clear = Remove all rules, so that answers can be public everywhere
command-config-channels-elsewhere = What happens where answers may not be public
    .mode = Answer privately, or refuse and say where to ask
command-config-channels-pace = Limit the public answers per minute in each channel; further ones are private
    .answers = How many; 0 for any number
command-config-digest-add = Set up a digest: one entry of the dossier at a time, posted on a schedule
    .channel = Where: a text or announcement channel, a thread, or a voice channel's chat
    .at = At what time, as in 09:00
    .zone = In what time zone: type a city, an abbreviation or an offset, and pick one from the list
    .days = On what days: daily (the default), weekdays, or days such as mon,wed
    .content = What is posted (the dossier in order if you leave it out)
    .role = A role to mention
    .publish = In an announcement channel: publish it to the servers that follow it
command-config-digest-edit = Change a digest
    .digest = Which digest; leave it out if there is only one
    .channel = Where
    .at = At what time, as in 09:00
    .zone = In what time zone
    .days = On what days: daily, weekdays, or as in mon,wed
    .content = What is posted
    .role = A role to mention
    .publish = In an announcement channel: publish it to the servers that follow it
command-config-digest-list = All digests: their next and last posts, and what went wrong
command-config-digest-preview = What a digest will post next, shown to you alone
    .digest = Which digest; leave it out if there is only one
command-config-digest-post-now = Post the next entry of a digest at once
    .digest = Which digest; leave it out if there is only one
command-config-digest-pause = Pause a digest
    .digest = Which digest; leave it out if there is only one
command-config-digest-resume = Resume a paused digest
    .digest = Which digest; leave it out if there is only one
command-config-digest-remove = Remove a digest
    .digest = Which digest; leave it out if there is only one
command-config-trouble = The channel in which Dossier reports failed digests
    .channel = The channel or thread; leave it out to see which is set
command-config-pictures = Whether answers and digests come with pictures
    .show = Whether to show pictures
command-config-check = Check whether Dossier works in a channel, and why
    .channel = The channel or thread; leave it out for this one
    .member = The member; leave it out for yourself
command-config-log = Who changed what, and when
command-config-export = Download the settings of this server as a file
command-config-import = Restore the settings from an exported file
    .file = The file
command-config-reset = Erase everything stored about this server
command-help = What you can ask
command-about = What this dossier is, how current it is, and what it stores
option-article = The article, where several are loaded
option-page = The page to show
option-private = Show the answer only to me

## Kinds of entries

kind-demand = Demand
kind-event = Event
kind-position = Position
kind-proposal = Proposal
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
count-proposal = { $count } { $count ->
    [one] proposal
   *[other] proposals
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
kicker-proposal = Proposal · { $date } · { $by } · { $status }
proposal-official-text = official text
proposal-speech = speech
proposal-reported = reported
proposal-leaked-draft = leaked draft
kicker-section = The article, section { $number } of { $of }
kicker-obstacle = Outlook · an obstacle
kicker-opening = Outlook · an opening
kicker-open = Outlook · an open question
view-overview = Overview
layer-article = From the article
layer-record = Public record
layer-dossier = In this dossier
page = Page { $page } of { $of }
covers-until = Covers events to { $date }
    .entry = Covers events to { $date } · revision { $revision }
disputed = Disputed: { $by }
source-paragraph = { $publisher }, “{ $title }”, section “{ $section }”, paragraph { $paragraph }
    .described = { $publisher }, “{ $title }”, { $section }, paragraph { $paragraph }
source-record = { $publisher }, “{ $title }”, { $date }
    .described = { $publisher }, { $title }, { $date }
source-undated = date not seen
source-via = ; seen in { $via }
taken-name = Found for “{ $asked }”.
taken-typo = Found for “{ $asked }”, with the spelling corrected.
taken-text = Found for “{ $asked }”. If you meant something else, try /search.
options-unused = { $count ->
    [one] { $options } was ignored, because it only filters lists.
   *[other] { $options } were ignored, because they only filter lists.
}

## Reports of errors

report = Report an error
report-form = Report: { $title }
    .label = What is wrong?
    .about = It goes to the editors with the name of this entry, but without your name or this server's.
    .placeholder = What it says, what it should say, and a source
report-post = Error report
    .gone = An entry that is no longer there
report-post-entry = view { $view } · revision { $revision }
    .changed = view { $view } · reported on revision { $seen }, now { $revision }
report-post-origin = { $article } · dataset { $version } · language { $language }
    .gone = language { $language }
report-sent = Thank you. The editors have your text and the name of the entry. They do not know who sent it, so they cannot write back.
    .title = Reported
report-text = Your text:
refuse-report-often = There have been too many reports in the last few minutes. Please try again in ten minutes.
    .title = Too many reports
refuse-report-failed = Discord did not accept the report, so the editors do not have it. Please try again later.
    .title = Not reported
refuse-report-empty = The report has no text. Please write what is wrong.
    .title = Nothing to report
refuse-report-closed = Errors can no longer be reported here.
    .title = Not reported

## Buttons and menus

button-previous = Previous
button-next = Next
button-earliest = Earliest
button-latest = Latest
button-open = Open
button-sources = Sources
button-share = Share
button-delete = Delete
button-report = Report
menu-views = More of this
menu-open = Open one of these
menu-related = See also
sources-title = Sources of { $title }
no-room-for-pages = There are more results, but the question is too long for page buttons. Try fewer words.

## Lists

list-demand = The demands at a glance
    .lead = { $count } { $count ->
    [one] demand
   *[other] demands
}, numbered as in the article.
list-of-period = { $title }: { $period }
list-event = Timeline
    .of-topic = Timeline · { $topic }
    .lead = { $count } { $count ->
    [one] event
   *[other] events
}, oldest first. Dates are no more precise than their sources.
list-position = Positions on the demands
    .lead = The demands: { $demands }. A position is what the article reports or the public record shows, no more.
list-proposal = Proposals
    .lead = { $count } { $count ->
    [one] proposal
   *[other] proposals
}, oldest first. The demands: { $demands }. Where a line does not mention a demand, the proposal says nothing about it.
list-term = Terms
    .lead = { $count } { $count ->
    [one] word
   *[other] words
} that the dossier explains.
list-place = Places
    .lead = { $count } { $count ->
    [one] place
   *[other] places
} that the terms are about.
list-actor = Actors
    .lead = { $count } { $count ->
    [one] person, state, body or group
   *[other] people, states, bodies and groups
}.
list-outlook = Outlook
    .lead = { $count } { $count ->
    [one] obstacle, opening or open question
   *[other] obstacles, openings and open questions, each
} marked with whose view it is.
list-section = The article, section by section
    .lead = { $count } { $count ->
    [one] section
   *[other] sections
}, paraphrased.
search-title = Search
search-lead = Results for “{ $query }”, best match first.
search-row = ({ $kind }): { $snippet }

## Positions
# A mark stands for a stance where there is no room for words; it differs in shape, not in color.
# The space between a mark and its word is a no-break space.

stance-demands = ● Asks for it
    .mark = ●
    .name = asks for it
    .numbers = ● asks for { $numbers }
    .was = asked for
stance-opposes = ✕ Opposes it
    .mark = ✕
    .name = opposes it
    .numbers = ✕ opposes { $numbers }
    .was = opposed
stance-conditional = ◐ Open to it under conditions
    .mark = ◐
    .name = open to it under conditions
    .numbers = ◐ open under conditions to { $numbers }
    .was = open to it under conditions
stance-divided = ± Divided
    .mark = ±
    .name = divided
    .numbers = ± divided on { $numbers }
    .was = divided
stance-silent = – No known position
    .mark = –
    .name = no known position
    .numbers = – no known position on { $numbers }
    .was = no known position
    .whole = { $holder }: no known position on this, either in the article or in the public record.
position-column = Positions on “{ $demand }”
stance-since = { $stance } since { $since }
    .was = { $stance } since { $since }; { $was } before
stance-number = { $number } (since { $since })
    .was = { $number } (since { $since }; { $was } before)
position-cell = { $holder } on “{ $demand }”

## Proposals

view-over-time = Over time
cell-asks = ● asks { $demands }
    .mark = ●
    .name = asks
    .line = ● asks:
cell-offers = ○ offers { $demands }
    .mark = ○
    .name = offers
    .line = ○ offers:
cell-accepts = ✓ accepts { $demands }
    .mark = ✓
    .name = accepts
    .line = ✓ accepts:
cell-rejects = ✕ rejects { $demands }
    .mark = ✕
    .name = rejects
    .line = ✕ rejects:
cell-sets-aside = ◇ sets aside { $demands }
    .mark = ◇
    .name = sets aside
    .line = ◇ sets aside:
cell-silent = – silent
    .mark = –
    .name = silent
    .all = – silent on all demands
proposal-row = { $terms } ({ $status })
proposal-by = Proposals · { $by }
proposal-over-time = “{ $demand }” over time
    .by = { $by } on “{ $demand }” over time
    .lead = { $count } of { $of } { $of ->
    [one] proposal says
   *[other] proposals say
} something on it, oldest first. The others are silent and not listed.
    .lead-all = { $count ->
    [one] The one proposal here says something on it.
   *[other] All { $count } proposals here say something on it, oldest first.
}
proposal-cell = { $proposal } on “{ $demand }”
    .silent = “{ $proposal }” is silent on “{ $demand }”.

## Pictures: their descriptions for screen readers, and the key of a timeline.

picture-timeline = Timeline of { $count } { $count ->
    [one] event
   *[other] events
}.
    .year = { $title }, { $from }
    .years = { $title }, { $from }–{ $to }
    .day = a day
    .band = longer, or known only to the month or year
    .beyond = began before or goes on after what is shown
picture-position = Table of stances on the demands
picture-proposal = Table of proposals, oldest first; on demands that are not named they are silent:
picture-banner =
    .events = { $count ->
    [one] On a timeline of all events:
   *[other] Related events on a timeline of all:
}

terms-silent = Silent on: { $demands }.
terms-listed = The article lists:
terms-latest = Latest stated terms
    .whose = ({ $by }, { $date }, { $status })

## Help and about

help-title = What you can ask
help-lead = Every answer is short, says whose view it is, and cites its sources.
help-words = Write names in any spelling, or ask in your own words: /demand can they still join NATO
help-row = { $about }
help-moderators = Moderators decide where answers may be public and set up scheduled posts: /config, in their server.
help-row-options = { $about }. Options: { $options }
about-title = About Dossier
about-bot = Dossier reports what one article says and adds facts from the public record and explanations by the dossier's editors. The three are marked and kept apart. It holds no view on the war.
about-article = The article: “{ $title }”, { $publisher }.
about-unknown = Unknown: { $unknown }.
about-dataset = Dataset { $version }: { $counts }; { $sources } sources besides the article. It covers events to { $covers } and was last checked on { $checked }.
about-later = It does not cover later news or other wars, and makes no forecasts.
about-source = { $publisher }, “{ $title }”
about-invite = Add Dossier
about-privacy = Dossier does not store who asks what.

## Refusals: why not, and what to try.

refuse-not-here = Nothing in this dossier answers “{ $asked }”. The nearest topics are below; /help lists what can be asked.
    .title = Not in this dossier
    .closest = Closest: { $title } — { $summary }
refuse-other-command = “{ $asked }” is not one of the entries for “{ $option }”. It was found under another command; choose it below.
    .title = Found elsewhere
not-in-english = The dossier is in English. Please ask in English.
    .names = The dossier is in English. Please ask in English; these names were recognized: { $names }.
refuse-not-here-at-all = Nothing in this dossier answers “{ $asked }”. Try a name or a few plain words; /help lists what can be asked.
    .title = Not in this dossier
refuse-nothing-in-message = Nothing in this dossier is about this message: “{ $asked }”. To ask in your own words, use /search; /help lists what can be asked.
    .title = Not in this dossier
refuse-nothing-in-message-but = Nothing in this dossier is about this message: “{ $asked }”. The nearest topics are below; to ask in your own words, use /search.
    .title = Not in this dossier
refuse-too-late = This dossier covers events to { $until }. What came later is not in it.
    .title = Later than this dossier
refuse-several = “{ $asked }” could mean several things. Choose one:
    .title = Which one?
refuse-no-view = “{ $title }” has no part called “{ $asked }”. It has these:
    .title = No such part
refuse-no-date = “{ $asked }” is not a date. Write a year, a month or a day: 2014, 2014-03 or 2014-03-18.
    .title = Not a date
refuse-no-such-day = “{ $asked }” is not a date: { $month } has { $count } days, numbered from 1.
    .title = No such day
refuse-no-such-month = “{ $asked }” is not a date: months are numbered from 1 to 12.
    .title = No such month
refuse-relative-date = What “{ $asked }” means depends on the day you ask. Write a year, a month or a day: 2014, 2014-03 or 2014-03-18.
    .title = Which years?
refuse-ambiguous-date = “{ $asked }” could be { $first } or { $second }. Write the year first, as in { $written }, or the month as a word.
    .title = Which date?
refuse-backwards = { $from } is later than { $to }. Put the earlier one in “from”.
    .title = The period ends before it begins
refuse-end-in-from = “{ $asked }” in “from” is the end of a period. Write the end in “to”, as in to:{ $written }.
    .title = An end in “from”
refuse-start-in-to = “{ $asked }” in “to” is the start of a period. Write the start in “from”, as in from:{ $written }.
    .title = A start in “to”
refuse-period-in-from = “{ $asked }” in “from” is a whole period, and “to” is given as well. Leave out “to”, or write only the start in “from”, as in from:{ $written }.
    .title = Two ends
refuse-period-in-to = “{ $asked }” in “to” is a whole period, and “from” is given as well. Leave out “from”, or write only the end in “to”, as in to:{ $written }.
    .title = Two starts
refuse-text-and-period = “{ $asked }” is a subject and a period. Choose one of them below. A period alone goes in “from” and “to”, as in from:2014 to:2016.
    .title = A subject or a period?
refuse-nothing-happened = This dossier has no event in that period. Its first event is dated { $first }, its last { $last }.
    .title = No events there
refuse-nothing-happened-on-topic = This dossier has no event on that topic in that period. On all topics, its first event is dated { $first }, its last { $last }.
    .title = No events there
refuse-nothing-proposed = No proposal in this dossier matches all of that. Its first proposal is dated { $first }, its last { $last }. Those who made them:
    .title = No proposals there
refuse-no-position = No separate position is recorded for { $name }. Related:
    .title = Not a side of its own
position-of-side = No separate position is recorded for { $name }, so this is that of its side: { $side }.
refuse-no-demand = None of the demands is about “{ $asked }”, and positions are recorded only on these:
    .title = Not one of the demands
refuse-no-proposer = No separate proposal by { $name } is recorded. Related:
    .title = No proposals there
refuse-no-topic = No topic is called “{ $asked }”. The topics are: { $known }.
    .title = No such topic
refuse-no-kind = No kind of entry is called “{ $asked }”. The kinds are: { $known }.
    .title = No such kind
refuse-no-article = No loaded article is called “{ $asked }”. Loaded articles: { $known }.
    .title = No such article
refuse-nothing-of-kind = The article has no entry of the kind “{ $kind }”. /help lists what can be asked.
    .title = Nothing of this kind
refuse-missing = This command needs the option “{ $option }”.
    .title = Something is missing
refuse-unreadable = The option “{ $option }” cannot be read. Type it as words, or choose one of the suggestions.
    .title = This cannot be read
refuse-no-number = The option “{ $option }” must be a whole number from 0 to { $most }.
    .title = Not a valid number
refuse-no-channel = The option “{ $option }” takes a channel. Choose one from Discord's list.
    .title = Not a channel
refuse-no-member = The option “{ $option }” takes a member. Choose one from Discord's list.
    .title = Not a member
refuse-no-role = The option “{ $option }” takes a role. Choose one from Discord's list.
    .title = Not a role
refuse-no-page = The option “{ $option }” must be a whole number, starting at 1.
    .title = Not a page
refuse-option-twice = The option “{ $option }” is given twice. Leave one of them out.
    .title = The same option twice
refuse-no-flag = The option “{ $option }” must be True or False.
    .title = True or False?
refuse-no-command = There is no command /{ $asked }. /help lists all commands.
    .title = No such command
refuse-no-command-but = There is no command /{ $asked }. Did you mean { $near }? /help lists all commands.
    .title = No such command
refuse-no-options = /{ $command } has no options. Send it without any.
    .title = No such option
refuse-no-option = /{ $command } has no option “{ $asked }”. It has: { $known }.
    .title = No such option

refuse-stale = It is from an older version, or its entry was removed. Ask again with a command: /help lists them.
    .title = This button is out of date
refuse-not-yours-to-delete = Only the person who asked can delete this answer.
    .title = Not yours to delete
refuse-not-yours = This was shown to somebody else, or in another server. Use /config view to open your own panel.
    .title = Not yours to change
refuse-manage-server-lost = You had the Manage Server permission when you opened this, but no longer have it. Nothing was changed.
    .title = Manage Server is missing
refuse-confirmation-expired = This had to be confirmed within 15 minutes. Nothing was changed; use the command again.
    .title = Too late
refuse-elsewhere = Dossier does not answer in this channel. Ask in { $channels }.
    .title = Not in this channel
refuse-blocked = Dossier does not answer in this channel, because the moderators of this server have blocked it here.
    .title = Not in this channel
refuse-only-in-servers = Settings belong to a server that has added Dossier. Use /config there.
    .title = Only in servers
refuse-not-read = This server's settings cannot be read at the moment: { $trouble }. Nothing is lost, and answers here are private until they can be read. Please try again in a minute. If this keeps happening, tell whoever runs this bot: the log has the cause.
    .title = The settings cannot be read
refuse-not-saved = This could not be saved, and nothing was changed: { $trouble }. Please try again in a minute. If this keeps happening, tell whoever runs this bot: the log has the cause.
    .title = Not saved
refuse-perhaps-saved = This may or may not have been saved, because { $trouble }. /config view shows whether it was. If this keeps happening, tell whoever runs this bot: the log has the cause.
    .title = Perhaps not saved
refuse-lacks = Nothing was changed, because Dossier cannot post there. Give it these permissions in the channel's settings, then try again:
    .title = Permissions are missing
    .row = { $channel }: { $permissions }
refuse-unseen = Dossier cannot see { $channels }, so nothing was changed. Give it the View Channel permission there, then try again.
    .title = Dossier cannot see this channel
refuse-other-server = Nothing was changed, because this does not belong to your server: { $what }. Choose one from Discord's list.
    .title = Not in this server
refuse-unverified = Discord could not confirm that this belongs to your server: { $what }. Nothing was saved. Please try again in a minute.
    .title = Not saved
refuse-not-postable = Dossier cannot post directly in { $channel }. Choose a text channel, an announcement channel, a thread or a voice channel's chat.
    .title = Not a channel to post in
refuse-too-many-rules = A server can have at most { $most } rules, so nothing was changed. A rule for a category applies to all channels in it.
    .title = Too many rules
refuse-too-many = The option “{ $option }” can be at most { $most }.
    .title = Too many
refuse-none-of = The option “{ $option }” must be one of these: { $known }.
    .title = No such choice
refuse-no-digests = This server has no digest. /config digest add sets one up.
    .title = No digest
refuse-which-digest = This server has several digests. Choose one in the option “digest”, which lists them as you type.
    .title = Which one?
refuse-no-such-digest = There is no such digest. /config digest list shows all digests.
    .title = No such digest
refuse-no-time = “{ $asked }” is not a time of day. Write it as in 09:00 or 9:30 pm, without a time zone, which has an option of its own; midnight is 00:00, the start of the day.
    .title = Not a time
refuse-no-days = “{ $asked }” is not a day of the week. Write daily, weekdays, or days as in mon,wed.
    .title = Not a day
refuse-other-days = “{ $asked }” is not a day of the week. Did you mean { $known }?
    .title = Not a day
refuse-no-content = A digest cannot post “{ $asked }”. Choose order, on-this-day, or kind: with one of { $known }.
    .title = No such content
refuse-no-zone = No time zone is called “{ $asked }”. Type a city, as in kyiv, or an offset from UTC, as in +02:00, and choose from the list.
    .title = No such zone
refuse-other-zone = No time zone is called “{ $asked }”. Did you mean { $known }?
    .title = No such zone
refuse-which-zone = “{ $asked }” could be several time zones, which may change their clocks at different times. Choose one from the list as you type, such as { $known }.
    .title = Which zone?
refuse-same-digest = A digest in { $channel } already does this: { $plan }. Nothing was saved, because each entry would be posted twice. /config digest list shows it.
    .title = This digest exists already
refuse-same-digest-paused = A digest in { $channel } already does this, and is paused: { $plan }. Nothing was saved. /config digest resume starts it again.
    .title = This digest exists already
refuse-locked = { $channel } is locked, so Dossier cannot post there. Unlock the thread, or give Dossier the Manage Threads permission there, then try again.
    .title = The thread is locked
refuse-too-many-digests = A server can have at most { $most } digests. /config digest remove makes room.
    .title = Too many digests
refuse-no-announcements = Only posts in an announcement channel can be published, and { $channel } is not one. Set “publish” to False, or choose another channel.
    .title = Not an announcement channel
refuse-everyone = Dossier never mentions @everyone. Choose a role that members have opted into.
    .title = @everyone is not allowed
refuse-nothing-changes = Nothing would change. Use at least one of the options.
    .title = Nothing to change
refuse-draft-gone = This draft is older than 15 minutes, or was erased with the settings. Nothing was changed; use /config digest add or edit again.
    .title = Draft expired
refuse-digest-changed = This digest was changed, paused or resumed after this draft was made, so the draft was not saved. Look at the digest as it is now, then edit it again.
    .title = Changed meanwhile
refuse-no-poster = Dossier is not connected to Discord here, so nothing was posted.
    .title = Not posted
refuse-bad-file = { $count ->
    [one] This file has an error
   *[other] This file has { $count } errors
}, and nothing was changed. Correct it and import it again; /config export shows what a file looks like.
    .title = Not imported
    .row = { $fault }
refuse-more = and { $count } more
    .title = More
refuse-no-file = No file is attached. Choose one made by /config export.
    .title = No file
refuse-long-file = This file is larger than 256 KiB, which settings never are. Choose one made by /config export.
    .title = File too large
refuse-foreign-file = This file is not on Discord, so it was not downloaded. Attach it to the command.
    .title = Not on Discord
refuse-file-away = The file could not be downloaded from Discord, and nothing was changed. Please try again.
    .title = Download failed
refuse-newer = This version of Dossier does not support that yet. Please use a command: /help lists them.
    .title = Not supported yet
refuse-nothing-to-read = This message has no words to look up. Choose another one, or use /search.
    .title = Nothing to look up
refuse-broken = Something went wrong on our side, and it has been logged. Please try again. If this keeps happening, give this number to whoever runs this bot: { $id }
    .title = Something went wrong
lookup-title = Entries related to this message
lookup-lead = { $count ->
    [one] One entry fits
   *[other] { $count } entries fit
} what this message says.

## Private answers: why an answer is private where a public one was expected.

private-elsewhere = Only you can see this. For a public answer, ask in { $channels }.
private-blocked = Only you can see this: the moderators have blocked public answers in this channel.
private-paced = Only you can see this: this channel's limit of { $count ->
    [one] one public answer
   *[other] { $count } public answers
} per minute has been reached.
private-no-settings = Only you can see this: the settings of this server cannot be read at the moment.
private-no-category = Only you can see this: Dossier cannot see the channel of this thread, so it is not known which rule applies. Give it the View Channel permission there.
private-unchecked = Only you can see this: Discord did not say which category this thread's channel is in, so it is not known which rule applies. Please try again later.

## What is wrong with the database

trouble-opening = the database is not open yet
trouble-away = the database cannot be reached
trouble-too-slow = the database did not answer in time
trouble-outcome-unknown = the database did not confirm the change
trouble-locked = the database is in use by another program or another change
trouble-read-only = the database can be read but not written
trouble-full = the database's disk is full
trouble-damaged = the database is damaged
trouble-moved = the database file was deleted or replaced
trouble-other = the database reports an error

## Settings of a server

config-view = Dossier in this server
config-saved = Saved
config-same = Nothing has changed
config-all = All settings
config-remove = Remove
config-cancel = Cancel
config-rest-all = Answers can be public in every channel: there are no rules.
config-rest-open = Answers can be public in every channel without a rule.
config-rest-private = In channels that are not allowed, only the person who asks sees the answer, with a note on where to ask publicly.
config-rest-refuse = In channels that are not allowed, questions are refused, with a note on where to ask.
config-elsewhere-private = Where answers may not be public, only the person who asks sees them.
config-elsewhere-refuse = Where answers may not be public, questions are refused.
config-pace = { $count ->
    [0] There is no limit on public answers.
    [one] After one public answer per minute in a channel, further ones are private.
   *[other] After { $count } public answers per minute in a channel, further ones are private.
}
    .choice = { $count ->
        [0] Any number of public answers
        [one] 1 public answer per minute
       *[other] { $count } public answers per minute
    }
config-trouble = If a digest fails, Dossier says so in { $channel }.
    .title = Failed digests
config-no-trouble = If a digest fails, only /config digest list says so.
config-trouble-off = Stop failure reports
config-pictures-on = Timelines, tables of stances and digests come with pictures.
config-pictures-off = Answers and digests come without pictures.
config-allowed = Answers can be public in { $channels }.
config-blocked = Answers are not public in { $channels }.
config-blocked-unseen = Dossier cannot see { $channels }, but the rule applies all the same.
config-unruled = There is no rule for { $channels }.
config-unchecked = It could not be checked whether Dossier can post in { $channels }; use /config check later.
config-row-allow = { $channel }: allowed
config-row-block = { $channel }: blocked
config-menu-allow = Allow public answers in …
config-menu-block = Block public answers in …
config-menu-pace = Public answers per minute
config-menu-trouble = Report failed digests in …
config-button-private = Answer privately elsewhere
config-button-refuse = Refuse elsewhere
config-button-digests = Digests
config-button-pictures-on = Turn pictures on
config-button-pictures-off = Turn pictures off
config-button-check = Check this channel
config-button-log = Change log
config-button-export = Export
config-button-reset = Reset …

check-works = Everything works
check-works-perhaps = No problem found, but not everything could be checked
check-problems = { $count ->
    [one] One problem
   *[other] { $count } problems
}
check-about = For { $member } in { $channel }:
check-no-rules = The server has no channel rules, so answers can be public. To set one, use /config channels allow or block.
check-not-blocked = There is no rule for this channel, and no other channel is allowed, so answers can be public. To change that, use /config channels block.
check-not-allowed = There is no rule for this channel, and others are allowed, so answers are not public. To change that, use /config channels allow.
check-allowed = The rule for { $ruled } allows public answers. To remove it, use /config channels remove.
check-blocked = The rule for { $ruled } blocks public answers. To remove it, use /config channels remove.
check-no-category = This is a thread of a channel that Dossier cannot see, so it is not known which rule applies, and answers are private. Give Dossier the View Channel permission in that channel, or set a rule for the thread or the channel.
check-category-unchecked = Discord did not say which category the channel is in, so it is not known which rule applies, and answers are private. Please try again later, or set a rule for the thread or the channel.
check-member-lacks = In { $channel }, { $member } lacks: { $permissions }. Commands need these; a role or the channel's settings can give them.
check-config = /config needs the Manage Server permission, unless Server Settings > Integrations > Dossier says otherwise.
check-rights = Nothing in Server Settings > Integrations > Dossier keeps { $member } from using commands here.
check-rights-unchecked = Discord's own settings (Server Settings > Integrations > Dossier) could not be read.
check-denied-channel = Discord's settings keep everyone from using the commands in { $by }: Server Settings > Integrations > Dossier > Channels.
check-denied-all-channels = Discord's settings allow the commands only in some channels, and { $channel } is not one of them: Server Settings > Integrations > Dossier > Channels.
check-denied-member = Discord's settings keep { $member } from using the commands: Server Settings > Integrations > Dossier > Roles & Members.
check-denied-role = Discord's settings keep { $by }, which { $member } has, from using the commands: Server Settings > Integrations > Dossier > Roles & Members.
check-denied-everyone = Discord's settings allow the commands only to some people, and { $member } is not one of them: Server Settings > Integrations > Dossier > Roles & Members.
check-others-may = These commands are the exception and can be used: { $commands }.
check-others-may-not = These commands are the exception and cannot be used: { $commands }.
check-bot = Dossier can see { $channel } and post there. (Only digests need these permissions.)
check-bot-forum = Dossier can see { $channel } and post in its threads, but not in the forum itself. (Only digests need these permissions.)
check-bot-category = Dossier can see { $channel }. Nothing can be posted in a category itself; to find out about a channel in it, name that channel.
check-bot-lacks = In { $channel }, Dossier lacks: { $permissions }. Answers to commands work without them; digests and reports of failures need them.
check-bot-unseen = Dossier cannot see { $channel }. Answers to commands work all the same; digests and reports of failures need the View Channel permission there.
check-bot-unchecked = Dossier's permissions in { $channel } could not be read.

log-title = Who changed what
log-lead = { $count ->
    [0] Nothing has been changed yet.
    [one] One change.
   *[other] { $count } changes, newest first.
}
log-line = { $at }, { $member }:{" "}
log-rule = { $channel }: { $from } → { $to }
    .none = no rule
    .allow = allowed
    .block = blocked
log-elsewhere = where answers cannot be public: { $from } → { $to }
    .private = private
    .refuse = refused
log-pace = public answers per minute in a channel: { $from } → { $to }
    .none = any number
log-trouble = failure channel: { $from } → { $to }
    .none = none
log-pictures = pictures: { $from } → { $to }
    .on = on
    .off = off
log-digest-added = digest added:{" "}
log-digest-added-paused = digest added, paused:{" "}
log-digest-removed = digest removed:{" "}
log-digest-changed = digest changed:{" "}
log-digest-paused = digest paused:{" "}
log-digest-resumed = digest resumed:{" "}

## Digests

digest-kicker-day = On this day · { $kicker }
digest-nothing-today = Nothing in this dossier is dated { $day } { $month }; this is the next entry in the timeline.
digest-begins-again = Everything has been posted once, so the digest starts over.
digest-content-order = the dossier in order
digest-content-on-this-day = what happened on this day in earlier years
digest-content-demand = the demands in order
digest-content-event = the timeline in order
digest-content-position = the positions
digest-content-proposal = the proposals, oldest first
digest-content-term = the terms
digest-content-place = the places
digest-content-actor = the actors
digest-content-outlook = the outlook
digest-content-section = the article's sections in order
digest-days-daily = every day
digest-days-weekdays = Monday to Friday
digest-day-1 = Monday
digest-day-2 = Tuesday
digest-day-3 = Wednesday
digest-day-4 = Thursday
digest-day-5 = Friday
digest-day-6 = Saturday
digest-day-7 = Sunday
digest-plan = { $channel }: { $what }, { $days } at { $at } ({ $zone })
    .moved = { $before } → { $channel }: { $what }, { $days } at { $at } ({ $zone })
    .short = { $what }, { $days } at { $at } ({ $zone })
    .role = , mentioning { $role }
    .other-role = , mentioning { $before } → { $role }
    .nobody = nobody
    .publish = , published to the servers that follow the channel
    .publish-on = , published to the servers that follow the channel: no → yes
    .publish-off = , published to the servers that follow the channel: yes → no
digest-label = #{ $channel } · { $days } { $at } · { $zone } · { $what }
digest-run = { $at }, { $in }
digest-next = Next: { $at }, { $in }
digest-paused = Paused.
digest-paused-for = Dossier has paused it: { $fault }.
digest-never = Nothing has been posted yet.
digest-last = Last: { $at }
    .link = , { $link }
digest-late = , { $count ->
    [one] a minute
   *[other] { $count } minutes
} late
digest-late-hours = , { $count } hours late
digest-published = , published
digest-publishing = , to be published { $at }, when Discord allows it
digest-sent-but = The post of { $at } went out, but { $fault }.
digest-unpublished = The post of { $at } went out, but could not be published: { $fault }.
digest-trying = Dossier is still trying to post the entry due at { $at }: { $fault }.
digest-failed = The entry due at { $at } was not posted: { $fault }.
digest-skipped = The entry due at { $at } was skipped: it could not be posted in time, for example because Dossier was offline.
digest-unknown = The entry due at { $at } may or may not have been posted: { $fault }.
digest-missed = { $count ->
    [one] One post was missed
   *[other] { $count } posts were missed
} since it was set up.
digest-missed-at = { $count ->
    [one] One post was missed
   *[other] { $count } posts were missed
} since it was set up; the latest: { $at }.
digest-not-told = The failure could not be reported in the channel set by /config trouble: { $fault }. Set another.
digest-trouble = { $count ->
    [one] Something went wrong with a digest
   *[other] Something went wrong with { $count } digests
}
digest-list = Digests of this server
digest-list-none = There are no digests yet. A digest posts an entry of the dossier on a schedule; to set one up, use /config digest add.
digest-list-more = To set up another, use /config digest add.
digest-manage = Manage
digest-one = Digest
digest-all = All digests
digest-button-preview = Preview
digest-button-post = Post now
digest-button-pause = Pause
digest-button-resume = Resume
digest-button-remove = Remove
digest-button-confirm = Confirm
digest-button-no-role = Mention nobody
digest-button-confirm-no-role = Confirm, but mention nobody
digest-draft = Save this digest?
digest-draft-lead = Its next posts, in your time zone:
digest-draft-edit = Change this digest?
digest-draft-resumes = It is paused. Confirming resumes it.
digest-draft-foot = Nothing is saved until you confirm. This draft lasts 15 minutes.
digest-silent = Dossier cannot notify { $role }. Let everyone mention it (Server Settings > Roles), or give Dossier the Mention @everyone, @here, and All Roles permission; otherwise the post names the role and notifies nobody.
digest-no-history = Dossier lacks Read Message History in { $channel }. Digests work without it, but after a crash Dossier cannot check whether it already posted, and will say so rather than post twice.
digest-saved = The digest is saved:
digest-remove-ask = It will stop posting, and Dossier will forget which entries it has posted. This cannot be undone. To stop it for a while, pause it instead.
    .title = Remove this digest?
    .button = Remove
digest-resuming = Resumed:
digest-kept = Nothing was changed.
    .title = Not saved
digest-pausing = Paused:
digest-removing = Removed:
digest-preview-lead = This is what { $channel } gets next. Only you can see it.
digest-preview-paused = This digest is paused. This is what { $channel } gets first once you resume it. Only you can see it.
digest-preview-role = It will mention { $role }.
digest-preview-nothing = There is nothing to post: the dossier has no entry of that kind.
    .title = Nothing to post
digest-posted = Posted: { $at }
    .title = Posted
digest-posted-but = Posted: { $at }, but { $fault }.
    .title = Posted
digest-posted-unpublished = Posted: { $at }. It cannot be published: { $fault }.
    .title = Posted
digest-not-posted = It was not posted: { $fault }.
    .title = Not posted
digest-perhaps-posted = It may or may not have been posted: { $fault }.
    .title = Perhaps not posted
digest-posting = It could not be posted yet: { $fault }. Dossier keeps trying for a few minutes; /config digest list shows the result.
    .title = Not posted yet
digest-posting-pending = It is not certain yet that it was posted. Dossier looks into it within a few minutes and tries again if it was not; /config digest list shows the result.
    .title = Perhaps not posted yet
digest-posting-already = An entry was posted a moment ago, or is being posted now, so nothing more was posted. /config digest list shows which.
    .title = Posting already

## What goes wrong with digests, as a clause, and what to do about it.

fault-channel-gone = the channel is gone
    .advice = Choose another with /config digest edit, or remove the digest.
fault-other-server = the channel does not belong to this server
    .advice = Choose a channel of this server with /config digest edit.
fault-unseen = Dossier cannot see the channel
    .advice = Give it the View Channel permission in { $channel }, then resume the digest if it is paused.
fault-lacks = Dossier may not post in the channel
    .advice = Give it the View Channel and Send Messages permissions in { $channel } (in threads, Send Messages in Threads; in voice channels, Connect as well), then resume the digest if it is paused.
fault-archived = the thread is archived or locked
    .advice = Open { $channel } again, then resume the digest if it is paused.
fault-not-postable = nothing can be posted in a channel of that kind
    .advice = Choose another channel with /config digest edit.
fault-refused = Discord refused it (status { $status }, code { $code })
    .advice = If this keeps happening, tell whoever runs this bot.
fault-away = Discord could not be reached, or had an error
    .advice = No action needed.
fault-limited = Discord's limits did not allow it in time
    .advice = No action needed.
fault-role-gone = the role that it mentions is gone
    .advice = Choose another with /config digest edit, or press Mention nobody on the digest's own page (/config digest list, Manage).
fault-role-silent = the role that it mentions was not notified
    .advice = Let everyone mention it (Server Settings > Roles), or give Dossier the Mention @everyone, @here, and All Roles permission.
fault-nothing = there is no entry of that kind
    .advice = Choose other content with /config digest edit.
fault-changed = it was paused or changed before it was posted
    .advice = No action needed.
fault-untold = Dossier was interrupted while posting and could not tell whether the post went out
    .advice = If it has the Read Message History permission in { $channel }, it can check.

export-title = This server's settings
export-lead = The settings are in this file. Keep it, or change it and restore it with /config import. It contains the ids of channels and roles, but no names of people.
import-done = { $count ->
    [0] This server's settings already match the file.
    [one] One setting was changed.
   *[other] { $count } settings were changed.
}

message-too-long = This answer is too long for Discord. Please ask about part of it.

reset-ask = This erases everything Dossier has stored about this server: all settings, the digests and what they have posted, and the change log. It cannot be undone. To keep a copy of the settings and digests, use /config export first.
    .title = Erase everything?
reset-sure = Erase everything
reset-done = All data about this server has been erased. Answers can be public in every channel, and no digest is posted.
    .title = Erased

## The terminal

terminal-views = More of this
terminal-open = Open
terminal-previous = Previous
terminal-next = Next
terminal-earliest = Earliest
terminal-latest = Latest
terminal-related = See also
terminal-sources = Sources
