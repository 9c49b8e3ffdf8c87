//! Scores of leads.

use super::{Definition, metric};

/// In reading order.
pub const ALL: &[Definition] = &[
    metric(
        "auc",
        "How well a score ranks",
        "pairs of one that converted and one that did not in which the first has the better score, ties counting half / all such pairs",
        "0 to 1",
        "One kind only: undefined. Above 0.97 the score probably saw the outcome.",
    ),
    metric(
        "gain",
        "What the best share of the leads holds",
        "conversions among the best share of all leads / all conversions; a tie at the cut counts in proportion",
        "share",
        "No conversions: undefined. Lift is gain / share.",
    ),
    metric(
        "lift",
        "How much better than all",
        "rate of a band, cell or rule / rate of all leads judged; of a best share: gain / share",
        "ratio",
        "No lead, or nobody converted: zero_denominator.",
    ),
    metric(
        "shrunk",
        "Rate of a small group, for ranking",
        "(k + a) / (n + a + b), a and b fitted to all groups of the table by the method of moments",
        "share",
        "Fewer than five groups with leads: no_data. For ranking beside k, n and the raw rate, never instead of them.",
    ),
    metric(
        "inversion",
        "Upside down",
        "true where a worse band, cell or grade has a higher rate and the Newcombe interval of the difference leaves out 0",
        "yes or no",
        "Of two cells of the grid one is better only where neither its letter nor its digit is worse.",
    ),
    metric(
        "ks",
        "Largest gap of a score",
        "largest difference, over all cut-offs, between the shares of converted and of other leads above it",
        "0 to 1",
        "One kind only: undefined.",
    ),
    metric(
        "brier",
        "Error of a probability",
        "mean of (probability - outcome) squared",
        "0 to 1, low is good",
        "For probabilities only.",
    ),
    metric(
        "brier_skill",
        "Probability against the base rate",
        "1 - brier / (b (1 - b)), b the share that converted",
        "1 at best; below 0 is worse than the base rate",
        "Everybody or nobody converted: undefined.",
    ),
    metric(
        "log_loss",
        "Surprise of a probability",
        "-mean(y ln p + (1 - y) ln(1 - p)), p kept 1e-15 from 0 and 1",
        "0 and more, low is good",
        "For probabilities only.",
    ),
    metric(
        "ece",
        "Calibration error",
        "sum over 10 bins of equal count of n of the bin / n x |share that converted - mean probability|",
        "share",
        "For probabilities only.",
    ),
    metric(
        "calibration_in_the_large",
        "Is the probability too high on the whole",
        "share that converted - mean probability",
        "share",
        "Below 0: the score promises too much. The interval takes the spread of y - p.",
    ),
    metric(
        "p_star",
        "Chance from which working a lead pays",
        "cost of working a lead / margin of a conversion",
        "share",
        "Margin 0: zero_denominator; below 0: not_reached.",
    ),
    metric(
        "fit",
        "What a lead is, in points",
        "sum of the points of the rules of group fit that it meets; caps of rule, topic and group",
        "points",
        "Letter A from the higher, B from the lower of [score.fit] letters on, else C.",
    ),
    metric(
        "interest",
        "What a lead does, in points",
        "sum over rules of points x 0.5^(age / half-life) over their events before the scoring; of each window, counted back from the scoring, the newest at_most events; caps of rule, topic and group",
        "points",
        "Digit 1 from the higher, 2 from the lower of [score.interest] digits on, else 3. Events after the scoring do not count.",
    ),
    metric(
        "grade",
        "Grade of a lead",
        "starts at D; each [[score.grade]] whose condition is met adds or removes thirds of a letter",
        "F, D-, D, D+, C-, ..., A, A+",
        "F is the floor, A+ the ceiling.",
    ),
    metric(
        "psi",
        "Drift of a score",
        "sum of (now - before) ln(now / before) over bands of the score, shares floored at 0.0001",
        "0 and more",
        "Above 0.1 watch, above 0.25 act.",
    ),
];
