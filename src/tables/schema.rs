//! The canonical tables and their columns, as data.
//!
//! Mapping, `init`, `inspect`, error messages and documentation are all derived from
//! [`TABLES`]: a new column is one line here.

/// A canonical table.
#[derive(Debug)]
pub struct TableSpec {
    /// Its name in `table = "..."`.
    pub name: &'static str,
    /// What one row is.
    pub row: &'static str,
    /// Columns, required ones first.
    pub columns: &'static [ColumnSpec],
    /// True where further columns become segment columns.
    pub segments: bool,
}

/// A canonical column.
#[derive(Debug)]
pub struct ColumnSpec {
    /// Its name on the left side of `[input.columns]`. A trailing `.*` stands for one column per stage.
    pub name: &'static str,
    /// What its cells hold.
    pub kind: CellKind,
    /// True where a row cannot do without it.
    pub required: bool,
    /// One sentence for people.
    pub doc: &'static str,
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// An identifier: text, never a number.
    Id,
    /// Several identifiers, separated by `;`.
    Ids,
    /// Words.
    Text,
    /// A moment, with or without a time.
    Time,
    /// A date, a week, a month or a range of dates in one cell.
    Span,
    /// An amount, possibly with its currency.
    Money,
    /// A number with or without a fraction.
    Number,
    /// Yes or no.
    Flag,
    /// A moment or a yes/no: the date of a stage, or that it was reached.
    Stage,
}

const fn column(
    name: &'static str,
    kind: CellKind,
    required: bool,
    doc: &'static str,
) -> ColumnSpec {
    ColumnSpec {
        name,
        kind,
        required,
        doc,
    }
}

use CellKind::{Flag, Id, Ids, Money, Number, Span, Stage, Text, Time};

/// Persons or contacts.
pub const LEADS: TableSpec = TableSpec {
    name: "leads",
    row: "a person or contact",
    segments: true,
    columns: &[
        column("id", Id, true, "identifier of the person"),
        column("created", Time, false, "when the record was made"),
        column(
            "channel",
            Text,
            false,
            "where the person came from, in the words of the system",
        ),
        column(
            "source",
            Text,
            false,
            "source of the first visit or the lead source",
        ),
        column("medium", Text, false, "medium of the first visit"),
        column(
            "source_medium",
            Text,
            false,
            "source and medium in one cell, `google / cpc`",
        ),
        column("campaign", Text, false, "campaign of the first visit"),
        column("gclid", Text, false, "click id of Google Ads"),
        column("msclkid", Text, false, "click id of Microsoft Ads"),
        column("owner", Text, false, "who works the lead"),
        column("assigned", Time, false, "when the owner was assigned"),
        column("stage", Text, false, "today's stage, as a word"),
        column(
            "stage.*",
            Stage,
            false,
            "when (or that) the stage was reached",
        ),
        column("email", Text, false, "join key, never shown"),
        column("account", Id, false, "the company the person belongs to"),
        column("deals", Ids, false, "deals of the person"),
        column("referred_by", Id, false, "who brought the person"),
        column(
            "referrer_kind",
            Text,
            false,
            "what who brought the person is: customer, partner, employee",
        ),
        column("score", Number, false, "score that the system computed"),
        column(
            "disqualified_reason",
            Text,
            false,
            "why the lead was given up",
        ),
        column(
            "exported_at",
            Time,
            false,
            "when the snapshot was taken that the row stands in",
        ),
    ],
};

/// Moves between stages.
pub const STAGE_EVENTS: TableSpec = TableSpec {
    name: "stage_events",
    row: "one change of stage",
    segments: true,
    columns: &[
        column(
            "id",
            Id,
            false,
            "lead or deal that moved; without it the rows are counted, not followed",
        ),
        column(
            "at",
            Time,
            false,
            "when the stage was entered; without it the time is unknown",
        ),
        column("stage", Text, true, "the stage entered"),
        column("owner", Text, false, "owner at that moment"),
        column("amount", Money, false, "amount at that moment"),
        column(
            "currency",
            Text,
            false,
            "ISO code of the amount, where it has its own column",
        ),
        column(
            "expected_close",
            Time,
            false,
            "planned closing date at that moment",
        ),
        column("channel", Text, false, "channel, for rows without an id"),
        column("source", Text, false, "source, for rows without an id"),
        column("medium", Text, false, "medium, for rows without an id"),
        column("campaign", Text, false, "campaign, for rows without an id"),
        column("count", Number, false, "how many moves the row stands for"),
    ],
};

/// Opportunities.
pub const DEALS: TableSpec = TableSpec {
    name: "deals",
    row: "an opportunity",
    segments: true,
    columns: &[
        column(
            "id",
            Id,
            false,
            "identifier of the deal; without it each row is a deal of its own",
        ),
        column("name", Text, false, "name of the deal"),
        column(
            "lead",
            Ids,
            false,
            "leads of the deal, the primary contact first",
        ),
        column("account", Id, false, "the company that buys"),
        column("pipeline", Text, false, "pipeline the deal stands in"),
        column("stage", Text, false, "today's stage, as a word"),
        column(
            "outcome",
            Text,
            false,
            "won, lost or open, where it is not the stage",
        ),
        column("amount", Money, false, "amount of the deal"),
        column(
            "currency",
            Text,
            false,
            "ISO code of the amount, where it has its own column",
        ),
        column(
            "probability",
            Number,
            false,
            "probability that the system states",
        ),
        column("forecast_category", Text, false, "the rep's own category"),
        column("created", Time, false, "when the deal was made"),
        column("expected_close", Time, false, "planned closing date"),
        column(
            "closed",
            Time,
            false,
            "when the deal was won or lost; on open deals the planned date",
        ),
        column("owner", Text, false, "who works the deal"),
        column("kind", Text, false, "new, renewal or expansion"),
        column("channel", Text, false, "channel of the deal itself"),
        column("source", Text, false, "source of the deal itself"),
        column("medium", Text, false, "medium of the deal itself"),
        column("campaign", Text, false, "campaign of the deal itself"),
        column("next_step", Text, false, "next step, in words"),
        column("last_activity", Time, false, "last activity"),
        column("delivered", Time, false, "when what was sold was delivered"),
        column("collected", Money, false, "what of the amount was paid"),
        column("lost_reason", Text, false, "why the deal was lost"),
        column(
            "exported_at",
            Time,
            false,
            "when the snapshot was taken that the row stands in",
        ),
    ],
};

/// Aggregated web analytics.
pub const VISITS: TableSpec = TableSpec {
    name: "visits",
    row: "a channel in a period of web analytics",
    segments: true,
    columns: &[
        column(
            "period",
            Span,
            false,
            "date, week, month or range; also as two columns `from` and `to`",
        ),
        column("from", Time, false, "first day"),
        column("to", Time, false, "last day, included"),
        column("channel", Text, false, "channel group"),
        column("source", Text, false, "session source"),
        column("medium", Text, false, "session medium"),
        column(
            "source_medium",
            Text,
            false,
            "source and medium in one cell, `google / cpc`",
        ),
        column("campaign", Text, false, "session campaign"),
        column("sessions", Number, false, "sessions"),
        column("users", Number, false, "users"),
        column("count.*", Number, false, "ready-made count of a stage"),
    ],
};

/// Money and hours.
pub const SPEND: TableSpec = TableSpec {
    name: "spend",
    row: "money or hours put into a channel",
    segments: true,
    columns: &[
        column(
            "period",
            Span,
            false,
            "date, week, month or range; also as two columns `from` and `to`",
        ),
        column("from", Time, false, "first day"),
        column("to", Time, false, "last day, included"),
        column("channel", Text, false, "channel or project"),
        column("source", Text, false, "source"),
        column("medium", Text, false, "medium"),
        column(
            "source_medium",
            Text,
            false,
            "source and medium in one cell, `google / cpc`",
        ),
        column("campaign", Text, false, "campaign"),
        column("money", Money, false, "amount paid"),
        column(
            "currency",
            Text,
            false,
            "ISO code of the amount, where it has its own column",
        ),
        column("hours", Number, false, "hours worked"),
        column(
            "minutes",
            Number,
            false,
            "minutes worked, where the sheet has minutes",
        ),
        column("worker", Text, false, "who worked, for rates by person"),
        column("impressions", Number, false, "impressions"),
        column("clicks", Number, false, "clicks"),
        column("count.*", Number, false, "ready-made count of a stage"),
    ],
};

/// Ready-made journeys.
pub const PATHS: TableSpec = TableSpec {
    name: "paths",
    row: "a path that journeys took, and what came of them",
    segments: false,
    columns: &[
        column("path", Text, true, "the touches in order, `a > b > c`"),
        column(
            "conversions",
            Number,
            true,
            "how many journeys over the path converted",
        ),
        column("value", Number, false, "what the conversions were worth"),
        column(
            "non_converting",
            Number,
            false,
            "how many journeys over the path did not convert",
        ),
    ],
};

/// Interactions.
pub const TOUCHES: TableSpec = TableSpec {
    name: "touches",
    row: "an interaction of a person or visitor, offline ones too",
    segments: true,
    columns: &[
        column(
            "id",
            Id,
            true,
            "the person: a visitor, lead, deal or account",
        ),
        column("at", Time, true, "when it happened"),
        column("channel", Text, false, "channel group"),
        column("source", Text, false, "source"),
        column("medium", Text, false, "medium"),
        column(
            "source_medium",
            Text,
            false,
            "source and medium in one cell, `google / cpc`",
        ),
        column("campaign", Text, false, "campaign"),
        column("kind", Text, false, "kind of touch: visit, webinar, call"),
        column("event", Text, false, "name of a web or product event"),
        column(
            "conversion",
            Flag,
            false,
            "yes where the row is a conversion itself",
        ),
        column(
            "value",
            Money,
            false,
            "what the conversion is worth; without a column `conversion` a row with a value is one",
        ),
        column(
            "currency",
            Text,
            false,
            "ISO code of the value, where it has its own column",
        ),
    ],
};

/// Who a visitor turned out to be.
pub const IDENTITIES: TableSpec = TableSpec {
    name: "identities",
    row: "a visitor who is a lead",
    segments: false,
    columns: &[
        column("visitor", Id, true, "identifier of the visitor"),
        column("lead", Id, true, "identifier of the lead"),
    ],
};

/// What was done with leads and deals, and what they did.
pub const ACTIVITIES: TableSpec = TableSpec {
    name: "activities",
    row: "a call, a mail, a meeting",
    segments: false,
    columns: &[
        column("id", Id, true, "the lead or deal it was about"),
        column(
            "at",
            Time,
            true,
            "when it happened, or is planned to happen",
        ),
        column("kind", Text, true, "call, mail, meeting, note, task"),
        column(
            "direction",
            Text,
            false,
            "inbound or outbound; without it calls and mails are outbound",
        ),
        column(
            "by",
            Text,
            false,
            "a human or automation; without it a human",
        ),
        column(
            "outcome",
            Text,
            false,
            "connected, no answer, held, no-show, cancelled",
        ),
        column("owner", Text, false, "who did it"),
    ],
};

/// Reps.
pub const OWNERS: TableSpec = TableSpec {
    name: "owners",
    row: "a rep",
    segments: false,
    columns: &[
        column("id", Id, true, "how other exports write the owner"),
        column("name", Text, false, "name to show"),
        column("team", Text, false, "team"),
        column("active", Flag, false, "no for those who left"),
        column(
            "calendar",
            Text,
            false,
            "working hours, as a [calendar.NAME]",
        ),
        column("quota", Money, false, "what is to be won in a period"),
        column(
            "currency",
            Text,
            false,
            "ISO code of the quota, where it has its own column",
        ),
        column(
            "period",
            Span,
            false,
            "month or quarter of the quota; also as two columns `from` and `to`",
        ),
        column("from", Time, false, "first day of the quota"),
        column("to", Time, false, "last day of the quota, included"),
    ],
};

/// Companies: what is known of them is known of the leads, deals and bills that name them.
pub const ACCOUNTS: TableSpec = TableSpec {
    name: "accounts",
    row: "a company",
    segments: true,
    columns: &[
        column("id", Id, true, "identifier of the company"),
        column("name", Text, false, "its name; joins where no id does"),
        column("created", Time, false, "when the record was made"),
    ],
};

/// Recurring amounts.
pub const BILLING: TableSpec = TableSpec {
    name: "billing",
    row: "the recurring amount of a customer in a period",
    segments: true,
    columns: &[
        column("customer", Id, true, "the account that pays"),
        column(
            "period",
            Span,
            false,
            "month that is paid for; also as two columns `from` and `to`",
        ),
        column("from", Time, false, "first day"),
        column("to", Time, false, "last day, included"),
        column(
            "amount",
            Money,
            true,
            "amount of the period; 0 or no row is none",
        ),
        column(
            "refunded",
            Money,
            false,
            "what of the amount was paid back; it is taken off",
        ),
        column(
            "currency",
            Text,
            false,
            "ISO code of the amount, where it has its own column",
        ),
        column("reason", Text, false, "why the amount changed or ended"),
        column(
            "kind",
            Text,
            false,
            "recurring or service; service does not recur",
        ),
        column(
            "renewal_due",
            Time,
            false,
            "when the contract is due for renewal",
        ),
        column("renewed", Flag, false, "yes where it was renewed"),
    ],
};

/// Reviews and NPS answers.
pub const FEEDBACK: TableSpec = TableSpec {
    name: "feedback",
    row: "a review or an NPS answer",
    segments: false,
    columns: &[
        column("customer", Id, true, "the account or person who answered"),
        column("at", Time, true, "when"),
        column("score", Number, true, "answer from 0 to 10"),
    ],
};

/// Every canonical table, in reading order.
pub const TABLES: &[&TableSpec] = &[
    &LEADS,
    &STAGE_EVENTS,
    &DEALS,
    &VISITS,
    &SPEND,
    &TOUCHES,
    &IDENTITIES,
    &PATHS,
    &ACTIVITIES,
    &OWNERS,
    &ACCOUNTS,
    &BILLING,
    &FEEDBACK,
];

impl TableSpec {
    /// The table with this name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<&'static Self> {
        TABLES.iter().copied().find(|table| table.name == name)
    }

    /// The column that `name` means: itself, or its family (`stage.mql` is `stage.*`).
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&'static ColumnSpec> {
        let family = name.split_once('.').map(|(head, _)| format!("{head}.*"));
        self.columns
            .iter()
            .find(|column| column.name == name || family.as_deref() == Some(column.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_found() {
        assert_eq!(LEADS.column("stage.mql").map(|c| c.name), Some("stage.*"));
        assert_eq!(LEADS.column("stage").map(|c| c.name), Some("stage"));
        assert!(LEADS.column("colour").is_none());
    }
}
