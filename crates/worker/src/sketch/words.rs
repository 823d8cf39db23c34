//! Words, French and English, and what each stands for. Accents, case and plurals do not matter.

use super::plan::{Place, Subject};

/// What a word or phrase stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Idea {
    Place(Place),
    Subject(Subject),
    Dawn,
    Day,
    Golden,
    Sunset,
    Dusk,
    Night,
    Moon,
    Sun,
    Stars,
    Mist,
    Rain,
    Snowfall,
    Storm,
    Clear,
    Clouds,
    Aurora,
    Rainbow,
    Winter,
    Autumn,
    Flowers,
    Woods,
    Water,
    Gray,
    /// Hue in OKLab (radians) and chroma.
    Hue(f32, f32),
}

use Idea::{Hue, Place as P, Subject as S};

/// Phrases first, because "lever du jour" says more than "jour".
const PHRASES: &[(&str, Idea)] = &[
    ("lever du jour", Idea::Dawn),
    ("lever de soleil", Idea::Dawn),
    ("lever du soleil", Idea::Dawn),
    ("petit matin", Idea::Dawn),
    ("first light", Idea::Dawn),
    ("coucher de soleil", Idea::Sunset),
    ("coucher du soleil", Idea::Sunset),
    ("soleil couchant", Idea::Sunset),
    ("soleil levant", Idea::Dawn),
    ("golden hour", Idea::Golden),
    ("heure doree", Idea::Golden),
    ("lumiere doree", Idea::Golden),
    ("fin d apres midi", Idea::Golden),
    ("late afternoon", Idea::Golden),
    ("heure bleue", Idea::Dusk),
    ("blue hour", Idea::Dusk),
    ("clair de lune", Idea::Moon),
    ("pleine lune", Idea::Moon),
    ("full moon", Idea::Moon),
    ("ciel etoile", P(Place::NightSky)),
    ("nuit etoilee", P(Place::NightSky)),
    ("starry sky", P(Place::NightSky)),
    ("starry night", P(Place::NightSky)),
    ("night sky", P(Place::NightSky)),
    ("voie lactee", P(Place::NightSky)),
    ("milky way", P(Place::NightSky)),
    ("aurore boreale", Idea::Aurora),
    ("northern lights", Idea::Aurora),
    ("polar lights", Idea::Aurora),
    ("arc en ciel", Idea::Rainbow),
    ("bord de mer", P(Place::Coast)),
    ("hot air balloon", S(Subject::Balloon)),
    ("moulin a vent", S(Subject::Windmill)),
    ("bateau a voile", S(Subject::Sailboat)),
    ("feu de camp", S(Subject::Campfire)),
    ("camp fire", S(Subject::Campfire)),
    ("flocons de neige", Idea::Snowfall),
    ("falling snow", Idea::Snowfall),
    ("il neige", Idea::Snowfall),
    ("ciel clair", Idea::Clear),
    ("clear sky", Idea::Clear),
    ("noir et blanc", Idea::Gray),
    ("black and white", Idea::Gray),
    ("bleu nuit", Hue(4.75, 0.12)),
];

const WORDS: &[(&str, Idea)] = &[
    // Places.
    ("montagne", P(Place::Mountains)),
    ("mont", P(Place::Mountains)),
    ("alpe", P(Place::Mountains)),
    ("sommet", P(Place::Mountains)),
    ("pic", P(Place::Mountains)),
    ("cime", P(Place::Mountains)),
    ("mountain", P(Place::Mountains)),
    ("peak", P(Place::Mountains)),
    ("alps", P(Place::Mountains)),
    ("summit", P(Place::Mountains)),
    ("himalaya", P(Place::Mountains)),
    ("glacier", P(Place::Mountains)),
    ("lac", P(Place::Lake)),
    ("lake", P(Place::Lake)),
    ("etang", P(Place::Lake)),
    ("pond", P(Place::Lake)),
    ("fjord", P(Place::Lake)),
    ("riviere", P(Place::River)),
    ("fleuve", P(Place::River)),
    ("ruisseau", P(Place::River)),
    ("torrent", P(Place::River)),
    ("vallee", P(Place::River)),
    ("river", P(Place::River)),
    ("stream", P(Place::River)),
    ("creek", P(Place::River)),
    ("valley", P(Place::River)),
    ("foret", P(Place::Forest)),
    ("bois", P(Place::Forest)),
    ("taiga", P(Place::Forest)),
    ("forest", P(Place::Forest)),
    ("wood", P(Place::Forest)),
    ("woodland", P(Place::Forest)),
    ("jungle", P(Place::Forest)),
    ("mer", P(Place::Sea)),
    ("ocean", P(Place::Sea)),
    ("sea", P(Place::Sea)),
    ("vague", P(Place::Sea)),
    ("wave", P(Place::Sea)),
    ("horizon", P(Place::Sea)),
    ("ile", P(Place::Island)),
    ("ilot", P(Place::Island)),
    ("island", P(Place::Island)),
    ("isle", P(Place::Island)),
    ("archipel", P(Place::Island)),
    ("archipelago", P(Place::Island)),
    ("cote", P(Place::Coast)),
    ("falaise", P(Place::Coast)),
    ("plage", P(Place::Coast)),
    ("littoral", P(Place::Coast)),
    ("coast", P(Place::Coast)),
    ("cliff", P(Place::Coast)),
    ("beach", P(Place::Coast)),
    ("shore", P(Place::Coast)),
    ("ville", P(Place::City)),
    ("cite", P(Place::City)),
    ("metropole", P(Place::City)),
    ("gratteciel", P(Place::City)),
    ("immeuble", P(Place::City)),
    ("paris", P(Place::City)),
    ("tokyo", P(Place::City)),
    ("city", P(Place::City)),
    ("town", P(Place::City)),
    ("skyline", P(Place::City)),
    ("skyscraper", P(Place::City)),
    ("downtown", P(Place::City)),
    ("desert", P(Place::Desert)),
    ("dune", P(Place::Desert)),
    ("sable", P(Place::Desert)),
    ("sahara", P(Place::Desert)),
    ("sand", P(Place::Desert)),
    ("canyon", P(Place::Canyon)),
    ("mesa", P(Place::Canyon)),
    ("arizona", P(Place::Canyon)),
    ("champ", P(Place::Field)),
    ("prairie", P(Place::Field)),
    ("campagne", P(Place::Field)),
    ("pre", P(Place::Field)),
    ("plaine", P(Place::Field)),
    ("colline", P(Place::Field)),
    ("field", P(Place::Field)),
    ("meadow", P(Place::Field)),
    ("countryside", P(Place::Field)),
    ("plain", P(Place::Field)),
    ("hill", P(Place::Field)),
    ("volcan", P(Place::Volcano)),
    ("volcano", P(Place::Volcano)),
    ("lave", P(Place::Volcano)),
    ("lava", P(Place::Volcano)),
    ("eruption", P(Place::Volcano)),
    ("banquise", P(Place::Snowfield)),
    ("arctique", P(Place::Snowfield)),
    ("arctic", P(Place::Snowfield)),
    ("toundra", P(Place::Snowfield)),
    ("tundra", P(Place::Snowfield)),
    ("galaxie", P(Place::NightSky)),
    ("galaxy", P(Place::NightSky)),
    ("cosmos", P(Place::NightSky)),
    // Subjects.
    ("renard", S(Subject::Fox)),
    ("fox", S(Subject::Fox)),
    ("loup", S(Subject::Wolf)),
    ("wolf", S(Subject::Wolf)),
    ("wolves", S(Subject::Wolf)),
    ("chien", S(Subject::Wolf)),
    ("dog", S(Subject::Wolf)),
    ("chat", S(Subject::Cat)),
    ("chaton", S(Subject::Cat)),
    ("cat", S(Subject::Cat)),
    ("kitten", S(Subject::Cat)),
    ("cerf", S(Subject::Deer)),
    ("biche", S(Subject::Deer)),
    ("chevreuil", S(Subject::Deer)),
    ("deer", S(Subject::Deer)),
    ("stag", S(Subject::Deer)),
    ("elan", S(Subject::Deer)),
    ("moose", S(Subject::Deer)),
    ("ours", S(Subject::Bear)),
    ("bear", S(Subject::Bear)),
    ("cheval", S(Subject::Horse)),
    ("chevaux", S(Subject::Horse)),
    ("horse", S(Subject::Horse)),
    ("lapin", S(Subject::Rabbit)),
    ("lievre", S(Subject::Rabbit)),
    ("rabbit", S(Subject::Rabbit)),
    ("hare", S(Subject::Rabbit)),
    ("hibou", S(Subject::Owl)),
    ("chouette", S(Subject::Owl)),
    ("owl", S(Subject::Owl)),
    ("oiseau", S(Subject::Birds)),
    ("oie", S(Subject::Birds)),
    ("goeland", S(Subject::Birds)),
    ("mouette", S(Subject::Birds)),
    ("aigle", S(Subject::Birds)),
    ("bird", S(Subject::Birds)),
    ("geese", S(Subject::Birds)),
    ("goose", S(Subject::Birds)),
    ("gull", S(Subject::Birds)),
    ("seagull", S(Subject::Birds)),
    ("eagle", S(Subject::Birds)),
    ("heron", S(Subject::Heron)),
    ("grue", S(Subject::Heron)),
    ("crane", S(Subject::Heron)),
    ("baleine", S(Subject::Whale)),
    ("whale", S(Subject::Whale)),
    ("orque", S(Subject::Whale)),
    ("homme", S(Subject::Person)),
    ("femme", S(Subject::Person)),
    ("personne", S(Subject::Person)),
    ("randonneur", S(Subject::Person)),
    ("randonneuse", S(Subject::Person)),
    ("voyageur", S(Subject::Person)),
    ("voyageuse", S(Subject::Person)),
    ("silhouette", S(Subject::Person)),
    ("man", S(Subject::Person)),
    ("woman", S(Subject::Person)),
    ("person", S(Subject::Person)),
    ("hiker", S(Subject::Person)),
    ("traveler", S(Subject::Person)),
    ("traveller", S(Subject::Person)),
    ("wanderer", S(Subject::Person)),
    ("couple", S(Subject::Couple)),
    ("amoureux", S(Subject::Couple)),
    ("lover", S(Subject::Couple)),
    ("people", S(Subject::Couple)),
    ("gens", S(Subject::Couple)),
    ("voilier", S(Subject::Sailboat)),
    ("bateau", S(Subject::Sailboat)),
    ("navire", S(Subject::Sailboat)),
    ("sailboat", S(Subject::Sailboat)),
    ("boat", S(Subject::Sailboat)),
    ("ship", S(Subject::Sailboat)),
    ("barque", S(Subject::Rowboat)),
    ("canoe", S(Subject::Rowboat)),
    ("kayak", S(Subject::Rowboat)),
    ("pecheur", S(Subject::Rowboat)),
    ("rowboat", S(Subject::Rowboat)),
    ("fisherman", S(Subject::Rowboat)),
    ("phare", S(Subject::Lighthouse)),
    ("lighthouse", S(Subject::Lighthouse)),
    ("cabane", S(Subject::Cabin)),
    ("maison", S(Subject::Cabin)),
    ("chalet", S(Subject::Cabin)),
    ("refuge", S(Subject::Cabin)),
    ("cabin", S(Subject::Cabin)),
    ("house", S(Subject::Cabin)),
    ("cottage", S(Subject::Cabin)),
    ("hut", S(Subject::Cabin)),
    ("chateau", S(Subject::Castle)),
    ("forteresse", S(Subject::Castle)),
    ("castle", S(Subject::Castle)),
    ("fortress", S(Subject::Castle)),
    ("palace", S(Subject::Castle)),
    ("moulin", S(Subject::Windmill)),
    ("windmill", S(Subject::Windmill)),
    ("tente", S(Subject::Tent)),
    ("bivouac", S(Subject::Tent)),
    ("camping", S(Subject::Tent)),
    ("tent", S(Subject::Tent)),
    ("torii", S(Subject::Torii)),
    ("temple", S(Subject::Torii)),
    ("sanctuaire", S(Subject::Torii)),
    ("shrine", S(Subject::Torii)),
    ("arbre", S(Subject::Tree)),
    ("chene", S(Subject::Tree)),
    ("tree", S(Subject::Tree)),
    ("oak", S(Subject::Tree)),
    ("montgolfiere", S(Subject::Balloon)),
    ("balloon", S(Subject::Balloon)),
    ("campfire", S(Subject::Campfire)),
    ("bonfire", S(Subject::Campfire)),
    // Light.
    ("aube", Idea::Dawn),
    ("aurore", Idea::Dawn),
    ("matin", Idea::Dawn),
    ("matinee", Idea::Dawn),
    ("dawn", Idea::Dawn),
    ("sunrise", Idea::Dawn),
    ("daybreak", Idea::Dawn),
    ("morning", Idea::Dawn),
    ("jour", Idea::Day),
    ("journee", Idea::Day),
    ("midi", Idea::Day),
    ("ete", Idea::Day),
    ("day", Idea::Day),
    ("noon", Idea::Day),
    ("midday", Idea::Day),
    ("summer", Idea::Day),
    ("daylight", Idea::Day),
    ("sunset", Idea::Sunset),
    ("soir", Idea::Sunset),
    ("soiree", Idea::Sunset),
    ("evening", Idea::Sunset),
    ("crepuscule", Idea::Dusk),
    ("dusk", Idea::Dusk),
    ("twilight", Idea::Dusk),
    ("nuit", Idea::Night),
    ("nocturne", Idea::Night),
    ("minuit", Idea::Night),
    ("night", Idea::Night),
    ("midnight", Idea::Night),
    ("lune", Idea::Moon),
    ("moon", Idea::Moon),
    ("moonlight", Idea::Moon),
    ("moonlit", Idea::Moon),
    ("soleil", Idea::Sun),
    ("sun", Idea::Sun),
    ("sunny", Idea::Day),
    ("ensoleille", Idea::Day),
    ("etoile", Idea::Stars),
    ("star", Idea::Stars),
    ("starry", Idea::Stars),
    // Weather and season.
    ("brume", Idea::Mist),
    ("brouillard", Idea::Mist),
    ("brumeux", Idea::Mist),
    ("brumeuse", Idea::Mist),
    ("mist", Idea::Mist),
    ("misty", Idea::Mist),
    ("fog", Idea::Mist),
    ("foggy", Idea::Mist),
    ("haze", Idea::Mist),
    ("pluie", Idea::Rain),
    ("pluvieux", Idea::Rain),
    ("averse", Idea::Rain),
    ("rain", Idea::Rain),
    ("rainy", Idea::Rain),
    ("orage", Idea::Storm),
    ("tempete", Idea::Storm),
    ("eclair", Idea::Storm),
    ("foudre", Idea::Storm),
    ("storm", Idea::Storm),
    ("stormy", Idea::Storm),
    ("thunderstorm", Idea::Storm),
    ("lightning", Idea::Storm),
    ("neige", Idea::Winter),
    ("enneige", Idea::Winter),
    ("hiver", Idea::Winter),
    ("glace", Idea::Winter),
    ("snow", Idea::Winter),
    ("snowy", Idea::Winter),
    ("winter", Idea::Winter),
    ("frozen", Idea::Winter),
    ("flocon", Idea::Snowfall),
    ("snowfall", Idea::Snowfall),
    ("blizzard", Idea::Snowfall),
    ("automne", Idea::Autumn),
    ("autumn", Idea::Autumn),
    ("fall", Idea::Autumn),
    ("printemps", Idea::Flowers),
    ("spring", Idea::Flowers),
    ("fleur", Idea::Flowers),
    ("fleuri", Idea::Flowers),
    ("lavande", Idea::Flowers),
    ("flower", Idea::Flowers),
    ("lavender", Idea::Flowers),
    ("nuage", Idea::Clouds),
    ("nuageux", Idea::Clouds),
    ("cloud", Idea::Clouds),
    ("cloudy", Idea::Clouds),
    ("clair", Idea::Clear),
    ("degage", Idea::Clear),
    ("clear", Idea::Clear),
    ("rainbow", Idea::Rainbow),
    ("aurora", Idea::Aurora),
    ("sapin", Idea::Woods),
    ("epicea", Idea::Woods),
    ("pin", Idea::Woods),
    ("spruce", Idea::Woods),
    ("pine", Idea::Woods),
    ("fir", Idea::Woods),
    ("eau", Idea::Water),
    ("reflet", Idea::Water),
    ("water", Idea::Water),
    ("reflection", Idea::Water),
    // Colors.
    ("rouge", Hue(0.48, 0.20)),
    ("red", Hue(0.48, 0.20)),
    ("ecarlate", Hue(0.48, 0.20)),
    ("crimson", Hue(0.40, 0.20)),
    ("orange", Hue(1.00, 0.16)),
    ("ambre", Hue(1.25, 0.15)),
    ("amber", Hue(1.25, 0.15)),
    ("jaune", Hue(1.75, 0.16)),
    ("yellow", Hue(1.75, 0.16)),
    ("dore", Hue(1.45, 0.14)),
    ("or", Hue(1.45, 0.14)),
    ("gold", Hue(1.45, 0.14)),
    ("golden", Hue(1.45, 0.14)),
    ("vert", Hue(2.55, 0.14)),
    ("verte", Hue(2.55, 0.14)),
    ("green", Hue(2.55, 0.14)),
    ("emeraude", Hue(2.80, 0.14)),
    ("emerald", Hue(2.80, 0.14)),
    ("turquoise", Hue(3.35, 0.12)),
    ("teal", Hue(3.40, 0.11)),
    ("cyan", Hue(3.50, 0.12)),
    ("bleu", Hue(4.55, 0.15)),
    ("bleue", Hue(4.55, 0.15)),
    ("blue", Hue(4.55, 0.15)),
    ("azur", Hue(4.30, 0.13)),
    ("indigo", Hue(4.85, 0.17)),
    ("violet", Hue(5.20, 0.18)),
    ("violette", Hue(5.20, 0.18)),
    ("mauve", Hue(5.40, 0.12)),
    ("pourpre", Hue(5.60, 0.18)),
    ("purple", Hue(5.25, 0.18)),
    ("amethyste", Hue(5.20, 0.18)),
    ("amethyst", Hue(5.20, 0.18)),
    ("lilas", Hue(5.35, 0.12)),
    ("magenta", Hue(5.85, 0.20)),
    ("rose", Hue(6.20, 0.14)),
    ("pink", Hue(6.20, 0.14)),
    ("corail", Hue(0.65, 0.16)),
    ("coral", Hue(0.65, 0.16)),
    ("gris", Idea::Gray),
    ("gray", Idea::Gray),
    ("grey", Idea::Gray),
    ("monochrome", Idea::Gray),
];

/// Lower case without accents, everything that is not a letter or digit as one space.
fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    for letter in text.chars().flat_map(char::to_lowercase) {
        let plain = match letter {
            'à' | 'â' | 'ä' | 'á' | 'ã' => "a",
            'é' | 'è' | 'ê' | 'ë' => "e",
            'î' | 'ï' | 'í' => "i",
            'ô' | 'ö' | 'ó' => "o",
            'ù' | 'û' | 'ü' | 'ú' => "u",
            'ç' => "c",
            'ñ' => "n",
            'ÿ' => "y",
            'œ' => "oe",
            'æ' => "ae",
            // Combining accents of decomposed text.
            '\u{0300}'..='\u{036F}' => "",
            other if other.is_alphanumeric() => {
                out.push(other);
                continue;
            }
            _ => " ",
        };
        if plain != " " || !out.ends_with(' ') {
            out.push_str(plain);
        }
    }
    out
}

fn lookup(word: &str) -> Option<Idea> {
    let exact = |word: &str| {
        WORDS
            .iter()
            .find(|(known, _)| *known == word)
            .map(|&(_, idea)| idea)
    };
    exact(word).or_else(|| {
        // Plurals and feminines: renards, oiseaux, enneigées, branches.
        ["s", "x", "es", "e", "ees", "ee"]
            .into_iter()
            .filter_map(|ending| word.strip_suffix(ending))
            .filter(|stem| stem.len() > 2)
            .find_map(exact)
    })
}

/// The ideas of a text in their order, without repeats.
pub(super) fn read(text: &str) -> Vec<Idea> {
    let mut rest = format!(" {} ", fold(text).trim());
    let mut found: Vec<(usize, Idea)> = Vec::new();
    for (phrase, idea) in PHRASES {
        let spaced = format!(" {phrase} ");
        while let Some(at) = rest.find(&spaced) {
            found.push((at, *idea));
            // Blanked, not cut: places of the other words stay.
            let blank = " ".repeat(spaced.len());
            rest.replace_range(at..at + spaced.len(), &blank);
        }
    }
    let mut at = 0;
    for word in rest.split(' ') {
        if let Some(idea) = lookup(word) {
            found.push((at, idea));
        }
        at += word.len() + 1;
    }
    found.sort_by_key(|&(at, _)| at);
    let mut ideas: Vec<Idea> = Vec::new();
    for (_, idea) in found {
        if !ideas.contains(&idea) {
            ideas.push(idea);
        }
    }
    ideas
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_and_english_say_the_same() {
        let pairs = [
            ("un renard dans la brume", "a fox in the mist"),
            ("Forêt enneigée, la nuit", "snowy forest at night"),
            ("LEVER DU JOUR sur l’océan", "sunrise over the ocean"),
            ("des oiseaux au coucher de soleil", "birds at sunset"),
        ];
        for (french, english) in pairs {
            let sorted = |text| {
                let mut ideas: Vec<String> =
                    read(text).iter().map(|idea| format!("{idea:?}")).collect();
                ideas.sort();
                ideas
            };
            assert_eq!(sorted(french), sorted(english), "{french} / {english}");
        }
    }

    #[test]
    fn plurals_accents_and_decomposed_text_are_understood() {
        assert_eq!(read("Châteaux"), [S(Subject::Castle)]);
        assert_eq!(read("che\u{0302}nes"), [S(Subject::Tree)]);
        assert_eq!(read("l'île"), [P(Place::Island)]);
        assert_eq!(read("wolves, FOXES!"), [S(Subject::Wolf), S(Subject::Fox)]);
    }

    #[test]
    fn a_phrase_hides_its_words() {
        assert_eq!(read("au lever du jour"), [Idea::Dawn]);
        assert_eq!(read("aurore boréale"), [Idea::Aurora]);
        assert_eq!(read("heure bleue"), [Idea::Dusk]);
    }

    #[test]
    fn unknown_words_and_nothing_mean_nothing() {
        assert!(read("").is_empty());
        assert!(read("qwertz 123 ☃ -- ''").is_empty());
    }
}
