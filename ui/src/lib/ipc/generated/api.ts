// Made by `cargo xtask bindings` from crates/api. Do not edit.

/**
 * The answer of a command that did not succeed.
 */
export type ApiError = { 
/**
 * What the UI acts on.
 */
code: ErrorCode, 
/**
 * English, for logs and the details fold.
 */
message: string, 
/**
 * Wrong fields, for [`ErrorCode::Invalid`].
 */
fields: Array<FieldErrorView>, 
/**
 * When asking again makes sense.
 */
retry: Retry, 
/**
 * Ties the error to a line of the log.
 */
report_id: string, };

/**
 * What the UI can act on. A code exists only if some screen behaves differently for it.
 */
export type ErrorCode = "offline" | "needs_sign_in" | "wrong_credentials" | "email_not_confirmed" | "email_taken" | "weak_password" | "wrong_code" | "wrong_server" | "rate_limited" | "keychain_locked" | "wrong_passphrase" | "forbidden" | "not_found" | "invalid" | "conflict" | "insufficient_credits" | "server_trouble" | "disk_full" | "library_damaged" | "library_in_use" | "internal";

/**
 * When asking again makes sense.
 */
export type Retry = { "when": "no" } | { "when": "now" } | { "when": "after", 
/**
 * Milliseconds to wait.
 */
ms: number, } | { "when": "when_online" } | { "when": "after_sign_in" };

/**
 * A wrong field of a form.
 */
export type FieldErrorView = { 
/**
 * Name of the field in the request's JSON.
 */
field: string, 
/**
 * What is wrong with it.
 */
problem: FieldProblemView, 
/**
 * Smallest allowed value.
 */
min: number | null, 
/**
 * Largest allowed value or length.
 */
max: number | null, };

/**
 * The kinds of mistakes a field can hold.
 */
export type FieldProblemView = "empty" | "too_long" | "out_of_range" | "malformed" | "length_mismatch" | "unknown_model" | "inactive_model";

/**
 * A kind of thing that is kept in the library.
 */
export type EntityView = "generation" | "image" | "ledger" | "account" | "model" | "outbox" | "collection" | "preference" | "suggestion";

/**
 * One message of the subscription.
 */
export type Notice = { "type": "session", 
/**
 * The session now.
 */
session: SessionView, } | { "type": "settings", 
/**
 * The settings now.
 */
settings: SettingsView, } | { "type": "sync", 
/**
 * The state now.
 */
sync: SyncView, } | { "type": "changed", 
/**
 * Of this kind.
 */
entity: EntityView, 
/**
 * These; `null` means any of them may have.
 */
ids: Array<string> | null, } | { "type": "library_rebuilt", 
/**
 * Where the damaged file lies now.
 */
moved_to: string, 
/**
 * Unsent intents saved from it.
 */
intents_saved: number, };

/**
 * Who is signed in, if anybody.
 */
export type SessionView = { 
/**
 * Where the session stands.
 */
state: SessionState, 
/**
 * The account's id, while its library is open.
 */
user_id: string | null, 
/**
 * The account's address, also after the server refused the session, to sign in again.
 */
email: string | null, 
/**
 * Whether the session survives the end of this run.
 */
remembered: boolean, };

/**
 * Where the session stands.
 */
export type SessionState = "signed_out" | "locked" | "awaiting_confirmation" | "signed_in" | "needs_sign_in";

/**
 * A new account.
 */
export type SignUpRequest = { 
/**
 * E-mail address.
 */
email: string, 
/**
 * Password, at least 6 characters.
 */
password: string, 
/**
 * Language for the profile and the mails.
 */
language: LanguageView, };

/**
 * An existing account.
 */
export type SignInRequest = { 
/**
 * E-mail address.
 */
email: string, 
/**
 * Password.
 */
password: string, };

/**
 * An address to send a mail to.
 */
export type EmailRequest = { 
/**
 * E-mail address.
 */
email: string, };

/**
 * What a code from a mail confirms.
 */
export type VerifyKindView = "signup" | "recovery";

/**
 * A code from a mail.
 */
export type VerifyRequest = { 
/**
 * Address the mail went to.
 */
email: string, 
/**
 * The six digits.
 */
code: string, 
/**
 * What it confirms.
 */
kind: VerifyKindView, 
/**
 * New password, for [`VerifyKindView::Recovery`].
 */
new_password: string | null, };

/**
 * Which sessions to end.
 */
export type SignOutScope = "local" | "global" | "others";

/**
 * Ending sessions. Unsent work stays in the account's folder and goes out after the next sign-in.
 */
export type SignOutRequest = { 
/**
 * Which.
 */
scope: SignOutScope, };

/**
 * How to keep the session where no keychain answers.
 */
export type UnlockRequest = { 
/**
 * Passphrase to seal it with; `None` keeps it for this run only.
 */
passphrase: string | null, };

/**
 * Language of the interface.
 */
export type LanguageView = "fr" | "en";

/**
 * Color scheme of the interface.
 */
export type ThemeView = "dark" | "light" | "system";

/**
 * Address and public key of a Supabase project.
 */
export type ServerAddressView = { 
/**
 * Base URL, such as `https://abc.supabase.co`.
 */
url: string, 
/**
 * The project's public (anon or publishable) key.
 */
anon_key: string, };

/**
 * Which server to use.
 */
export type ServerChange = { 
/**
 * The project; `None` follows the local backend's file again.
 */
address: ServerAddressView | null, };

/**
 * Settings in force.
 */
export type SettingsView = { 
/**
 * Language: the account's while signed in, else this device's.
 */
language: LanguageView, 
/**
 * Theme, likewise.
 */
theme: ThemeView, 
/**
 * Display name; empty when there is none. `None` while the account is not known.
 */
full_name: string | null, 
/**
 * Address of a picture, likewise.
 */
avatar_url: string | null, 
/**
 * Whether to be told of anything at all.
 */
notifications_enabled: boolean | null, 
/**
 * Whether to get mail about offers.
 */
marketing_emails_enabled: boolean | null, 
/**
 * Whether ads may be offered for credits.
 */
ads_enabled: boolean | null, 
/**
 * Whether prompts are suggested.
 */
prompt_suggestions_enabled: boolean | null, 
/**
 * What is hidden.
 */
ai_safety_level: SafetyLevelView | null, 
/**
 * The server set by hand; `None` while the local backend's file is followed.
 */
server: ServerAddressView | null, 
/**
 * URL in use at present, if one is known.
 */
server_url: string | null, 
/**
 * Folder of the library on this machine.
 */
library_folder: string | null, 
/**
 * Version of this program.
 */
version: string, };

/**
 * A change of settings; absent fields stay as they are.
 */
export type SettingsPatch = { 
/**
 * New language.
 */
language: LanguageView | null, 
/**
 * New theme.
 */
theme: ThemeView | null, 
/**
 * New display name; empty takes it away.
 */
full_name: string | null, 
/**
 * New picture; empty takes it away.
 */
avatar_url: string | null, 
/**
 * Whether to be told of anything at all.
 */
notifications_enabled: boolean | null, 
/**
 * Whether to get mail about offers.
 */
marketing_emails_enabled: boolean | null, 
/**
 * Whether ads may be offered for credits.
 */
ads_enabled: boolean | null, 
/**
 * Whether prompts are suggested.
 */
prompt_suggestions_enabled: boolean | null, 
/**
 * What is hidden.
 */
ai_safety_level: SafetyLevelView | null, };

/**
 * Shape of the image.
 */
export type AspectRatioView = "1:1" | "16:9";

/**
 * File format of the image.
 */
export type OutputFormatView = "webp" | "png" | "jpg";

/**
 * A request for images as the form holds it; limits are those of [`GenerationDraft`].
 */
export type DraftView = { 
/**
 * Key of the model.
 */
model_id: string, 
/**
 * What to paint.
 */
prompt: string, 
/**
 * What to leave out.
 */
negative_prompt: string, 
/**
 * Shape.
 */
aspect_ratio: AspectRatioView, 
/**
 * Images to make, 1 to 4.
 */
num_outputs: number, 
/**
 * Steps, 1 to 100.
 */
steps: number, 
/**
 * Guidance, 1 to 20.
 */
guidance_scale: number, 
/**
 * How far to leave the source image, 0.1 to 1.
 */
prompt_strength: number, 
/**
 * Seed, or −1 to draw one.
 */
seed: number, 
/**
 * File format.
 */
output_format: OutputFormatView, 
/**
 * Quality of lossy formats, 1 to 100.
 */
output_quality: number, 
/**
 * Whether the provider's safety checker runs.
 */
safety_checker: boolean, 
/**
 * LoRAs as `owner/name`.
 */
hf_loras: Array<string>, 
/**
 * One scale per LoRA.
 */
lora_scales: Array<number>, 
/**
 * Width in pixels; `null` takes the ratio's default.
 */
width: number | null, 
/**
 * Height in pixels; `null` takes the ratio's default.
 */
height: number | null, 
/**
 * The suggestion that the prompt was taken from unchanged, if any.
 */
prompt_suggestion_id?: string | null, };

/**
 * How what is made differs from what is asked.
 */
export type AdjustmentKindView = "clamped" | "dropped" | "decided" | "converted";

/**
 * One difference.
 */
export type AdjustmentView = { 
/**
 * Name of the field in the draft; `size` for width and height together.
 */
field: string, 
/**
 * How.
 */
kind: AdjustmentKindView, 
/**
 * The value asked for, as text; `null` where it is a text of the user's or a mere yes.
 */
asked: string | null, 
/**
 * The value used, as text.
 */
used: string | null, };

/**
 * What a draft costs now, by the cached catalog.
 */
export type QuoteView = { 
/**
 * Credits; `null` while the draft has no price (unknown model, sizes out of range).
 */
cost: number | null, 
/**
 * Balance left after this and everything waiting to be sent; `null` while no balance is known.
 */
balance_after: number | null, 
/**
 * Credits missing; 0 when they suffice.
 */
missing: number, 
/**
 * Wrong fields, empty when it can be sent.
 */
fields: Array<FieldErrorView>, 
/**
 * Width and height in pixels that it asks for.
 */
size: [number, number], 
/**
 * What the model is going to do differently from what is asked.
 */
adjustments: Array<AdjustmentView>, };

/**
 * Where a request stands; see [`GenerationStatus`].
 */
export type GenerationStatusView = "to_send" | "parked" | "pending" | "processing" | "completed" | "failed" | "cancelled";

/**
 * How far a worker has come, as it reported itself.
 */
export type ProgressView = { 
/**
 * Steps done in the present image.
 */
step: number, 
/**
 * Steps of one image.
 */
steps: number, 
/**
 * Number of the present image, from 1.
 */
image: number, 
/**
 * Images in all.
 */
images: number, };

/**
 * A request with its parameters, state and images.
 */
export type GenerationView = { 
/**
 * Its id.
 */
id: string, 
/**
 * Everything asked for.
 */
draft: DraftView, 
/**
 * State.
 */
status: GenerationStatusView, 
/**
 * Progress while a worker is at it.
 */
progress: ProgressView | null, 
/**
 * Whether stopping it was asked for and not yet answered.
 */
cancel_requested: boolean, 
/**
 * Credits: the quoted price until the server confirmed one.
 */
credits_cost: number, 
/**
 * Credits given back.
 */
credits_refunded: number, 
/**
 * The provider's or server's words if it failed; English, for the details fold.
 */
error_message: string | null, 
/**
 * The outbox entry that needs the user, if it is parked.
 */
parked_intent: string | null, 
/**
 * Its images, in order; empty until it ended.
 */
images: Array<ImageView>, 
/**
 * When the user asked.
 */
created_at: number, 
/**
 * When it ended.
 */
completed_at: number | null, };

/**
 * Asking for images.
 */
export type GenerationRequest = { 
/**
 * What to make.
 */
draft: DraftView, 
/**
 * The price that stood on the button; a higher one is never paid.
 */
max_cost: number, };

/**
 * One request.
 */
export type GenerationRef = { 
/**
 * Its id.
 */
id: string, };

/**
 * Which requests to list, newest first.
 */
export type GenerationListQuery = { 
/**
 * Only those that have not ended.
 */
active_only: boolean, 
/**
 * At most so many.
 */
limit: number, };

/**
 * Which file of an image, in media URLs.
 */
export type MediaVariantView = "256" | "512" | "768" | "original";

/**
 * A picture as tiles and the lightbox show it.
 */
export type ImageView = { 
/**
 * Its id.
 */
id: string, 
/**
 * The request it came from.
 */
generation_id: string | null, 
/**
 * Width of the original in pixels.
 */
width: number, 
/**
 * Height of the original in pixels.
 */
height: number, 
/**
 * `webp`, `png` or `jpg`.
 */
format: string, 
/**
 * Size of the original in bytes.
 */
size_bytes: number, 
/**
 * Favorite mark, with what is not sent yet.
 */
is_favorite: boolean, 
/**
 * Whether a change of the favorite mark waits to be sent.
 */
favorite_waiting: boolean, 
/**
 * Whether everybody may see it.
 */
is_public: boolean, 
/**
 * Whether it lies in the trash.
 */
is_trashed: boolean, 
/**
 * When the server put it there; it goes for good 30 days later.
 */
trashed_at: number | null, 
/**
 * Whether something about it waits to be sent.
 */
waiting: boolean, 
/**
 * Whether something about it needs the user.
 */
parked: boolean, 
/**
 * 1 to 5 stars, or none.
 */
rating: number | null, 
/**
 * Picked, rejected, or neither.
 */
pick: PickView | null, 
/**
 * `#rrggbb` to show before the bytes are there.
 */
dominant_color: string | null, 
/**
 * Accessible name: an analysis' description, else `null` (the UI takes the prompt).
 */
description: string | null, 
/**
 * Prompt of its request, if that is known.
 */
prompt: string | null, 
/**
 * Files on this machine; a variant that is missing is not in the list.
 */
available: Array<MediaVariantView>, 
/**
 * Content hash of the original, in media URLs, so that a changed file is a new URL.
 */
hash: string, 
/**
 * When it was made.
 */
created_at: number, };

/**
 * Everything the lightbox tells about a picture.
 */
export type ImageDetailView = { 
/**
 * The picture.
 */
image: ImageView, 
/**
 * The request with its parameters, unless it was deleted.
 */
generation: GenerationView | null, 
/**
 * The seed it was painted with.
 */
seed: number | null, 
/**
 * Who painted it, such as `sketch`.
 */
provider: string | null, 
/**
 * Ledger lines of its request.
 */
ledger: Array<LedgerEntryView>, 
/**
 * Tags, in the order of the alphabet.
 */
tags: Array<string>, };

/**
 * Which pictures the gallery shows.
 */
export type GalleryQuery = { 
/**
 * Where.
 */
shelf: ShelfView, };

/**
 * The gallery's order as columns of equal length, newest first: enough to lay out every row before a
 * single picture is read, and small enough for 100 000 of them.
 */
export type GalleryIndex = { 
/**
 * Ids.
 */
ids: Array<string>, 
/**
 * Width ÷ height.
 */
ratios: Array<number>, 
/**
 * When each was made.
 */
created_at: Array<number>, 
/**
 * `#rrggbb`, or an empty text.
 */
colors: Array<string>, };

/**
 * Where pictures are shown.
 */
export type ShelfView = "gallery" | "favorites" | "trash";

/**
 * One picture.
 */
export type ImageRef = { 
/**
 * Its id.
 */
id: string, };

/**
 * Several pictures.
 */
export type ImageIds = { 
/**
 * Their ids, at most 1 000; unknown ones are left out of the answer.
 */
ids: Array<string>, };

/**
 * Putting a picture among the favorites or taking it out.
 */
export type SetFavorite = { 
/**
 * The picture.
 */
id: string, 
/**
 * Whether it shall be a favorite.
 */
favorite: boolean, };

/**
 * A culling mark.
 */
export type PickView = "pick" | "reject";

/**
 * A tag put on or taken off.
 */
export type TagChange = { 
/**
 * The tag, 1 to 64 characters; kept in lower case.
 */
tag: string, 
/**
 * On or off.
 */
on: boolean, };

/**
 * What changes about pictures: one of these.
 */
export type ImageChangeView = { "favorite": boolean } | { "public": boolean } | { "trashed": boolean } | { "deleted": boolean } | { "rating": number | null } | { "pick": PickView | null } | { "tag": TagChange };

/**
 * A change of some pictures, all of them or none.
 */
export type ImagesChange = { 
/**
 * Their ids, at most 1 000.
 */
ids: Array<string>, 
/**
 * The change.
 */
change: ImageChangeView, };

/**
 * A tag and how many pictures carry it.
 */
export type TagView = { 
/**
 * The tag.
 */
tag: string, 
/**
 * Pictures outside the trash.
 */
images: number, };

/**
 * What kind of collection.
 */
export type CollectionKindView = "manual" | "smart";

/**
 * Everything about a collection but the images in it.
 */
export type CollectionSheetView = { 
/**
 * Its name, 1 to 120 characters.
 */
name: string, 
/**
 * Manual or smart.
 */
kind: CollectionKindView, 
/**
 * The rule of a smart one.
 */
rule: Record<string, unknown> | null, 
/**
 * Id of the image on its cover.
 */
cover: string | null, 
/**
 * Place among the collections: lower first.
 */
position: number, };

/**
 * A collection.
 */
export type CollectionView = { 
/**
 * Its id.
 */
id: string, 
/**
 * The rest.
 */
sheet: CollectionSheetView, 
/**
 * Images in it.
 */
images: number, };

/**
 * One collection.
 */
export type CollectionRef = { 
/**
 * Its id.
 */
id: string, };

/**
 * A change of a collection.
 */
export type CollectionChange = { 
/**
 * Its id.
 */
id: string, 
/**
 * The whole of it.
 */
sheet: CollectionSheetView, };

/**
 * Putting images into a collection or taking them out.
 */
export type CollectRequest = { 
/**
 * The collection.
 */
id: string, 
/**
 * The images.
 */
ids: Array<string>, 
/**
 * In or out.
 */
on: boolean, };

/**
 * Which document of preferences.
 */
export type PreferenceKindView = "generation_defaults" | "style_preferences" | "safety_settings" | "ui_preferences" | "notification_settings";

/**
 * One document.
 */
export type PreferencesRef = { 
/**
 * Which.
 */
kind: PreferenceKindView, };

/**
 * A document, with what is not sent yet.
 */
export type PreferencesView = { 
/**
 * Which.
 */
kind: PreferenceKindView, 
/**
 * Its fields.
 */
document: Record<string, unknown>, };

/**
 * A change of a document; absent fields stay, null removes one.
 */
export type PreferencesPatch = { 
/**
 * Which.
 */
kind: PreferenceKindView, 
/**
 * The fields.
 */
patch: Record<string, unknown>, };

/**
 * What the user thinks of a model.
 */
export type ModelPreferencesView = { 
/**
 * The model.
 */
model_id: string, 
/**
 * Whether it is among the favorite models.
 */
is_favorite: boolean, 
/**
 * What a new draft with it starts with.
 */
default_settings: Record<string, unknown>, 
/**
 * Requests made with it.
 */
use_count: number, 
/**
 * When it was last used.
 */
last_used_at: number | null, };

/**
 * A change of the same; absent fields stay.
 */
export type ModelPreferencesPatch = { 
/**
 * The model.
 */
model_id: string, 
/**
 * Whether it shall be a favorite.
 */
is_favorite: boolean | null, 
/**
 * Fields; null removes one.
 */
default_settings: Record<string, unknown>, };

/**
 * A field that was changed on two devices. This device's value stands.
 */
export type ConflictView = { 
/**
 * Its number.
 */
id: number, 
/**
 * The document, or `model`.
 */
subject: string, 
/**
 * The model, if it is about one.
 */
model_id: string | null, 
/**
 * Name of the field.
 */
field: string, 
/**
 * What another device had made of it.
 */
theirs: unknown, 
/**
 * What stands.
 */
yours: unknown, 
/**
 * When it was found.
 */
found_at: number, };

/**
 * What to do about a conflict.
 */
export type ConflictChoice = { 
/**
 * Its number.
 */
id: number, 
/**
 * Whether to take the other device's value; else what stands is kept.
 */
take_theirs: boolean, };

/**
 * Which originals are kept without being opened.
 */
export type OriginalsView = "none" | "favorites" | "recent" | "all";

/**
 * The choice; see [`StoragePolicy`].
 */
export type StoragePolicyView = { 
/**
 * Which originals.
 */
originals: OriginalsView, 
/**
 * Bytes of originals at most.
 */
cap_bytes: number | null, 
/**
 * Whether a metered connection fetches only what is opened.
 */
pause_on_metered: boolean, };

/**
 * The choice, and bytes: what is here, and what each choice would take.
 */
export type StorageView = { 
/**
 * The choice.
 */
policy: StoragePolicyView, 
/**
 * Thumbnails here.
 */
thumbnails: number, 
/**
 * Originals here.
 */
originals: number, 
/**
 * Originals of favorites.
 */
favorites: number, 
/**
 * Originals of the last 30 days.
 */
recent: number, 
/**
 * All originals.
 */
all: number, };

/**
 * How strictly images are kept from the user's eyes.
 */
export type SafetyLevelView = "standard" | "strict" | "relaxed";

/**
 * Where a suggestion comes from.
 */
export type SuggestionSourceView = "history" | "vision" | "community" | "ai";

/**
 * A run of text of a difference.
 */
export type WordChangeKind = "kept" | "removed" | "added";

/**
 * A piece of the difference between a prompt and a wording, in reading order.
 */
export type WordChangeView = { 
/**
 * What happens to it.
 */
kind: WordChangeKind, 
/**
 * The text, with its spaces.
 */
text: string, };

/**
 * A better wording for a prompt, with what is known of it.
 */
export type SuggestionView = { 
/**
 * Its id.
 */
id: string, 
/**
 * Whether it is everybody's and not the user's own.
 */
is_shared: boolean, 
/**
 * The prompt it was made for; may be only near to the one asked about.
 */
base_prompt: string, 
/**
 * The wording.
 */
suggested_prompt: string, 
/**
 * What it changes in the prompt asked about.
 */
diff: Array<WordChangeView>, 
/**
 * Where it comes from.
 */
source: SuggestionSourceView, 
/**
 * What its source claims, 0 to 1.
 */
confidence: number, 
/**
 * Finished requests made from it.
 */
used_count: number, 
/**
 * Share of those that completed, 0 to 1; nothing is known before the first.
 */
success_rate: number, 
/**
 * Images made from it.
 */
image_count: number, 
/**
 * Of those images, the favorites.
 */
favorite_count: number, 
/**
 * Its place in the order, 0 to 1: what is proven counts, what is promised hardly.
 */
rank: number, 
/**
 * A model's sentence on why; `null` from other sources.
 */
reason: string | null, 
/**
 * When it was made.
 */
created_at: number, 
/**
 * When a request was last made from it.
 */
last_used_at: number | null, };

/**
 * A prompt to find better wordings for.
 */
export type SuggestionQuery = { 
/**
 * The prompt.
 */
prompt: string, 
/**
 * At most so many, 1 to 20.
 */
limit: number, };

/**
 * Suggestions for a prompt, the best first.
 */
export type SuggestionsView = { 
/**
 * Whether the user wants suggestions at all; if not there are none.
 */
enabled: boolean, 
/**
 * The suggestions.
 */
suggestions: Array<SuggestionView>, };

/**
 * A prompt for a model to word.
 */
export type RewordRequest = { 
/**
 * A UUID of the caller's choice; the same one again asks how far it is.
 */
id: string, 
/**
 * The prompt.
 */
prompt: string, };

/**
 * How far a model's wording is.
 */
export type WordingStateView = "pending" | "ready" | "failed" | "expired";

/**
 * What became of a request for a model's wordings.
 */
export type RewordView = { 
/**
 * How far it is.
 */
state: WordingStateView, 
/**
 * Why it failed: `content_rejected`, `provider_unavailable`, `provider_failed`, `no_wordings`, `worker_lost`.
 */
error: string | null, 
/**
 * The wordings, the best first.
 */
suggestions: Array<SuggestionView>, };

/**
 * The signed-in user's account as last told by the server.
 */
export type AccountView = { 
/**
 * E-mail address.
 */
email: string, 
/**
 * Display name.
 */
full_name: string | null, 
/**
 * Credits that can be spent, as the server knows it.
 */
balance: number, 
/**
 * Credits that waiting requests will take once sent.
 */
unsent_cost: number, 
/**
 * Credits reserved by requests that have not ended.
 */
reserved: number, 
/**
 * `free`, `pro` or `enterprise`.
 */
subscription_tier: string, 
/**
 * Images ever generated.
 */
total_generations: number, 
/**
 * Images in the library.
 */
images: number, 
/**
 * Favorites in the library.
 */
favorites: number, 
/**
 * Requests that have not ended.
 */
active_generations: number, };

/**
 * Why credits moved.
 */
export type LedgerKindView = "purchase" | "usage" | "refund" | "bonus" | "ads_reward";

/**
 * A line of the ledger.
 */
export type LedgerEntryView = { 
/**
 * Its id.
 */
id: string, 
/**
 * Credits, negative when spent.
 */
amount: number, 
/**
 * Why.
 */
kind: LedgerKindView, 
/**
 * The server's words; English.
 */
description: string | null, 
/**
 * Balance after this line; `null` while older lines are missing.
 */
balance_after: number | null, 
/**
 * The request it concerns.
 */
generation_id: string | null, 
/**
 * Prompt of that request, if known.
 */
prompt: string | null, 
/**
 * First image of that request, if any.
 */
image_id: string | null, 
/**
 * When.
 */
created_at: number, };

/**
 * Which part of the ledger.
 */
export type LedgerQuery = { 
/**
 * Continue after this line (its id); `null` starts with the newest.
 */
after: string | null, 
/**
 * At most so many lines, up to 500.
 */
limit: number, };

/**
 * A part of the ledger, newest first.
 */
export type LedgerPage = { 
/**
 * The lines.
 */
entries: Array<LedgerEntryView>, 
/**
 * Whether older lines follow.
 */
has_more: boolean, };

/**
 * A model and what it can do.
 */
export type ModelView = { 
/**
 * Key.
 */
id: string, 
/**
 * French name.
 */
label_fr: string, 
/**
 * English name.
 */
label_en: string, 
/**
 * One sentence.
 */
description: string | null, 
/**
 * `local`, `replicate`, `stability` or `openai`.
 */
provider: string, 
/**
 * Whether it is a procedural painter and no AI model; then it is labelled so wherever it appears.
 */
is_sketch: boolean, 
/**
 * Credits for one image of up to 1024×1024 pixels.
 */
credits_cost: number, 
/**
 * LoRAs at most.
 */
max_loras: number, 
/**
 * Steps at most.
 */
max_steps: number, 
/**
 * LoRA names it knows.
 */
loras: Array<string>, 
/**
 * Parameters it honors; `null` means all.
 */
supports: Array<string> | null, };

/**
 * Why an intent stopped; see [`ParkReason`].
 */
export type ParkReasonView = "price_changed" | "insufficient_credits" | "model_unavailable" | "account_suspended" | "not_found" | "forbidden" | "invalid" | "conflict" | "not_publishable" | "not_analyzed" | "in_trash" | "unknown";

/**
 * Whether an intent waits or needs the user.
 */
export type IntentStateView = { "state": "waiting", 
/**
 * Earliest next attempt, if it is set back.
 */
not_before: number | null, } | { "state": "parked", 
/**
 * Why.
 */
reason: ParkReasonView, 
/**
 * The server's words; for a changed price, the new price.
 */
detail: string | null, };

/**
 * An entry of the outbox.
 */
export type IntentView = { 
/**
 * Its id.
 */
id: string, 
/**
 * The intent's kind, such as `create_generation` or `set_favorite`; `restore_image` for what takes out of
 * the trash; or `unknown`.
 */
kind: string, 
/**
 * The request it concerns.
 */
generation_id: string | null, 
/**
 * The image it concerns.
 */
image_id: string | null, 
/**
 * Name of what it concerns otherwise: a tag, a collection, a document of preferences, a model.
 */
subject: string | null, 
/**
 * Prompt, for a request.
 */
prompt: string | null, 
/**
 * Credits it may cost at most, for a request.
 */
max_cost: number | null, 
/**
 * Waiting or parked.
 */
state: IntentStateView, 
/**
 * Failed attempts so far.
 */
attempts: number, 
/**
 * When the user did it.
 */
created_at: number, };

/**
 * One entry of the outbox.
 */
export type IntentRef = { 
/**
 * Its id.
 */
id: string, 
/**
 * A higher price to accept, when retrying a request whose price changed.
 */
max_cost: number | null, };

/**
 * What synchronization is about: the one thing to say.
 */
export type SyncPhaseView = "signed_out" | "needs_sign_in" | "needs_you" | "waiting_for_network" | "sending" | "fetching" | "paused" | "up_to_date";

/**
 * How far a long pull has come.
 */
export type SyncProgressView = { 
/**
 * Rows that have arrived.
 */
received: number, 
/**
 * Rows that are to come in all, at least.
 */
expected: number, };

/**
 * The sync indicator.
 */
export type SyncView = { 
/**
 * What it is about.
 */
phase: SyncPhaseView, 
/**
 * Whether the server does not answer, whatever else there is to say.
 */
offline: boolean, 
/**
 * Intents waiting to be sent.
 */
to_send: number, 
/**
 * Files to be downloaded.
 */
to_fetch: number, 
/**
 * Their size in bytes.
 */
to_fetch_bytes: number, 
/**
 * How far a long pull has come, while one runs.
 */
progress: SyncProgressView | null, 
/**
 * Whether requests rest until one of the user's ends.
 */
held: boolean, 
/**
 * Fields that were changed on two devices and not seen yet.
 */
conflicts: number, 
/**
 * Intents that need the user.
 */
parked: number, 
/**
 * Last complete exchange with the server.
 */
last_success_at: number | null, 
/**
 * What keeps it from moving on, if anything: `disk_full`, `server_trouble`, `wrong_server` or
 * `library_damaged`.
 */
problem: ErrorCode | null, };

/** Every command: its arguments and its result. */
export type Commands = {
  session_current: [null, SessionView];
  session_sign_up: [SignUpRequest, SessionView];
  session_sign_in: [SignInRequest, SessionView];
  session_resend: [EmailRequest, null];
  session_recover: [EmailRequest, null];
  session_verify: [VerifyRequest, SessionView];
  session_unlock: [UnlockRequest, SessionView];
  session_sign_out: [SignOutRequest, SessionView];
  settings_current: [null, SettingsView];
  settings_change: [SettingsPatch, SettingsView];
  server_change: [ServerChange, SettingsView];
  model_list: [null, Array<ModelView>];
  suggestion_list: [SuggestionQuery, SuggestionsView];
  suggestion_ask: [SuggestionQuery, SuggestionsView];
  suggestion_reword: [RewordRequest, RewordView];
  generation_quote: [DraftView, QuoteView];
  generation_request: [GenerationRequest, GenerationView];
  generation_cancel: [GenerationRef, GenerationView];
  generation_get: [GenerationRef, GenerationView];
  generation_list: [GenerationListQuery, Array<GenerationView>];
  gallery_index: [GalleryQuery, GalleryIndex];
  images_by_ids: [ImageIds, Array<ImageView>];
  image_detail: [ImageRef, ImageDetailView];
  image_open: [ImageRef, null];
  image_set_favorite: [SetFavorite, ImageView];
  images_change: [ImagesChange, Array<ImageView>];
  tag_list: [null, Array<TagView>];
  collection_list: [null, Array<CollectionView>];
  collection_images: [CollectionRef, Array<string>];
  collection_make: [CollectionSheetView, CollectionRef];
  collection_change: [CollectionChange, null];
  collection_delete: [CollectionRef, null];
  collection_collect: [CollectRequest, null];
  preferences_get: [PreferencesRef, PreferencesView];
  preferences_change: [PreferencesPatch, PreferencesView];
  model_preferences_list: [null, Array<ModelPreferencesView>];
  model_preferences_change: [ModelPreferencesPatch, ModelPreferencesView];
  conflict_list: [null, Array<ConflictView>];
  conflict_settle: [ConflictChoice, null];
  storage_current: [null, StorageView];
  storage_change: [StoragePolicyView, StorageView];
  account_current: [null, AccountView | null];
  ledger_page: [LedgerQuery, LedgerPage];
  outbox_list: [null, Array<IntentView>];
  outbox_retry: [IntentRef, null];
  outbox_discard: [IntentRef, null];
  sync_current: [null, SyncView];
  sync_now: [null, SyncView];
};
