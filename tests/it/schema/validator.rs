//! As much of JSON Schema (draft 2020-12) as the schema of the reports uses.
//!
//! A keyword that is not known here ends the test: nothing is demanded in vain. The
//! libraries that know all of it bring crates that change how polars is built, which
//! would make the tests try another program than the one that is released;
//! `scripts/test-schema` asks one of them.

use serde_json::{Map, Value};

/// What does not fit, with its place: `/tables/channels/0/lead_to_mql: no k`.
pub fn mistakes(schema: &Value, document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    Validator { root: schema }.check(schema, document, "", &mut found);
    found
}

struct Validator<'a> {
    root: &'a Value,
}

impl Validator<'_> {
    fn check(&self, schema: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
        let Value::Object(keywords) = schema else {
            let allowed = schema.as_bool().expect("a schema is an object or a truth");
            if !allowed {
                found.push(format!("{place}: nothing may stand here"));
            }
            return;
        };
        for (keyword, wanted) in keywords {
            self.keyword(keyword, wanted, keywords, value, place, found);
        }
    }

    fn fits(&self, schema: &Value, value: &Value) -> bool {
        let mut found = Vec::new();
        self.check(schema, value, "", &mut found);
        found.is_empty()
    }

    fn keyword(
        &self,
        keyword: &str,
        wanted: &Value,
        all: &Map<String, Value>,
        value: &Value,
        place: &str,
        found: &mut Vec<String>,
    ) {
        let mut no = |text: String| found.push(format!("{place}: {text}"));
        match keyword {
            "$schema" | "$id" | "$defs" | "description" | "then" | "else" => {}
            "$ref" => {
                let pointer = wanted.as_str().unwrap().trim_start_matches('#');
                let target = self.root.pointer(pointer).expect("a definition");
                self.check(target, value, place, found);
            }
            "type" if !is_of(wanted, value) => no(format!("{value} is not of {wanted}")),
            "const" if wanted != value => no(format!("{value} is not {wanted}")),
            "enum" if !wanted.as_array().unwrap().contains(value) => {
                no(format!("{value} is none of the words"));
            }
            "minimum" if value.as_f64() < wanted.as_f64() && value.is_number() => {
                no(format!("{value} is below {wanted}"));
            }
            "maximum" if value.as_f64() > wanted.as_f64() && value.is_number() => {
                no(format!("{value} is above {wanted}"));
            }
            "pattern" => {
                let pattern = regex::Regex::new(wanted.as_str().unwrap()).expect("a pattern");
                if value.as_str().is_some_and(|text| !pattern.is_match(text)) {
                    no(format!("{value} does not look like {wanted}"));
                }
            }
            "required" => {
                for key in wanted.as_array().unwrap() {
                    let key = key.as_str().unwrap();
                    if value
                        .as_object()
                        .is_some_and(|keys| !keys.contains_key(key))
                    {
                        no(format!("no {key}"));
                    }
                }
            }
            "minProperties" => {
                let least = wanted.as_u64().unwrap() as usize;
                if value.as_object().is_some_and(|keys| keys.len() < least) {
                    no("too few keys".into());
                }
            }
            "properties" => {
                for (key, schema) in wanted.as_object().unwrap() {
                    if let Some(value) = value.get(key) {
                        self.check(schema, value, &format!("{place}/{key}"), found);
                    }
                }
            }
            "additionalProperties" => {
                let listed = all.get("properties").and_then(Value::as_object);
                for (key, value) in value.as_object().into_iter().flatten() {
                    if listed.is_none_or(|listed| !listed.contains_key(key)) {
                        self.check(wanted, value, &format!("{place}/{key}"), found);
                    }
                }
            }
            "items" => {
                for (index, value) in value.as_array().into_iter().flatten().enumerate() {
                    self.check(wanted, value, &format!("{place}/{index}"), found);
                }
            }
            "anyOf" | "oneOf" => {
                let schemas = wanted.as_array().unwrap().iter();
                let fitting = schemas.filter(|schema| self.fits(schema, value)).count();
                if fitting == 0 || (keyword == "oneOf" && fitting > 1) {
                    no(format!("{value} fits {fitting} of the forms"));
                }
            }
            "if" => {
                let branch = if self.fits(wanted, value) {
                    "then"
                } else {
                    "else"
                };
                if let Some(schema) = all.get(branch) {
                    self.check(schema, value, place, found);
                }
            }
            "type" | "const" | "enum" | "minimum" | "maximum" => {}
            unknown => panic!("the validator does not know `{unknown}`"),
        }
    }
}

/// True where the value has one of the named types; a whole number is a number too.
fn is_of(types: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        name => panic!("`{name}` is no type"),
    };
    match types {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().any(|name| is(name.as_str().unwrap())),
        _ => panic!("no types: {types}"),
    }
}
