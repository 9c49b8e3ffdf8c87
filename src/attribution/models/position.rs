//! Fixed parts to the first touch, to those between, and to the last.

use super::{Kind, Model, Prepared, Shares};
use crate::attribution::journeys::Journeys;

/// Registry entry of the model with any parts.
pub const KIND: Kind = Kind {
    name: "position",
    parameter: "A/M/B",
    doc: "A per cent to the first touch, M divided equally among those between, B to the last \
          (40/20/40 unless said otherwise). Two touches share A to B; one touch gets all.",
    make: |parameter| Ok(Box::new(Position::parse(parameter)?)),
    beside: |_| {
        Some(Box::new(Position::named(
            "position:40/20/40",
            [40.0, 20.0, 40.0],
        )))
    },
};

/// Registry entry of the model that favours the end.
pub const J: Kind = Kind {
    name: "j",
    parameter: "",
    doc: "position:20/20/60.",
    make: |_| Ok(Box::new(Position::named("j", [20.0, 20.0, 60.0]))),
    beside: |_| Some(Box::new(Position::named("j", [20.0, 20.0, 60.0]))),
};

/// Registry entry of the model that favours the beginning.
pub const INVERSE_J: Kind = Kind {
    name: "inverse_j",
    parameter: "",
    doc: "position:60/20/20.",
    make: |_| Ok(Box::new(Position::named("inverse_j", [60.0, 20.0, 20.0]))),
    beside: |_| Some(Box::new(Position::named("inverse_j", [60.0, 20.0, 20.0]))),
};

struct Position {
    name: String,
    /// Per cent: first, between, last; 100 together.
    parts: [f64; 3],
}

impl Position {
    fn named(name: &str, parts: [f64; 3]) -> Self {
        Self {
            name: name.to_owned(),
            parts,
        }
    }

    fn parse(parameter: Option<&str>) -> Result<Self, String> {
        let text = parameter.unwrap_or("40/20/40");
        let wrong = || format!("`{text}` is not three parts that add up to 100, such as 40/20/40");
        let parts: Result<Vec<f64>, _> = text.split('/').map(str::parse).collect();
        let parts: [f64; 3] = parts
            .ok()
            .and_then(|parts| parts.try_into().ok())
            .ok_or_else(wrong)?;
        let sum: f64 = parts.iter().sum();
        let sensible = parts.iter().all(|part| part.is_finite() && *part >= 0.0);
        // Two touches need an end to give to.
        let has_end = parts[0] + parts[2] > 0.0;
        if !sensible || (sum - 100.0).abs() > 1e-9 || !has_end {
            return Err(wrong());
        }
        Ok(Self::named(&format!("position:{text}"), parts))
    }
}

fn divide(parts: [f64; 3], weights: &mut [f64]) {
    let [first, between, last] = parts.map(|part| part / 100.0);
    match weights {
        [] => {}
        [only] => *only = 1.0,
        [one, two] => {
            let [first, _, last] = parts;
            *one = first / (first + last);
            *two = last / (first + last);
        }
        [one, middle @ .., end] => {
            let each = between / middle.len() as f64;
            *one = first;
            middle.fill(each);
            *end = last;
        }
    }
}

impl Model for Position {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn rule(&self) -> String {
        let [first, between, last] = self.parts;
        format!(
            "{first} % to the first touch, {last} % to the last, {between} % equally to those between; two touches share {first} to {last}"
        )
    }

    fn prepare<'j>(&self, journeys: &'j Journeys) -> Box<dyn Prepared + 'j> {
        let parts = self.parts;
        Box::new(Shares::new(journeys, move |_, weights| {
            divide(parts, weights);
        }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn weights(model: &Position, touches: usize) -> Vec<f64> {
        let mut weights = vec![0.0; touches];
        divide(model.parts, &mut weights);
        weights
    }

    #[test]
    fn parts_by_position() {
        let model = Position::parse(None).unwrap();
        assert_eq!(weights(&model, 1), [1.0]);
        assert_eq!(weights(&model, 2), [0.5, 0.5]);
        assert_eq!(weights(&model, 4), [0.4, 0.1, 0.1, 0.4]);
        let j = Position::named("j", [20.0, 20.0, 60.0]);
        assert_eq!(weights(&j, 2), [0.25, 0.75]);
    }

    #[test]
    fn parts_that_make_no_sense() {
        for text in [
            "40/40",
            "40/20/30",
            "a/b/c",
            "-10/70/40",
            "0/100/0",
            "40/20/NaN",
        ] {
            assert!(Position::parse(Some(text)).is_err(), "{text}");
        }
    }
}
