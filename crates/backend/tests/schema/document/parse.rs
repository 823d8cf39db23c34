//! As much of SQL as the document uses.

/// A column as the document wants it.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: String,
    /// As PostgreSQL names the type.
    pub(super) kind: String,
    pub(super) not_null: bool,
    pub(super) unique: bool,
    pub(super) primary: bool,
    pub(super) default: Option<String>,
    /// Table and what a deletion there does, as in `pg_constraint.confdeltype`.
    pub(super) references: Option<(String, String)>,
}

/// A statement of the document.
#[derive(Debug)]
pub(super) enum Item {
    Table {
        name: String,
        columns: Vec<Column>,
        checks: Vec<(String, String)>,
        key: Option<String>,
    },
    View {
        name: String,
        columns: Vec<String>,
    },
    Index {
        name: String,
        table: String,
    },
    Trigger {
        name: String,
        table: String,
        function: String,
    },
    Function {
        name: String,
        arguments: String,
    },
    Policy {
        name: String,
        table: String,
        command: String,
    },
    RowSecurity {
        table: String,
    },
}

/// Every statement in the code blocks of the document.
pub(super) fn items(document: &str) -> Vec<Item> {
    let mut code = String::new();
    let mut inside = false;
    for line in document.lines() {
        if line.starts_with("```") {
            inside = line == "```sql";
        } else if inside {
            code.push_str(line.split("--").next().unwrap_or_default());
            code.push('\n');
        }
    }
    statements(&code)
        .iter()
        .filter_map(|text| item(text))
        .collect()
}

/// Split at semicolons outside of `$$`, white space made single.
fn statements(code: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for (number, part) in code.split("$$").enumerate() {
        if number % 2 == 1 {
            continue;
        }
        let mut pieces = part.split(';');
        if let (Some(last), Some(first)) = (found.last_mut(), pieces.next()) {
            last.push_str(first);
        }
        found.extend(pieces.map(str::to_owned));
    }
    found
        .iter()
        .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|text| !text.is_empty())
        .collect()
}

fn item(text: &str) -> Option<Item> {
    if let Some(rest) = text.strip_prefix("CREATE TABLE ") {
        return Some(table(rest));
    }
    if let Some(rest) = text.strip_prefix("CREATE MATERIALIZED VIEW ") {
        let selected = rest.split(" FROM ").next()?;
        return Some(Item::View {
            name: first(rest),
            columns: selected
                .split(" as ")
                .skip(1)
                .map(|after| first(after).trim_end_matches(',').to_owned())
                .collect(),
        });
    }
    if let Some(rest) = text.strip_prefix("CREATE INDEX ") {
        return Some(Item::Index {
            name: first(rest),
            table: first(after(rest, " ON ")?),
        });
    }
    if let Some(rest) = text.strip_prefix("CREATE TRIGGER ") {
        return Some(Item::Trigger {
            name: first(rest),
            table: bare(&first(after(rest, " ON ")?)),
            function: first(after(rest, "EXECUTE FUNCTION ")?),
        });
    }
    if let Some(rest) = text.strip_prefix("CREATE OR REPLACE FUNCTION ") {
        return Some(Item::Function {
            name: first(rest),
            arguments: inner(rest).to_lowercase(),
        });
    }
    if let Some(rest) = text.strip_prefix("CREATE POLICY ") {
        return Some(Item::Policy {
            name: rest.split('"').nth(1)?.to_owned(),
            table: bare(&first(after(rest, " ON ")?)),
            command: first(after(rest, " FOR ")?),
        });
    }
    let rest = text.strip_prefix("ALTER TABLE ")?;
    rest.contains("ENABLE ROW LEVEL SECURITY")
        .then(|| Item::RowSecurity { table: first(rest) })
}

fn table(text: &str) -> Item {
    let (mut columns, mut checks, mut key) = (Vec::new(), Vec::new(), None);
    for part in list(inner(text)) {
        if let Some(rest) = part.strip_prefix("CONSTRAINT ") {
            let check = after(rest, " ").unwrap_or_default().to_owned();
            checks.push((first(rest), check));
        } else if part.starts_with("PRIMARY KEY") {
            key = Some(inner(&part).to_owned());
        } else {
            columns.push(column(&part));
        }
    }
    Item::Table {
        name: first(text),
        columns,
        checks,
        key,
    }
}

fn column(text: &str) -> Column {
    const WORDS: [&str; 5] = [
        " NOT NULL",
        " UNIQUE",
        " PRIMARY KEY",
        " DEFAULT ",
        " REFERENCES ",
    ];
    let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
    let end = WORDS
        .iter()
        .filter_map(|word| format!(" {rest}").find(word))
        .min();
    let kind = rest
        .get(..end.unwrap_or(rest.len() + 1).saturating_sub(1))
        .unwrap_or(rest);
    let references = after(rest, "REFERENCES ").map(|target| {
        let on_delete = match after(target, "ON DELETE ") {
            Some(words) if words.starts_with("CASCADE") => "c",
            Some(words) if words.starts_with("SET NULL") => "n",
            _ => "a",
        };
        (first(target), on_delete.to_owned())
    });
    Column {
        name: name.to_owned(),
        kind: kind_of(kind),
        not_null: rest.contains("NOT NULL"),
        unique: rest.contains("UNIQUE"),
        primary: rest.contains("PRIMARY KEY"),
        default: after(rest, "DEFAULT ").map(str::to_owned),
        references,
    }
}

fn kind_of(text: &str) -> String {
    match text.trim() {
        "FLOAT" => "double precision".to_owned(),
        "FLOAT[]" => "double precision[]".to_owned(),
        other => other.to_lowercase(),
    }
}

/// What stands between the first parenthesis and its partner.
fn inner(text: &str) -> &str {
    let Some(start) = text.find('(') else {
        return "";
    };
    let mut depth = 0_i32;
    for (place, letter) in text.char_indices().skip_while(|(place, _)| *place < start) {
        depth += match letter {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        if depth == 0 {
            return text[start + 1..place].trim();
        }
    }
    ""
}

/// Split at commas outside of parentheses and brackets.
fn list(text: &str) -> Vec<String> {
    let mut depth = 0_i32;
    let mut parts = vec![String::new()];
    for letter in text.chars() {
        depth += match letter {
            '(' | '[' => 1,
            ')' | ']' => -1,
            _ => 0,
        };
        if letter == ',' && depth == 0 {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
    }
    parts.iter().map(|part| part.trim().to_owned()).collect()
}

fn after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    text.split_once(word).map(|(_, rest)| rest)
}

/// The first word, without what opens behind it.
fn first(text: &str) -> String {
    text.trim()
        .split([' ', '('])
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn bare(name: &str) -> String {
    name.rsplit('.').next().unwrap_or(name).to_owned()
}
