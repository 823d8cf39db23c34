//! From a request's words and numbers to a plan: what is asked for is taken, what is excluded is left out,
//! and the seed decides the rest.

use super::math::exp;
use super::mood::Light;
use super::plan::{Place, Plan, Subject};
use super::rng::Rng;
use super::words::{Idea, read};

/// Everything a person can set that shapes the picture.
pub(super) struct Wishes<'a> {
    pub(super) prompt: &'a str,
    pub(super) negative: &'a str,
    pub(super) steps: u32,
    pub(super) guidance: f32,
}

/// Decides. The same wishes and the same seed give the same plan.
pub(super) fn plan(wishes: &Wishes<'_>, rng: &Rng) -> Plan {
    let wanted = read(wishes.prompt);
    let unwanted = read(wishes.negative);
    let kept: Vec<Idea> = wanted
        .into_iter()
        .filter(|idea| !excluded(idea, &unwanted))
        .collect();
    let has = |idea: Idea| kept.contains(&idea);
    let without = |idea: Idea| unwanted.contains(&idea);
    let mut chance = rng.fork("plan");
    let mut subjects: Vec<Subject> = kept
        .iter()
        .filter_map(|idea| match idea {
            Idea::Subject(subject) => Some(*subject),
            _ => None,
        })
        .collect();
    subjects.truncate(4);
    let places: Vec<Place> = kept
        .iter()
        .filter_map(|idea| match idea {
            Idea::Place(place) => Some(*place),
            _ => None,
        })
        .collect();
    let place = place(&kept, &places, &subjects, &unwanted, &mut chance);
    let light = light(&kept, place, &unwanted, &mut chance);
    let storm = has(Idea::Storm);
    let lonely = subjects.is_empty() && !storm && !matches!(light, Light::Night);
    if lonely {
        accent(&mut subjects, place, &without, &mut chance);
    }
    let rain = if has(Idea::Rain) {
        1.0
    } else if storm && !without(Idea::Rain) {
        0.7
    } else {
        0.0
    };
    let winter = has(Idea::Winter) || place == Place::Snowfield;
    let snowfall = if without(Idea::Snowfall) || without(Idea::Winter) {
        0.0
    } else if has(Idea::Snowfall) {
        1.0
    } else if winter && chance.chance(0.4) {
        0.45
    } else {
        0.0
    };
    let mist = if without(Idea::Mist) {
        0.0
    } else if has(Idea::Mist) {
        chance.range(0.75, 0.95)
    } else {
        chance.range(0.04, 0.22) + if place == Place::Forest { 0.14 } else { 0.0 }
    };
    let night = light == Light::Night;
    let clouds = if without(Idea::Clouds) || has(Idea::Clear) {
        0.0
    } else if storm {
        0.95
    } else if has(Idea::Clouds) || rain > 0.0 {
        0.80
    } else if has(Idea::Aurora) || place == Place::NightSky {
        0.08
    } else if night {
        chance.range(0.05, 0.40)
    } else {
        chance.range(0.22, 0.62)
    };
    let hue = kept.iter().find_map(|idea| match idea {
        Idea::Hue(hue, chroma) => Some((*hue, *chroma, 0.72)),
        _ => None,
    });
    let woods = has(Idea::Woods) || places.contains(&Place::Forest);
    Plan {
        place,
        light,
        mist,
        clouds,
        storm,
        rain,
        snowfall,
        aurora: has(Idea::Aurora),
        rainbow: has(Idea::Rainbow),
        moon: has(Idea::Moon),
        stars: !without(Idea::Stars)
            && !storm
            && (matches!(light, Light::Night | Light::Dusk) || has(Idea::Stars)),
        winter,
        autumn: has(Idea::Autumn),
        flowers: has(Idea::Flowers),
        trees: !without(Idea::Woods)
            && !without(Idea::Place(Place::Forest))
            && !without(Idea::Subject(Subject::Tree)),
        dense: woods,
        water: !without(Idea::Water),
        disc: !(without(Idea::Sun) || night && without(Idea::Moon)),
        hue,
        gray: has(Idea::Gray),
        subjects,
        detail: 1.0 - exp(-(wishes.steps as f32) / 24.0),
        contrast: (wishes.guidance - 7.5) / 12.5,
    }
}

/// A picture that nobody was asked into may still want something to rest the eye on.
fn accent(
    subjects: &mut Vec<Subject>,
    place: Place,
    without: &dyn Fn(Idea) -> bool,
    chance: &mut Rng,
) {
    let (subject, likely) = match place {
        Place::Field => (Subject::Tree, 0.65),
        Place::City | Place::Volcano | Place::NightSky => return,
        _ => (Subject::Birds, 0.38),
    };
    if chance.chance(likely) && !without(Idea::Subject(subject)) {
        subjects.push(subject);
    }
}

fn excluded(idea: &Idea, unwanted: &[Idea]) -> bool {
    if unwanted.contains(idea) {
        return true;
    }
    match idea {
        // "no people" means nobody.
        Idea::Subject(Subject::Person | Subject::Couple) => {
            unwanted.contains(&Idea::Subject(Subject::Person))
                || unwanted.contains(&Idea::Subject(Subject::Couple))
        }
        Idea::Hue(hue, _) => unwanted.iter().any(|other| match other {
            Idea::Hue(o, _) => (hue - o) * (hue - o) < 0.02,
            _ => false,
        }),
        _ => false,
    }
}

fn place(
    kept: &[Idea],
    places: &[Place],
    subjects: &[Subject],
    unwanted: &[Idea],
    chance: &mut Rng,
) -> Place {
    let named = |place: Place| places.contains(&place);
    // Some places contain others: a lake among mountains is a lake.
    let first = if named(Place::Lake) {
        Some(Place::Lake)
    } else if named(Place::Sea) && named(Place::Island) {
        Some(Place::Island)
    } else if named(Place::Sea) && named(Place::Coast) {
        Some(Place::Coast)
    } else if named(Place::River) && !named(Place::City) {
        Some(Place::River)
    } else {
        places.first().copied()
    };
    if let Some(place) = first {
        return place;
    }
    let from_subject = subjects.iter().find_map(|subject| match subject {
        Subject::Whale | Subject::Sailboat => Some(&[Place::Sea][..]),
        Subject::Lighthouse => Some(&[Place::Coast, Place::Sea]),
        Subject::Rowboat | Subject::Heron | Subject::Torii => Some(&[Place::Lake]),
        Subject::Cabin => Some(&[Place::Lake, Place::Forest, Place::Mountains]),
        Subject::Castle => Some(&[Place::Mountains, Place::Forest]),
        Subject::Windmill | Subject::Horse => Some(&[Place::Field]),
        Subject::Balloon => Some(&[Place::River, Place::Canyon, Place::Field]),
        Subject::Tree => Some(&[Place::Field, Place::Lake]),
        Subject::Wolf | Subject::Deer | Subject::Fox => {
            Some(&[Place::Forest, Place::Mountains, Place::Lake])
        }
        Subject::Bear | Subject::Tent | Subject::Campfire => {
            Some(&[Place::Lake, Place::Mountains, Place::River])
        }
        Subject::Rabbit => Some(&[Place::Field, Place::Forest]),
        _ => None,
    });
    let any = [
        Place::Mountains,
        Place::Lake,
        Place::Lake,
        Place::Forest,
        Place::River,
        Place::Sea,
        Place::Island,
        Place::Field,
        Place::Coast,
        Place::Mountains,
    ];
    let from_weather: Option<&[Place]> = if kept.contains(&Idea::Aurora) {
        Some(&[Place::Lake, Place::Mountains, Place::Snowfield])
    } else if kept.contains(&Idea::Woods) {
        Some(&[Place::Forest])
    } else if kept.contains(&Idea::Flowers) {
        Some(&[Place::Field])
    } else if kept.contains(&Idea::Stars) {
        Some(&[Place::NightSky])
    } else if kept.contains(&Idea::Water) {
        Some(&[Place::Lake, Place::Sea])
    } else {
        None
    };
    let allowed: Vec<Place> = from_subject
        .or(from_weather)
        .unwrap_or(&any)
        .iter()
        .copied()
        .filter(|place| !unwanted.contains(&Idea::Place(*place)))
        .collect();
    if allowed.is_empty() {
        Place::Field
    } else {
        *chance.pick(&allowed)
    }
}

fn light(kept: &[Idea], place: Place, unwanted: &[Idea], chance: &mut Rng) -> Light {
    let named = kept.iter().find_map(|idea| match idea {
        Idea::Dawn => Some(Light::Dawn),
        Idea::Day => Some(Light::Day),
        Idea::Golden => Some(Light::Golden),
        Idea::Sunset => Some(Light::Sunset),
        Idea::Dusk => Some(Light::Dusk),
        Idea::Night | Idea::Moon | Idea::Aurora => Some(Light::Night),
        _ => None,
    });
    if let Some(light) = named {
        return light;
    }
    let starry = [Idea::Stars, Idea::Place(Place::NightSky)];
    if place == Place::NightSky || starry.iter().any(|idea| kept.contains(idea)) {
        return Light::Night;
    }
    let likely: &[Light] = if kept.contains(&Idea::Rainbow) {
        &[Light::Golden, Light::Day]
    } else if kept.contains(&Idea::Sun) {
        &[Light::Golden, Light::Sunset, Light::Day]
    } else if kept.contains(&Idea::Mist) {
        &[
            Light::Dawn,
            Light::Dawn,
            Light::Golden,
            Light::Sunset,
            Light::Dusk,
        ]
    } else if place == Place::Volcano || place == Place::City {
        &[Light::Dusk, Light::Sunset, Light::Night, Light::Dusk]
    } else {
        &[
            Light::Dawn,
            Light::Golden,
            Light::Sunset,
            Light::Sunset,
            Light::Dusk,
            Light::Day,
        ]
    };
    let allowed: Vec<Light> = likely
        .iter()
        .copied()
        .filter(|light| {
            let word = match light {
                Light::Dawn => Idea::Dawn,
                Light::Day => Idea::Day,
                Light::Golden => Idea::Golden,
                Light::Sunset => Idea::Sunset,
                Light::Dusk => Idea::Dusk,
                Light::Night => Idea::Night,
            };
            !unwanted.contains(&word)
        })
        .collect();
    if allowed.is_empty() {
        Light::Day
    } else {
        *chance.pick(&allowed)
    }
}
