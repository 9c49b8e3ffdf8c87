//! What people and machines do about a lead or a deal: kinds, directions, results, and the
//! words that CRMs have for them.
//!
//! The words are those of HubSpot, Salesforce, Pipedrive and Zoho as they stand in exports.
//! A word that is not known has no meaning here; whoever reads it counts it and says how to
//! map it. What an activity means for a clock (an attempt, a contact) is decided in `metrics`.

use super::text::normal_form;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A telephone or video call.
    Call,
    /// A mail or letter.
    Mail,
    /// A meeting, demo or visit.
    Meeting,
    /// A short message: SMS, chat, LinkedIn.
    Message,
    /// A remark in the CRM; nobody was reached by it.
    Note,
    /// Something to do; nobody was reached by it.
    Task,
}

/// Who turned to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// From the lead to the company.
    In,
    /// From the company to the lead.
    Out,
}

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    /// A person.
    Human,
    /// A workflow, a sequence, a marketing mail.
    Automation,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Both spoke with each other.
    Connected,
    /// The other side answered.
    Replied,
    /// Nobody answered.
    NoAnswer,
    /// The meeting took place.
    Held,
    /// The meeting did not take place because somebody stayed away.
    NoShow,
    /// Called off before.
    Cancelled,
    /// Moved to another time.
    Rescheduled,
    /// Not done yet.
    Planned,
    /// Done, and nothing more is said.
    Done,
    /// Could not be delivered.
    Failed,
}

/// What the word for a kind says: the kind, and what else it gives away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// The kind.
    pub kind: Kind,
    /// Who turned to whom, where the word says it (`Incoming email`).
    pub direction: Option<Direction>,
    /// Who did it, where the word says it (`Marketing email`).
    pub by: Option<By>,
    /// What came of it, where the word says it (`Missed call`).
    pub outcome: Option<Outcome>,
}

impl Kind {
    /// Every kind, in reading order.
    pub const ALL: &[Self] = &[
        Self::Call,
        Self::Mail,
        Self::Meeting,
        Self::Message,
        Self::Note,
        Self::Task,
    ];

    /// The word in tables and in `[input.kinds]`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Mail => "mail",
            Self::Meeting => "meeting",
            Self::Message => "message",
            Self::Note => "note",
            Self::Task => "task",
        }
    }

    /// The kind with this code.
    #[must_use]
    pub fn by_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }

    /// True for what can reach somebody: all but notes and tasks.
    #[must_use]
    pub fn reaches(self) -> bool {
        !matches!(self, Self::Note | Self::Task)
    }
}

impl Direction {
    /// The word in tables.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }

    /// The direction with this code.
    #[must_use]
    pub fn by_code(code: &str) -> Option<Self> {
        [Self::In, Self::Out].into_iter().find(|d| d.code() == code)
    }
}

impl By {
    /// The word in tables.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Automation => "automation",
        }
    }
}

impl Outcome {
    /// Every outcome, in reading order.
    pub const ALL: &[Self] = &[
        Self::Connected,
        Self::Replied,
        Self::NoAnswer,
        Self::Held,
        Self::NoShow,
        Self::Cancelled,
        Self::Rescheduled,
        Self::Planned,
        Self::Done,
        Self::Failed,
    ];

    /// The word in tables and in `[input.outcomes]`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Replied => "replied",
            Self::NoAnswer => "no_answer",
            Self::Held => "held",
            Self::NoShow => "no_show",
            Self::Cancelled => "cancelled",
            Self::Rescheduled => "rescheduled",
            Self::Planned => "planned",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// The outcome with this code.
    #[must_use]
    pub fn by_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.code() == code)
    }

    /// The outcome in the words of a kind: a meeting that was answered was held, a call that
    /// was held was answered.
    #[must_use]
    pub fn of_kind(self, kind: Kind) -> Self {
        match (kind, self) {
            (Kind::Meeting, Self::Connected | Self::Done | Self::Replied) => Self::Held,
            (Kind::Meeting, Self::NoAnswer) => Self::NoShow,
            (Kind::Call, Self::Held | Self::Replied) => Self::Connected,
            (Kind::Call, Self::NoShow) => Self::NoAnswer,
            (Kind::Mail | Kind::Message, Self::Connected) => Self::Replied,
            (_, same) => same,
        }
    }
}

/// The letters and digits of a text as words in lower case: `INCOMING_EMAIL` is two.
fn words(text: &str) -> Vec<String> {
    normal_form(text)
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// True where one of the phrases stands in the words, whole word by whole word.
fn says(words: &[String], phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| {
        let parts: Vec<&str> = phrase.split(' ').collect();
        words.windows(parts.len()).any(|window| window == parts)
    })
}

const AUTOMATION: &[&str] = &[
    "workflow",
    "workflows",
    "sequence",
    "sequences",
    "cadence",
    "automation",
    "automated",
    "automatic",
    "automatically",
    "auto",
    "bot",
    "chatbot",
    "campaign",
    "newsletter",
    "marketing email",
    "marketing mail",
    "marketing e mail",
    "mass email",
    "list email",
    "bulk email",
    "drip",
    "autoresponder",
];
const INWARD: &[&str] = &[
    "incoming",
    "inbound",
    "received",
    "in",
    "from contact",
    "from lead",
];
const OUTWARD: &[&str] = &[
    "outgoing",
    "outbound",
    "sent",
    "out",
    "to contact",
    "to lead",
];
const KINDS: &[(Kind, &[&str])] = &[
    // What is still to be done is a task, whatever it is about.
    (
        Kind::Task,
        &[
            "task", "tasks", "to do", "todo", "todos", "deadline", "reminder",
        ],
    ),
    (Kind::Note, &["note", "notes", "comment"]),
    (
        Kind::Meeting,
        &[
            "meeting",
            "meetings",
            "demo",
            "appointment",
            "lunch",
            "event",
            "visit",
            "onsite",
        ],
    ),
    (
        Kind::Message,
        &[
            "sms", "text", "message", "messages", "whatsapp", "linkedin", "inmail", "chat",
        ],
    ),
    (
        Kind::Call,
        &["call", "calls", "phone", "telephone", "dial", "voicemail"],
    ),
    (
        Kind::Mail,
        &[
            "email", "emails", "mail", "mails", "e mail", "letter", "postal",
        ],
    ),
];
const OUTCOMES: &[(Outcome, &[&str])] = &[
    (
        Outcome::NoShow,
        &[
            "no show",
            "noshow",
            "did not show",
            "not attended",
            "absent",
        ],
    ),
    (
        Outcome::NoAnswer,
        &[
            "no answer",
            "not answered",
            "unanswered",
            "not connected",
            "not reached",
            "no response",
            "no reply",
            "busy",
            "voicemail",
            "voice mail",
            "left message",
            "live message",
            "wrong number",
            "missed",
            "unreachable",
        ],
    ),
    (
        Outcome::Rescheduled,
        &["rescheduled", "moved", "postponed", "deferred"],
    ),
    (
        Outcome::Cancelled,
        &["cancelled", "canceled", "called off", "declined"],
    ),
    (
        Outcome::Planned,
        &[
            "scheduled",
            "planned",
            "not started",
            "not done",
            "open",
            "in progress",
            "pending",
            "overdue",
            "upcoming",
            "waiting on someone else",
            "not completed",
        ],
    ),
    (
        Outcome::Failed,
        &[
            "bounced",
            "bounce",
            "failed",
            "undelivered",
            "not delivered",
        ],
    ),
    (
        Outcome::Replied,
        &[
            "replied",
            "reply",
            "answered by mail",
            "responded",
            "response",
        ],
    ),
    (
        Outcome::Connected,
        &[
            "connected",
            "answered",
            "reached",
            "spoke",
            "conversation",
            "talked",
        ],
    ),
    (Outcome::Held, &["held", "attended", "took place", "showed"]),
    (
        Outcome::Done,
        &[
            "completed",
            "complete",
            "done",
            "finished",
            "closed",
            "sent",
            "delivered",
            "opened",
            "clicked",
            "true",
            "yes",
        ],
    ),
];

/// What the word for a kind of activity means; nothing where it is not known.
#[must_use]
pub fn meaning(word: &str) -> Option<Meaning> {
    let words = words(word);
    let kind = KINDS.iter().find(|(_, phrases)| says(&words, phrases))?.0;
    let outcome = [Outcome::NoAnswer, Outcome::Replied, Outcome::NoShow]
        .into_iter()
        .find(|wanted| outcome_of(&words) == Some(*wanted));
    let answered = outcome == Some(Outcome::Replied);
    Some(Meaning {
        kind,
        direction: direction_of(&words).or(answered.then_some(Direction::In)),
        by: says(&words, AUTOMATION).then_some(By::Automation),
        outcome: outcome.map(|outcome| outcome.of_kind(kind)),
    })
}

/// Who turned to whom; nothing where the word is not known.
#[must_use]
pub fn direction(word: &str) -> Option<Direction> {
    direction_of(&words(word))
}

fn direction_of(words: &[String]) -> Option<Direction> {
    if says(words, INWARD) {
        return Some(Direction::In);
    }
    says(words, OUTWARD).then_some(Direction::Out)
}

/// Who did it. A column `Automated` says yes or no; one of names has human names.
#[must_use]
pub fn by(word: &str) -> By {
    let words = words(word);
    let is_yes =
        matches!(words.as_slice(), [one] if ["yes", "true", "1", "system"].contains(&one.as_str()));
    if is_yes || says(&words, AUTOMATION) {
        return By::Automation;
    }
    By::Human
}

/// What came of it; nothing where the word is not known.
#[must_use]
pub fn outcome(word: &str) -> Option<Outcome> {
    outcome_of(&words(word))
}

fn outcome_of(words: &[String]) -> Option<Outcome> {
    let known = OUTCOMES.iter().find(|(_, phrases)| says(words, phrases));
    known.map(|(outcome, _)| *outcome)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn kinds_of_four_systems() {
        for (word, kind) in [
            ("Call", Kind::Call),
            ("CALL", Kind::Call),
            ("Outbound call", Kind::Call),
            ("Email", Kind::Mail),
            ("E-Mail", Kind::Mail),
            ("INCOMING_EMAIL", Kind::Mail),
            ("List Email", Kind::Mail),
            ("Meeting", Kind::Meeting),
            ("Demo", Kind::Meeting),
            ("LinkedIn message", Kind::Message),
            ("WhatsApp", Kind::Message),
            ("Note", Kind::Note),
            ("Task: call back", Kind::Task),
            ("To-do", Kind::Task),
            ("deadline", Kind::Task),
        ] {
            assert_eq!(meaning(word).map(|m| m.kind), Some(kind), "{word}");
        }
        assert_eq!(meaning("Recall"), None);
        assert_eq!(meaning("Discovery"), None);
    }

    #[test]
    fn a_word_may_say_more_than_the_kind() {
        let mail = meaning("Incoming email").unwrap();
        assert_eq!(mail.direction, Some(Direction::In));
        assert_eq!(meaning("Marketing Email").unwrap().by, Some(By::Automation));
        assert_eq!(meaning("Email").unwrap().by, None);
        let missed = meaning("Missed call").unwrap();
        assert_eq!(missed.outcome, Some(Outcome::NoAnswer));
        let reply = meaning("Email reply").unwrap();
        assert_eq!(reply.direction, Some(Direction::In));
        assert_eq!(reply.outcome, Some(Outcome::Replied));
    }

    #[test]
    fn machines_have_names_and_so_have_people() {
        for word in [
            "Workflow",
            "yes",
            "TRUE",
            "Marketing email",
            "Sales sequence 3",
            "Bot",
        ] {
            assert_eq!(by(word), By::Automation, "{word}");
        }
        for word in ["no", "false", "Anna", "Abbot", "manual", "Rep"] {
            assert_eq!(by(word), By::Human, "{word}");
        }
    }

    #[test]
    fn outcomes_of_four_systems() {
        for (word, outcome_wanted) in [
            ("Connected", Outcome::Connected),
            ("No answer", Outcome::NoAnswer),
            ("NO_ANSWER", Outcome::NoAnswer),
            ("Left voicemail", Outcome::NoAnswer),
            ("Left live message", Outcome::NoAnswer),
            ("Not connected", Outcome::NoAnswer),
            ("No-show", Outcome::NoShow),
            ("NO_SHOW", Outcome::NoShow),
            ("Not attended", Outcome::NoShow),
            ("Canceled", Outcome::Cancelled),
            ("Rescheduled", Outcome::Rescheduled),
            ("Scheduled", Outcome::Planned),
            ("Not Started", Outcome::Planned),
            ("Completed", Outcome::Done),
            ("Attended", Outcome::Held),
            ("Replied", Outcome::Replied),
            ("No reply", Outcome::NoAnswer),
            ("Bounced", Outcome::Failed),
        ] {
            assert_eq!(outcome(word), Some(outcome_wanted), "{word}");
        }
        assert_eq!(outcome("Interested"), None);
    }

    #[test]
    fn an_outcome_is_told_in_the_words_of_its_kind() {
        assert_eq!(Outcome::Done.of_kind(Kind::Meeting), Outcome::Held);
        assert_eq!(Outcome::Done.of_kind(Kind::Call), Outcome::Done);
        assert_eq!(Outcome::NoShow.of_kind(Kind::Call), Outcome::NoAnswer);
        assert_eq!(Outcome::Held.of_kind(Kind::Call), Outcome::Connected);
    }
}
