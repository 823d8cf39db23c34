//! The catalogue against what this worker can do: models that nobody serves, plans that nobody can buy.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use super::{Finding, supabase};
use crate::config::Config;
use crate::hosted::{CallError, Hosted};
use crate::provider::Providers;

const PART: &str = "catalogue";

/// Days before a model's last day in which it is warned of.
const NOTICE_DAYS: i64 = 30;

/// What is on offer.
pub(super) struct Catalogue {
    models: Vec<Value>,
    plans: Vec<Value>,
    packs: Vec<Value>,
}

impl Catalogue {
    pub(super) async fn read(hosted: &Hosted) -> Result<Self, CallError> {
        Ok(Self {
            models: hosted
                .rows(
                    "models",
                    "select=id,provider,version,metadata&is_active=is.true&order=id",
                )
                .await?,
            plans: hosted
                .rows(
                    "subscription_plans",
                    "select=id,features&is_active=is.true&order=id",
                )
                .await?,
            packs: hosted
                .rows(
                    "credit_packs",
                    "select=id,stripe_price&is_active=is.true&order=id",
                )
                .await?,
        })
    }

    /// A provider's own names of the models that it paints with.
    pub(super) fn versions(&self, provider: &str) -> Vec<String> {
        self.models
            .iter()
            .filter(|model| text(model, "/provider") == provider)
            .map(|model| text(model, "/version").to_owned())
            .collect()
    }

    pub(super) fn check(
        &self,
        config: &Config,
        providers: &Providers,
        now: DateTime<Utc>,
    ) -> Vec<Finding> {
        let mut found: Vec<_> = self
            .models
            .iter()
            .filter_map(|model| model_finding(model, config, providers, now))
            .collect();
        if self.models.is_empty() {
            found.push(Finding::warning(
                PART,
                "no model is active: nobody can make an image; switch one on in `models`",
            ));
        }
        match config.stripe {
            Some(_) => {
                found.extend(self.plans.iter().filter_map(plan_finding));
                found.extend(self.packs.iter().filter_map(pack_finding));
            }
            None if self.plans.is_empty() && self.packs.is_empty() => {}
            None => found.push(Finding::warning(
                PART,
                "plans or packs are on offer, and without STRIPE_SECRET_KEY nobody can buy one",
            )),
        }
        if found.is_empty() {
            let (models, plans) = (self.models.len(), self.plans.len());
            found.push(Finding::ok(
                PART,
                format!("{models} active models are served, {plans} plans can be bought"),
            ));
        }
        found
    }
}

/// What went wrong reading it; told by the part about the project, too.
pub(super) fn trouble(error: &CallError) -> Finding {
    supabase::trouble(error)
}

fn text<'a>(row: &'a Value, path: &str) -> &'a str {
    row.pointer(path)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn model_finding(
    model: &Value,
    config: &Config,
    providers: &Providers,
    now: DateTime<Utc>,
) -> Option<Finding> {
    let (id, provider) = (text(model, "/id"), text(model, "/provider"));
    let (is_served, key) = match provider {
        "replicate" => (config.replicate.is_some(), "REPLICATE_API_TOKEN"),
        "stability" => (config.stability.is_some(), "STABILITY_API_KEY"),
        "openai" => (config.openai.is_some(), "OPENAI_API_KEY"),
        _ => {
            let engine = text(model, "/metadata/kind");
            if providers.get(engine).is_none() {
                return Some(Finding::error(
                    PART,
                    format!(
                        "the model `{id}` asks for an engine `{engine}` that this worker has not: switch it off"
                    ),
                ));
            }
            (true, "")
        }
    };
    if !is_served {
        return Some(Finding::warning(
            PART,
            format!(
                "the model `{id}` is active, and this worker has no key for {provider}: its requests wait for one \
                 that has; set {key}, or switch it off"
            ),
        ));
    }
    let last: NaiveDate = text(model, "/metadata/retires_on").parse().ok()?;
    let days = (last - now.date_naive()).num_days();
    (days <= NOTICE_DAYS).then(|| {
        Finding::warning(
            PART,
            format!("the model `{id}` retires on {last}: switch its successor on"),
        )
    })
}

fn pack_finding(pack: &Value) -> Option<Finding> {
    let id = text(pack, "/id");
    text(pack, "/stripe_price").is_empty().then(|| {
        Finding::warning(
            PART,
            format!(
                "the pack `{id}` cannot be bought: put Stripe's price id into its stripe_price"
            ),
        )
    })
}

fn plan_finding(plan: &Value) -> Option<Finding> {
    let missing: Vec<_> = [
        ("stripe_price_month", "stripe_price_monthly"),
        ("stripe_price_year", "stripe_price_yearly"),
    ]
    .into_iter()
    .filter(|(name, long)| {
        let said = |name: &str| !text(plan, &format!("/features/{name}")).is_empty();
        !said(name) && !said(long)
    })
    .map(|(name, _)| name)
    .collect();
    (!missing.is_empty()).then(|| {
        Finding::warning(
            PART,
            format!(
                "the plan `{}` cannot be bought: put Stripe's price ids into features.{}",
                text(plan, "/id"),
                missing.join(" and features.")
            ),
        )
    })
}
