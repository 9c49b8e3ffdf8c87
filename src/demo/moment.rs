//! Wall-clock times of the company's own zone.
//!
//! The exports of this company are written in local time without an offset, so the
//! generator thinks in local minutes and never needs a zone. It keeps away from the
//! hours that a change of clocks doubles or drops: nothing happens before six.

/// Minutes in a day.
pub const DAY: i64 = 1440;

/// Minutes of local wall-clock time since 1970-01-01 00:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(i64);

impl Moment {
    /// Midnight at the start of a day of the Gregorian calendar.
    ///
    /// Source of the formula: H. Hinnant, "chrono-compatible low-level date algorithms".
    #[must_use]
    pub fn midnight(year: i64, month: i64, day: i64) -> Self {
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self((era * 146_097 + day_of_era - 719_468) * DAY)
    }

    /// Year, month and day.
    #[must_use]
    pub fn date(self) -> (i64, i64, i64) {
        let days = self.days() + 719_468;
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 {
            shifted + 3
        } else {
            shifted - 9
        };
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        (year, month, day)
    }

    /// `minutes` later.
    #[must_use]
    pub fn plus(self, minutes: i64) -> Self {
        Self(self.0 + minutes)
    }

    /// Minutes from `earlier` to this.
    #[must_use]
    pub fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// Minutes since midnight.
    #[must_use]
    pub fn minute_of_day(self) -> i64 {
        self.0.rem_euclid(DAY)
    }

    /// Midnight of the same day.
    #[must_use]
    pub fn start_of_day(self) -> Self {
        Self(self.days() * DAY)
    }

    /// 0 for Monday to 6 for Sunday.
    #[must_use]
    pub fn weekday(self) -> i64 {
        (self.days() + 3).rem_euclid(7)
    }

    /// Midnight of the first day of the month that lies `months` after this one's.
    #[must_use]
    pub fn month_start(self, months: i64) -> Self {
        let (year, month, _) = self.date();
        let count = year * 12 + month - 1 + months;
        Self::midnight(count.div_euclid(12), count.rem_euclid(12) + 1, 1)
    }

    /// The same moment, or in the small hours one after six o'clock of that day.
    #[must_use]
    pub fn awake(self) -> Self {
        if self.minute_of_day() >= 6 * 60 {
            return self;
        }
        self.start_of_day().plus(6 * 60 + self.minute_of_day() / 6)
    }

    /// The same day between 08:30 and 18:00; what is later stays later.
    #[must_use]
    pub fn by_day(self) -> Self {
        self.start_of_day()
            .plus(510 + self.minute_of_day() * 570 / DAY)
    }

    /// The first working day from this one on, at a minute of the office day
    /// (`position` in thousandths, from 08:30 to 18:00).
    #[must_use]
    pub fn office(self, position: u64) -> Self {
        let rest_of_weekend = match self.weekday() {
            5 => 2,
            6 => 1,
            _ => 0,
        };
        let minute = 510 + position.min(1000) as i64 * 570 / 1000;
        self.start_of_day().plus(rest_of_weekend * DAY + minute)
    }

    /// Appends `2026-10-31`.
    pub fn write_date(self, to: &mut Vec<u8>) {
        let (year, month, day) = self.date();
        push_digits(to, year, 4);
        to.push(b'-');
        push_digits(to, month, 2);
        to.push(b'-');
        push_digits(to, day, 2);
    }

    /// Appends `2026-10-31 17:05`.
    pub fn write(self, to: &mut Vec<u8>) {
        self.write_date(to);
        to.push(b' ');
        push_digits(to, self.minute_of_day() / 60, 2);
        to.push(b':');
        push_digits(to, self.minute_of_day() % 60, 2);
    }

    /// `2026-10-31 17:05`.
    #[must_use]
    pub fn text(self) -> String {
        let minute = self.minute_of_day();
        format!(
            "{} {:02}:{:02}",
            self.date_text("-"),
            minute / 60,
            minute % 60
        )
    }

    /// `2026-10-31` with `separator` in place of the hyphens.
    #[must_use]
    pub fn date_text(self, separator: &str) -> String {
        let (year, month, day) = self.date();
        format!("{year:04}{separator}{month:02}{separator}{day:02}")
    }

    /// `2026-10`.
    #[must_use]
    pub fn month_text(self) -> String {
        let (year, month, _) = self.date();
        format!("{year:04}-{month:02}")
    }

    /// `October 31, 2026`, as American reports write it.
    #[must_use]
    pub fn words(self) -> String {
        const NAMES: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let (year, month, day) = self.date();
        format!("{} {day}, {year}", NAMES[(month - 1) as usize])
    }

    fn days(self) -> i64 {
        self.0.div_euclid(DAY)
    }
}

fn push_digits(to: &mut Vec<u8>, number: i64, width: u32) {
    for place in (0..width).rev() {
        to.push(b'0' + (number / 10_i64.pow(place) % 10) as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(moment: Moment) -> String {
        let mut bytes = Vec::new();
        moment.write(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    #[test]
    fn dates_go_there_and_back() {
        for (year, month, day) in [(1970, 1, 1), (2024, 2, 29), (2025, 5, 1), (2026, 12, 31)] {
            assert_eq!(
                Moment::midnight(year, month, day).date(),
                (year, month, day)
            );
        }
        assert_eq!(
            text(Moment::midnight(2026, 10, 31).plus(17 * 60 + 5)),
            "2026-10-31 17:05"
        );
    }

    #[test]
    fn weeks_and_months() {
        let saturday = Moment::midnight(2026, 10, 31).plus(600);
        assert_eq!(saturday.weekday(), 5);
        assert_eq!(text(saturday.office(0)), "2026-11-02 08:30");
        assert_eq!(text(saturday.month_start(1)), "2026-11-01 00:00");
        assert_eq!(text(saturday.month_start(-17)), "2025-05-01 00:00");
        assert_eq!(saturday.words(), "October 31, 2026");
    }

    #[test]
    fn nothing_happens_while_clocks_change() {
        let night = Moment::midnight(2026, 3, 29).plus(150);
        assert_eq!(text(night.awake()), "2026-03-29 06:25");
    }
}
