//! Column values: from PostgreSQL's text form to the JSON that subscribers get.
//!
//! Numbers, booleans and JSON come as such, times in ISO 8601, everything else as text, as
//! `to_jsonb` would have it. Composite values stay text: no published table has one.

use serde_json::{Number, Value};

/// How the text of a type is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `t` or `f`.
    Boolean,
    /// Integers and decimals.
    Number,
    /// `json` and `jsonb`.
    Json,
    /// `timestamp` and `timestamptz`.
    Timestamp,
    /// An array of such elements.
    Array(Box<Shape>),
    /// Anything else, handed on as it is.
    Text,
}

impl Shape {
    /// The shape of a built-in scalar type by its object id, which never changes between servers.
    pub(crate) fn of_builtin(type_id: u32) -> Self {
        match type_id {
            16 => Self::Boolean,
            20 | 21 | 23 | 26 | 700 | 701 | 1700 => Self::Number,
            114 | 3802 => Self::Json,
            1114 | 1184 => Self::Timestamp,
            _ => Self::Text,
        }
    }
}

/// Reads a value. A text that does not fit its shape is handed on as text rather than lost.
pub(crate) fn to_json(text: &str, shape: &Shape) -> Value {
    let read = match shape {
        Shape::Boolean => match text {
            "t" => Some(Value::Bool(true)),
            "f" => Some(Value::Bool(false)),
            _ => None,
        },
        Shape::Number => number(text),
        Shape::Json => serde_json::from_str(text).ok(),
        Shape::Timestamp => Some(Value::String(timestamp(text))),
        Shape::Array(element) => array(text, element),
        Shape::Text => None,
    };
    read.unwrap_or_else(|| Value::String(text.to_owned()))
}

/// `NaN` and infinities are no JSON numbers; `to_jsonb` makes texts of them too.
fn number(text: &str) -> Option<Value> {
    if let Ok(whole) = text.parse::<i64>() {
        return Some(Value::from(whole));
    }
    text.parse::<f64>()
        .ok()
        .and_then(Number::from_f64)
        .map(Value::Number)
}

/// `2026-11-22 22:24:18.5+00` becomes `2026-11-22T22:24:18.5+00:00`.
fn timestamp(text: &str) -> String {
    let mut iso = text.replacen(' ', "T", 1);
    let bytes = iso.as_bytes();
    if let [.., b'+' | b'-', _, _] = bytes
        && iso.contains(':')
    {
        iso.push_str(":00");
    }
    iso
}

/// Reads `{1,NULL,"a b",{…}}`. Returns nothing if the text is no array literal.
fn array(text: &str, element: &Shape) -> Option<Value> {
    // An array with other lower bounds than 1 is written `[2:3]={…}`.
    let text = if text.starts_with('[') {
        text.split_once('=')?.1
    } else {
        text
    };
    let mut rest = text.chars().peekable();
    let value = nested(&mut rest, element)?;
    rest.next().is_none().then_some(value)
}

fn nested(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, element: &Shape) -> Option<Value> {
    if rest.next()? != '{' {
        return None;
    }
    let mut values = Vec::new();
    if rest.next_if_eq(&'}').is_some() {
        return Some(Value::Array(values));
    }
    loop {
        values.push(match rest.peek()? {
            '{' => nested(rest, element)?,
            '"' => to_json(&quoted(rest)?, element),
            _ => match bare(rest).as_str() {
                "NULL" => Value::Null,
                item => to_json(item, element),
            },
        });
        match rest.next()? {
            ',' => {}
            '}' => return Some(Value::Array(values)),
            _ => return None,
        }
    }
}

fn quoted(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    rest.next();
    let mut item = String::new();
    loop {
        match rest.next()? {
            '"' => return Some(item),
            '\\' => item.push(rest.next()?),
            c => item.push(c),
        }
    }
}

fn bare(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut item = String::new();
    while let Some(c) = rest.next_if(|c| !matches!(c, ',' | '}')) {
        item.push(c);
    }
    item
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn scalars_take_their_json_form() {
        for (text, type_id, expected) in [
            ("t", 16, json!(true)),
            ("9007199254740993", 20, json!(9_007_199_254_740_993_i64)),
            ("-1.5", 701, json!(-1.5)),
            ("NaN", 701, json!("NaN")),
            ("12.50", 1700, json!(12.5)),
            (r#"{"a": [1, null]}"#, 3802, json!({"a": [1, null]})),
            (
                "2026-11-22 22:24:18.123+00",
                1184,
                json!("2026-11-22T22:24:18.123+00:00"),
            ),
            (
                "2026-11-22 22:24:18+05:30",
                1184,
                json!("2026-11-22T22:24:18+05:30"),
            ),
            ("2026-11-22 22:24:18", 1114, json!("2026-11-22T22:24:18")),
            ("infinity", 1184, json!("infinity")),
            ("t", 25, json!("t")),
            (
                "2f9a0b0e-0000-4000-8000-000000000000",
                2950,
                json!("2f9a0b0e-0000-4000-8000-000000000000"),
            ),
        ] {
            assert_eq!(
                to_json(text, &Shape::of_builtin(type_id)),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn arrays_are_read_whole() {
        let texts = Shape::Array(Box::new(Shape::Text));
        let numbers = Shape::Array(Box::new(Shape::Number));
        assert_eq!(to_json("{}", &texts), json!([]));
        assert_eq!(
            to_json(r#"{a,"b, {c}","d\"\\",NULL,"NULL"}"#, &texts),
            json!(["a", "b, {c}", "d\"\\", null, "NULL"])
        );
        assert_eq!(
            to_json("{{1,2},{3,NULL}}", &numbers),
            json!([[1, 2], [3, null]])
        );
        assert_eq!(to_json("[0:1]={7,8}", &numbers), json!([7, 8]));
    }

    #[test]
    fn what_does_not_fit_stays_text() {
        let numbers = Shape::Array(Box::new(Shape::Number));
        for text in ["", "{1", "{1}x", "{\"", "x"] {
            assert_eq!(to_json(text, &numbers), json!(text));
        }
        assert_eq!(to_json("x", &Shape::Boolean), json!("x"));
    }
}
