//! What a device shows, and what the server has, in the same words.

use std::collections::BTreeMap;

use amethyst_engine::{Core, Shelf};
use amethyst_model::{ImageId, PreferenceKind};
use serde_json::{Value, json};

use super::server::Server;

/// Everything that can be seen, by name.
pub(super) type Picture = BTreeMap<String, Value>;

/// What a device shows. Requests that the server never had are left out; they are the device's own.
pub(super) async fn of_device(core: &Core) -> anyhow::Result<Picture> {
    let mut picture = Picture::new();
    let mut ids: Vec<ImageId> = Vec::new();
    for shelf in [Shelf::Gallery, Shelf::Trash] {
        ids.extend(core.gallery(shelf).await?.iter().map(|entry| entry.id));
    }
    for image in core.images(&ids).await? {
        picture.insert(
            format!("image {}", image.id),
            json!({
                "favorite": image.is_favorite,
                "public": image.is_public,
                "trashed": image.is_trashed,
            }),
        );
    }
    for (id, marks) in core.marks(&ids).await? {
        picture.insert(
            format!("marks {id}"),
            json!({ "rating": marks.rating, "pick": marks.pick }),
        );
    }
    for (id, tags) in core.tags(&ids).await? {
        picture.insert(format!("tags {id}"), json!(tags));
    }
    for collection in core.collections().await? {
        let mut images: Vec<String> = core
            .collected(collection.id)
            .await?
            .iter()
            .map(ToString::to_string)
            .collect();
        images.sort();
        picture.insert(
            format!("collection {}", collection.id),
            json!({ "name": collection.sheet.name, "images": images }),
        );
    }
    for kind in PreferenceKind::ALL {
        let document = core.preferences(kind).await?;
        if !document.is_empty() {
            picture.insert(format!("preferences {}", kind.as_str()), json!(document));
        }
    }
    for model in core.model_preferences().await? {
        picture.insert(
            format!("model {}", model.model),
            json!({
                "favorite": model.is_favorite,
                "settings": model.default_settings,
                "uses": model.use_count,
            }),
        );
    }
    if let Some(account) = core.account().await? {
        picture.insert("profile".to_owned(), json!(account.profile.settings));
        picture.insert("balance".to_owned(), json!(account.profile.credits_balance));
    }
    for line in core.ledger(None, 100_000).await?.0 {
        picture.insert(
            format!("ledger {}", line.entry.id),
            json!(line.entry.amount),
        );
    }
    for generation in core.generations(false, 100_000).await? {
        picture.insert(
            format!("request {}", generation.id),
            json!({ "status": generation.status, "cost": generation.credits_cost }),
        );
    }
    Ok(picture)
}

/// What the server has for the user.
pub(super) async fn of_server(server: &Server<'_>) -> anyhow::Result<Picture> {
    let rows: Vec<(String, Value)> = sqlx::query_as(
        "select 'image ' || g.id, jsonb_build_object('favorite', g.is_favorite, 'public', g.is_public,
                'trashed', g.trashed_at is not null)
           from public.generated_images g where g.user_id = $1
         union all
         select 'marks ' || m.image_id, jsonb_build_object('rating', m.rating, 'pick', m.pick)
           from public.image_marks m where m.user_id = $1 and (m.rating is not null or m.pick is not null)
         union all
         select 'tags ' || t.image_id, jsonb_agg(t.tag order by t.tag collate \"C\")
           from public.image_tags t where t.user_id = $1 group by t.image_id
         union all
         select 'collection ' || c.id, jsonb_build_object('name', c.name, 'images', coalesce(
                  (select jsonb_agg(m.image_id order by m.image_id) from public.collection_images m
                     join public.generated_images g on g.id = m.image_id and g.trashed_at is null
                    where m.collection_id = c.id), '[]'))
           from public.collections c where c.user_id = $1
         union all
         select 'preferences ' || p.preference_type, p.preference_value
           from public.user_preferences p where p.user_id = $1 and p.preference_value <> '{}'
         union all
         select 'model ' || m.model_id, jsonb_build_object('favorite', m.is_favorite,
                'settings', m.default_settings, 'uses', m.use_count)
           from public.user_model_preferences m where m.user_id = $1
         union all
         select 'profile', jsonb_build_object('language', p.language, 'theme', p.theme,
                'full_name', coalesce(p.full_name, ''), 'avatar_url', coalesce(p.avatar_url, ''),
                'notifications_enabled', p.notifications_enabled,
                'marketing_emails_enabled', p.marketing_emails_enabled, 'ads_enabled', p.ads_enabled,
                'prompt_suggestions_enabled', p.prompt_suggestions_enabled,
                'ai_safety_level', p.ai_safety_level)
           from public.profiles p where p.id = $1
         union all
         select 'balance', to_jsonb(p.credits_balance) from public.profiles p where p.id = $1
         union all
         select 'ledger ' || t.id, to_jsonb(t.amount)
           from public.credit_transactions t where t.user_id = $1
         union all
         select 'request ' || p.id, jsonb_build_object('status',
                case when p.error_message = 'cancelled' then 'cancelled' else p.status end,
                'cost', p.credits_cost)
           from public.prompts p where p.user_id = $1",
    )
    .bind(server.user.0)
    .fetch_all(server.pool())
    .await?;
    Ok(rows.into_iter().collect())
}
