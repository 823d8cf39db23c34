//! What Amethyst is about: ids, entities, drafts, prices, intents and the pure decisions over them.
