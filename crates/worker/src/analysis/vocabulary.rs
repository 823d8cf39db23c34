//! What the sketch painter paints, said in English and in French. Keyed by the words of `scene`, which the painter
//! leaves in an image's metadata. Data only.

/// A thing in a picture: key, English label and phrase, French label and phrase.
pub(super) type Thing = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

/// Where a picture plays; its phrase begins the description.
pub(super) const PLACES: &[Thing] = &[
    (
        "mountains",
        "mountain",
        "Mountains",
        "montagne",
        "Des montagnes",
    ),
    ("lake", "lake", "A lake", "lac", "Un lac"),
    ("river", "river", "A river", "rivière", "Une rivière"),
    ("forest", "forest", "A forest", "forêt", "Une forêt"),
    ("sea", "sea", "The sea", "mer", "La mer"),
    ("island", "island", "An island", "île", "Une île"),
    ("coast", "coast", "A coast", "côte", "Une côte"),
    ("city", "city", "A city", "ville", "Une ville"),
    ("desert", "desert", "A desert", "désert", "Un désert"),
    ("canyon", "canyon", "A canyon", "canyon", "Un canyon"),
    (
        "nightsky",
        "night sky",
        "The night sky",
        "ciel étoilé",
        "Le ciel étoilé",
    ),
    ("field", "field", "Open fields", "champ", "Des champs"),
    (
        "snowfield",
        "snowfield",
        "A field of snow",
        "étendue de neige",
        "Une étendue de neige",
    ),
    ("volcano", "volcano", "A volcano", "volcan", "Un volcan"),
];

/// Who or what is in it.
pub(super) const SUBJECTS: &[Thing] = &[
    ("fox", "fox", "a fox", "renard", "un renard"),
    ("wolf", "wolf", "a wolf", "loup", "un loup"),
    ("cat", "cat", "a cat", "chat", "un chat"),
    ("deer", "deer", "a deer", "cerf", "un cerf"),
    ("bear", "bear", "a bear", "ours", "un ours"),
    ("horse", "horse", "a horse", "cheval", "un cheval"),
    ("rabbit", "rabbit", "a rabbit", "lapin", "un lapin"),
    ("owl", "owl", "an owl", "hibou", "un hibou"),
    ("birds", "bird", "birds", "oiseau", "des oiseaux"),
    ("heron", "heron", "a heron", "héron", "un héron"),
    ("whale", "whale", "a whale", "baleine", "une baleine"),
    ("person", "person", "a person", "personne", "une personne"),
    ("couple", "couple", "a couple", "couple", "un couple"),
    (
        "sailboat",
        "sailboat",
        "a sailboat",
        "voilier",
        "un voilier",
    ),
    ("rowboat", "rowboat", "a rowboat", "barque", "une barque"),
    (
        "lighthouse",
        "lighthouse",
        "a lighthouse",
        "phare",
        "un phare",
    ),
    ("cabin", "cabin", "a cabin", "cabane", "une cabane"),
    ("castle", "castle", "a castle", "château", "un château"),
    ("windmill", "windmill", "a windmill", "moulin", "un moulin"),
    ("tent", "tent", "a tent", "tente", "une tente"),
    ("torii", "torii", "a torii", "torii", "un torii"),
    ("tree", "tree", "a tree", "arbre", "un arbre"),
    (
        "balloon",
        "hot-air balloon",
        "a hot-air balloon",
        "montgolfière",
        "une montgolfière",
    ),
    (
        "campfire",
        "campfire",
        "a campfire",
        "feu de camp",
        "un feu de camp",
    ),
];

/// The hour.
pub(super) const LIGHTS: &[Thing] = &[
    ("dawn", "dawn", "at dawn", "aube", "à l’aube"),
    ("day", "daylight", "in daylight", "jour", "en plein jour"),
    (
        "golden",
        "golden hour",
        "in golden light",
        "lumière dorée",
        "dans une lumière dorée",
    ),
    (
        "sunset",
        "sunset",
        "at sunset",
        "coucher de soleil",
        "au coucher du soleil",
    ),
    ("dusk", "dusk", "at dusk", "crépuscule", "au crépuscule"),
    ("night", "night", "at night", "nuit", "la nuit"),
];

/// Weather, season and the like.
pub(super) const DETAILS: &[Thing] = &[
    ("storm", "storm", "in a storm", "orage", "sous l’orage"),
    ("rain", "rain", "in the rain", "pluie", "sous la pluie"),
    (
        "snowfall",
        "snowfall",
        "in falling snow",
        "chute de neige",
        "sous la neige qui tombe",
    ),
    (
        "snow",
        "snow",
        "covered with snow",
        "neige",
        "sous un manteau de neige",
    ),
    ("mist", "mist", "in the mist", "brume", "dans la brume"),
    (
        "aurora",
        "aurora",
        "under an aurora",
        "aurore boréale",
        "sous une aurore boréale",
    ),
    (
        "rainbow",
        "rainbow",
        "under a rainbow",
        "arc-en-ciel",
        "sous un arc-en-ciel",
    ),
    ("moon", "moon", "by moonlight", "lune", "au clair de lune"),
    (
        "stars",
        "star",
        "under the stars",
        "étoile",
        "sous les étoiles",
    ),
    (
        "autumn",
        "autumn",
        "in autumn colors",
        "automne",
        "aux couleurs d’automne",
    ),
    (
        "flowers",
        "flower",
        "among flowers",
        "fleur",
        "parmi les fleurs",
    ),
    (
        "monochrome",
        "monochrome",
        "in shades of gray",
        "monochrome",
        "en nuances de gris",
    ),
];

/// Style tags for the hour, by its key.
pub(super) const MOODS: &[(&str, &str)] = &[
    ("dawn", "soft light"),
    ("golden", "golden hour"),
    ("sunset", "golden hour"),
    ("dusk", "blue hour"),
    ("night", "nocturne"),
];

/// Style tags for weather and the like, by their key.
pub(super) const AIRS: &[(&str, &str)] = &[
    ("storm", "dramatic"),
    ("mist", "atmospheric"),
    ("monochrome", "monochrome"),
    ("autumn", "autumnal"),
];

/// Style tags for LoRAs that the painter knows, by the name behind the slash.
pub(super) const EFFECTS: &[(&str, &str)] = &[
    ("fog", "atmospheric"),
    ("ink", "ink drawing"),
    ("pastel", "pastel"),
    ("neon", "neon"),
    ("grain", "film grain"),
    ("bloom", "soft glow"),
    ("gold", "gilded"),
    ("noir", "film noir"),
];
