//! The registry of diagnostic codes: one constant each, listed in [`ALL`].
//!
//! The ids are part of the contract (`--error-format json`, `inspect`, `explain`).

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something was assumed or is worth knowing.
    Note,
    /// A figure may not mean what it seems to mean.
    Warning,
    /// The run cannot give a right answer.
    Error,
}

impl Severity {
    /// All of them, the least first.
    pub const ALL: [Self; 3] = [Self::Note, Self::Warning, Self::Error];

    /// The word in front of the message.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A kind of finding.
#[derive(Debug)]
pub struct Code {
    /// Stable name.
    pub id: &'static str,
    /// Severity unless a setting changes it.
    pub severity: Severity,
    /// What it means and what to do, for `explain`.
    pub doc: &'static str,
}

macro_rules! codes {
    ($($name:ident $id:literal $severity:ident $doc:literal)*) => {
        $(
            #[doc = $doc]
            pub const $name: Code = Code { id: $id, severity: Severity::$severity, doc: $doc };
        )*
        /// Every code, in reading order.
        pub const ALL: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    // Usage and configuration
    USAGE "usage" Error "The command line cannot be understood or asks for two things that exclude each other."
    CONFIG "config" Error "The configuration file cannot be read, or one of its values has the wrong type."
    UNKNOWN_KEY "unknown_key" Error "The configuration has a key that leadflow does not know; a misspelt key would otherwise be ignored in silence."
    UNKNOWN_NAME "unknown_name" Error "A stage, channel, column, metric or dimension occurs neither in the data nor in the configuration."
    RESERVED_NAME "reserved_name" Error "A stage or segment has the name of a column of the output; choose another one."
    NOT_FILTERABLE "not_filterable" Error "A filter names a column that the table does not have."
    // Gates
    CHECK_FAILED "check_failed" Warning "A figure does not meet the threshold of a check; everything was written all the same, and the run ends with 1 where the check is no warning."
    CHECK_SKIPPED "check_skipped" Warning "Every check of the run was skipped, because its figure has no value or too few entities: nothing was checked."
    // Files
    NOT_FOUND "not_found" Error "An input does not exist, or a pattern matches no file."
    UNREADABLE "unreadable" Error "An input is a directory, may not be read, or broke off while being read."
    EMPTY_FILE "empty_file" Error "An input has no bytes."
    WRONG_CONTAINER "wrong_container" Error "The file is not the table its name promises: a ZIP or XLSX archive, an HTML page, a JSON answer."
    BROKEN_ARCHIVE "broken_archive" Error "A compressed file is cut short or its checksum is wrong."
    LIMIT "limit" Error "The input is larger than a stated limit; the message names the setting that raises it."
    BAD_ENCODING "bad_encoding" Error "The bytes are not text in the encoding that was named."
    ASSUMED_ENCODING "assumed_encoding" Warning "The file does not say how its letters are encoded; the encoding was deduced."
    NUL_BYTE "nul_byte" Error "The text holds a NUL byte, which no text has: a damaged or binary file."
    UNCLOSED_QUOTE "unclosed_quote" Error "A quote is opened and never closed, so that the rest of the file would be one cell."
    RAGGED_ROW "ragged_row" Error "A row has more or fewer cells than the header."
    DUPLICATE_HEADER "duplicate_header" Error "Two columns that are used have the same name."
    NO_TABLE "no_table" Error "No header row was found in the file."
    UNRECOGNISED "unrecognised" Error "The file is none of the known exports and no mapping says what its columns are."
    MISSING_COLUMN "missing_column" Error "The mapping names a column that the file does not have, or a required column is not mapped."
    MISSING_OPTIONAL "missing_optional" Note "An optional column of a known export is not in this file."
    NO_ROWS "no_rows" Warning "The file has a header and no rows."
    PREAMBLE "preamble" Note "Lines above the header were taken as a title block and skipped."
    TOTALS_ROW "totals_row" Note "Rows that state a total were recognised and left out of every sum."
    TOTALS_MISMATCH "totals_mismatch" Warning "The total that the file states differs from the sum of its rows."
    SECOND_TABLE "second_table" Warning "The file holds several tables; only the first one was read."
    // Cells
    BAD_DATE "bad_date" Error "A cell of a date column holds no date, or one that does not exist."
    AMBIGUOUS_DATE "ambiguous_date" Error "Nothing in the column decides whether day or month comes first; say it with `date_format`."
    MIXED_DATES "mixed_dates" Error "Two rows of a column contradict each other about the order of day and month."
    BAD_NUMBER "bad_number" Error "A cell of a number column holds no number."
    AMBIGUOUS_NUMBER "ambiguous_number" Warning "Nothing in the column decides whether a mark is a decimal sign or a thousands separator; it was read as thousands."
    MIXED_NUMBERS "mixed_numbers" Error "Two rows of a column contradict each other about the decimal sign."
    BAD_FLAG "bad_flag" Error "A cell of a yes/no column holds neither."
    MIXED_CURRENCY "mixed_currency" Error "Amounts in another currency than the report's, and no rate to convert them."
    ASSUMED_CURRENCY "assumed_currency" Note "The amounts carry no currency; they are taken to be in the currency of the report."
    MISSING_AMOUNT "missing_amount" Note "Rows without an amount are left out of sums and means, and counted."
    NEGATIVE_AMOUNT "negative_amount" Note "Negative amounts are kept and counted."
    REPEATED_BILLING "repeated_billing" Warning "Rows of billing are equal to the cent for one customer and month: several seats, or rows exported twice. They add up."
    NEGATIVE_COST "negative_cost" Warning "A cost is below zero: a refund, or a wrong sign."
    LOCAL_TIME "local_time" Warning "A local time exists twice or not at all because the clocks changed; the first occurrence or the moment after the gap was taken."
    UNKNOWN_STAGE "unknown_stage" Warning "A stage word that neither the configuration nor the source's vocabulary knows; the record stays, without that entry."
    UNKNOWN_WORD "unknown_word" Warning "A word for a kind, a direction or an outcome of activities that is not known; the rows stay, without that meaning. [input.kinds] and [input.outcomes] map words."
    SCIENTIFIC_ID "scientific_id" Warning "Ids look like numbers in scientific notation: a spreadsheet may have rounded them."
    // Rows
    MISSING_ID "missing_id" Error "A row has no id, so nothing can be joined to it."
    ABOUT_NOBODY "about_nobody" Note "Rows that are rightly about nobody: an activity without a lead, contact or deal, a touch of a stranger, an amount without a customer. They are no defect; they are set aside and counted."
    DUPLICATE_ROW "duplicate_row" Note "Rows that repeat an earlier row exactly are counted once."
    CONFLICTING_ID "conflicting_id" Warning "An id occurs twice with different values; the later row counts."
    UNDECLARED_REPEAT "undeclared_repeat" Error "The files of one input repeat ids with different values; say whether they are parts, the latest state or snapshots."
    EXCLUDED "excluded" Note "Rows left out by an [[exclude]] rule."
    AFTER_AS_OF "after_as_of" Warning "Records and events after the as-of moment are ignored."
    OUT_OF_ORDER "out_of_order" Warning "A later stage has an earlier date than a lower one; under the implied policy the earlier date counts for both."
    MOVES_BACK "moves_back" Note "Many moves of leads between open stages go back to a lower one."
    NEGATIVE_DURATION "negative_duration" Warning "A step takes less than no time; it is left out of durations."
    IMPLAUSIBLE_DATE "implausible_date" Warning "A date before 1990 or far in the future: often an empty value of some system."
    REMOVED "removed" Note "Ids of an earlier snapshot that the newest one lacks: removed (deleted, merged, filtered away), never lost."
    // Joins
    UNMATCHED "unmatched" Warning "Keys of a join without a partner."
    JOINED_BY_ADDRESS "joined_by_address" Note "Keys that are e-mail addresses join with the lead that has the address, whatever its case and blanks."
    SHARED_ADDRESS "shared_address" Warning "Several leads have one e-mail address; a key that is this address joins with the first of them."
    OWN_REFERRAL "own_referral" Warning "A lead names itself or its own company as who brought it; it is no referral."
    CIRCULAR_REFERRAL "circular_referral" Warning "Customers name each other as who brought them, round in a circle; these are no referrals."
    MERGED_SPELLINGS "merged_spellings" Note "Spellings of one channel that differ only in case or blanks were merged."
    UNASSIGNED_SHARE "unassigned_share" Warning "Many leads or visits fit no channel rule."
    OTHER_ROW "other_row" Warning "A row `(other)`: the analytics tool cut the table off, and its parts cannot be known."
    // Never twice
    STRADDLES "period_straddles" Warning "An aggregated row reaches over the edge of the period; export by month, or ask for `spread = \"days\"`."
    OVERLAPPING "overlapping" Error "Aggregated rows for the same thing overlap in time and would count twice."
    TWO_SOURCES "two_sources" Error "Two inputs measure the same visits; say which one counts with `[visits] from`."
    COUNTED_AND_FOLLOWED "counted_and_followed" Note "A stage is both counted in aggregated rows and followed person by person; the persons count."
    STAGE_NOT_FED "stage_not_fed" Note "No column, stage word, deal or count of any input can tell of a stage of the funnel; its figures are undefined, not 0."
    // Period and evidence
    LAST_DAY "last_day" Warning "The last day of the visits has less than half of what is usual for it: the export may have been made before the day was over."
    ASSUMED_AS_OF "assumed_as_of" Note "The as-of moment was deduced from the latest event."
    PARTIAL_PERIOD "partial_period" Warning "The inputs end before the period does."
    INCOMPARABLE_REPORT "incomparable_report" Warning "An earlier report cannot be set against this one: it is damaged, of another currency or zone, or made of later data. Nothing is said of what was restated."
    NO_HISTORY "no_history" Error "A what-if needs the history of the channel: visits and hours (or spend) by month, leads, deals won. What is missing can be given as an export, or stated: --visit-to-lead, --deal-value, --hour-cost."
    NO_RECORDS "no_records" Warning "There are no records in the period."
    NO_TIMES "no_times" Error "The question needs dates and the input has none."
    NO_JOURNEYS "no_journeys" Error "The question is about journeys and no input has any: give a table of paths."
    NO_EVENTS "no_events" Error "The question is about events of persons and no input has any: give a table of touches."
    KNOWS_OUTCOME "knows_outcome" Error "A column asked for as a feature seems to know who converted: by its name, or because it parts the leads too well. A score learned from it would be worth nothing for the next lead."
    TOO_FEW_CONVERSIONS "too_few_conversions" Error "A score cannot be learned from so few conversions: at least 50, and 10 for each input, must be in the part that trains."
    NO_MARGIN "no_margin" Note "No gross margin is configured: returns are revenue, not profit."
    LOW_SAMPLE "low_sample" Note "A figure rests on so few cases that it may be chance."
    MISSING_GLYPH "missing_glyph" Warning "A letter that none of the fonts has cannot be drawn in a bitmap; the SVG and HTML forms keep it."
    // Output
    OUTPUT "output" Error "An output cannot be written; nothing was left half-written."
    OUTPUT_EXISTS "output_exists" Error "The output exists and may not be replaced."
    // Recognition
    RECOGNISED "recognised" Note "Which export a file was taken for."
    ASSUMED "assumed" Note "An assumption that a figure rests on."
}

/// The code with this id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Code> {
    ALL.iter().copied().find(|code| code.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique() {
        let mut ids: Vec<&str> = ALL.iter().map(|code| code.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), ALL.len());
    }
}
