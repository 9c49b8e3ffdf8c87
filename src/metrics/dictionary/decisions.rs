//! What a change would bring.

use super::{Definition, metric};

/// In reading order.
pub const ALL: &[Definition] = &[
    metric(
        "p_pays",
        "Chance that a what-if pays",
        "share of the seeded draws with net > 0",
        "probability",
        "Classes: pays from 0.90, probably_pays from 0.70, cannot_tell, probably_not to 0.30, does_not_pay to 0.10; cannot_tell whenever the information share is too small.",
    ),
    metric(
        "information_share",
        "Information share of a what-if",
        "1 - variance of the effort share after / before looking at the history, averaged over what is not known of delay, curve and noise",
        "0 to 1",
        "Below 0.25 (0.35 where effort went with the calendar) the history cannot tell; above 0.5 it says much.",
    ),
    metric(
        "value_per_visit",
        "Value of a visit",
        "leads per visit x stage rates x value of a deal x margin",
        "money",
        "Rates beyond the first come from decided leads alone and lean on those of all channels.",
    ),
    metric(
        "marginal_visits_per_hour",
        "Visits of a further hour",
        "expected extra visits of the plan / its extra hours",
        "visits per hour",
        "Not the average: most visits come without the next hour.",
    ),
    metric(
        "average_visits_per_hour",
        "Average visits per hour",
        "all visits / all hours of the months fitted",
        "visits per hour",
        "Overstates what the next hour brings.",
    ),
    metric(
        "needed_visits_per_hour",
        "Break-even visits per hour",
        "price of an hour / value of a visit",
        "visits per hour",
        "A visit worth nothing: zero_denominator.",
    ),
    metric(
        "break_even_hour_cost",
        "Break-even price of an hour",
        "extra gross profit / extra hours",
        "money",
        "No extra hours: zero_denominator.",
    ),
    metric(
        "payback_month",
        "Payback",
        "first month after which profit so far stays at or above cost so far; median of the draws",
        "month of the plan",
        "Half of the draws never: not_reached.",
    ),
];
