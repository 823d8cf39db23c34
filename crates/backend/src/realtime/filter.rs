//! Filters of a change subscription: `column=op.value`, several joined by commas.
//!
//! Pure: only the text is read here. Whether the column exists and the value fits its type is asked
//! of the database when subscribing, and so is the comparison itself, because only PostgreSQL knows
//! how its types compare.

/// A filter may list at most this many values after `in`.
const MAX_IN_VALUES: usize = 100;

/// One condition on a column.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Condition {
    /// The column's name, as the client wrote it.
    pub(crate) column: String,
    /// How it is compared.
    pub(crate) operator: Operator,
    /// With what: one value, or several after `in`.
    pub(crate) values: Vec<String>,
    /// Whether `not.` stood before it.
    pub(crate) negated: bool,
}

/// The comparisons a filter may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Operator {
    /// `eq`
    Equal,
    /// `neq`
    NotEqual,
    /// `lt`
    Less,
    /// `lte`
    LessOrEqual,
    /// `gt`
    Greater,
    /// `gte`
    GreaterOrEqual,
    /// `in`
    In,
}

impl Operator {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "eq" => Self::Equal,
            "neq" => Self::NotEqual,
            "lt" => Self::Less,
            "lte" => Self::LessOrEqual,
            "gt" => Self::Greater,
            "gte" => Self::GreaterOrEqual,
            "in" => Self::In,
            _ => return None,
        })
    }

    /// The operator in SQL; `in` compares with any element of an array.
    pub(crate) fn sql(self) -> &'static str {
        match self {
            Self::Equal | Self::In => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

/// Reads a filter; all of its conditions must hold.
///
/// # Errors
/// A sentence for the client when the text is not of the form or uses an operator that is not served.
pub(crate) fn parse(text: &str) -> Result<Vec<Condition>, String> {
    split(text).into_iter().map(condition).collect()
}

fn condition(text: &str) -> Result<Condition, String> {
    let malformed = || format!("malformed filter {text:?}, expected column=operator.value");
    let (column, rest) = text.split_once('=').ok_or_else(malformed)?;
    let (negated, rest) = rest
        .strip_prefix("not.")
        .map_or((false, rest), |rest| (true, rest));
    let (name, value) = rest.split_once('.').ok_or_else(malformed)?;
    let column = column.trim();
    if column.is_empty() {
        return Err(malformed());
    }
    let operator =
        Operator::named(name).ok_or_else(|| format!("filter operator {name:?} is not served"))?;
    let values = if operator == Operator::In {
        list(value)?
    } else {
        vec![value.to_owned()]
    };
    Ok(Condition {
        column: column.to_owned(),
        operator,
        values,
        negated,
    })
}

fn list(value: &str) -> Result<Vec<String>, String> {
    let inner = value
        .strip_prefix('(')
        .and_then(|value| value.strip_suffix(')'))
        .ok_or_else(|| "the values of in must stand in parentheses".to_owned())?;
    let values: Vec<String> = split(inner).into_iter().map(unquoted).collect();
    if values.len() > MAX_IN_VALUES {
        return Err(format!("in takes at most {MAX_IN_VALUES} values"));
    }
    Ok(values)
}

/// Splits at commas outside of parentheses and double quotes.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut quoted) = (Vec::new(), 0, 0_usize, false);
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            ',' if !quoted && depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn unquoted(value: &str) -> String {
    let value = value.trim();
    value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'))
        .unwrap_or(value)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(column: &str, operator: Operator, values: &[&str], negated: bool) -> Condition {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        Condition {
            column: column.to_owned(),
            operator,
            values,
            negated,
        }
    }

    #[test]
    fn every_operator_is_read() {
        for (text, expected) in [
            (
                "user_id=eq.2f9a",
                one("user_id", Operator::Equal, &["2f9a"], false),
            ),
            (
                "a=neq.b=c.d",
                one("a", Operator::NotEqual, &["b=c.d"], false),
            ),
            ("a=lt.1.5", one("a", Operator::Less, &["1.5"], false)),
            ("a=lte.1", one("a", Operator::LessOrEqual, &["1"], false)),
            ("a=gt.-1", one("a", Operator::Greater, &["-1"], false)),
            ("a=gte.", one("a", Operator::GreaterOrEqual, &[""], false)),
            ("a=not.eq.1", one("a", Operator::Equal, &["1"], true)),
            (
                "a=in.(1, 2,\"x,y\")",
                one("a", Operator::In, &["1", "2", "x,y"], false),
            ),
        ] {
            assert_eq!(parse(text), Ok(vec![expected]), "{text}");
        }
    }

    #[test]
    fn commas_join_conditions_but_not_inside_lists() {
        let parsed = parse("a=in.(1,2),b=eq.3").unwrap();
        assert_eq!(
            parsed,
            [
                one("a", Operator::In, &["1", "2"], false),
                one("b", Operator::Equal, &["3"], false)
            ]
        );
    }

    #[test]
    fn what_is_no_filter_is_refused_with_a_sentence() {
        for text in [
            "",
            "a",
            "a=1",
            "=eq.1",
            "a=like.x*",
            "a=in.1,2",
            "a=eq.1,",
            "a=in.(1",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        let many = vec!["1"; 101].join(",");
        assert!(parse(&format!("a=in.({many})")).is_err());
    }
}
