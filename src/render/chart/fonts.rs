//! The fonts of a picture.
//!
//! Letters come from the embedded font, so a picture looks the same on every machine.
//! Only for characters that it lacks are other fonts asked: first the one of
//! `[charts] font`, then those of the system, likeliest first. What none has is known
//! by name here, drawn as U+FFFD and reported: never a silent box.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use resvg::usvg::fontdb::{Database, FaceInfo, ID, Source, Style, Weight};
use resvg::usvg::{FontFamily, FontResolver, Options as SvgOptions};

use super::ChartError;
use super::drawing::Drawing;

/// The fonts of one picture.
pub struct Fonts {
    database: Arc<Database>,
    regular: ID,
    bold: ID,
    /// Which of the drawing's characters the embedded font has.
    embedded: BTreeSet<char>,
    stand_ins: Vec<StandIn>,
    /// Characters that no font has.
    pub missing: BTreeSet<char>,
}

/// A font for characters that the embedded one lacks.
struct StandIn {
    /// The name under which the SVG asks for it.
    name: String,
    id: ID,
    /// Which of the drawing's characters it has.
    has: BTreeSet<char>,
}

impl Fonts {
    /// The fonts that the texts of a drawing need.
    ///
    /// # Errors
    /// [`ChartError::ExtraFont`] where `extra` is no readable font.
    pub fn for_drawing(drawing: &Drawing, extra: Option<&Path>) -> Result<Self, ChartError> {
        let extra = extra.map(extra_faces).transpose()?.unwrap_or_default();
        let wanted = drawing
            .texts()
            .flat_map(|text| text.words.shown.chars())
            .collect();
        let mut fonts = Self::embedded(&wanted)?;
        fonts.look_in(&extra, &wanted);
        if !fonts.missing.is_empty() {
            fonts.look_in(system_faces(), &wanted);
        }
        Ok(fonts)
    }

    fn embedded(wanted: &BTreeSet<char>) -> Result<Self, ChartError> {
        let mut database = Database::new();
        let mut load = |bytes: &'static [u8]| {
            let ids = database.load_font_source(Source::Binary(Arc::new(bytes)));
            ids.first().copied().ok_or(ChartError::EmbeddedFont)
        };
        let (regular, bold) = (load(notosans::REGULAR_TTF)?, load(notosans::BOLD_TTF)?);
        let mut database = Arc::new(database);
        let embedded = covered_by(&mut database, regular, &[bold], wanted);
        let lacking = |c: &&char| !embedded.contains(c) && !is_shapeless(**c);
        Ok(Self {
            missing: wanted.iter().filter(lacking).copied().collect(),
            database,
            regular,
            bold,
            embedded,
            stand_ins: Vec::new(),
        })
    }

    /// Takes each font that has a character still missing, in the given order.
    fn look_in(&mut self, faces: &[FaceInfo], wanted: &BTreeSet<char>) {
        for face in faces {
            if self.missing.is_empty() {
                return;
            }
            if let Some(face) = in_memory(face) {
                self.try_face(face, wanted);
            }
        }
    }

    fn try_face(&mut self, face: FaceInfo, wanted: &BTreeSet<char>) {
        let others: Vec<ID> = self.database.faces().map(|face| face.id).collect();
        let id = Arc::make_mut(&mut self.database).push_face_info(face);
        if covered_by(&mut self.database, id, &others, &self.missing).is_empty() {
            Arc::make_mut(&mut self.database).remove_face(id);
            return;
        }
        let has = covered_by(&mut self.database, id, &others, wanted);
        self.missing.retain(|c| !has.contains(c));
        let name = format!("stand-in-{}", self.stand_ins.len() + 1);
        self.stand_ins.push(StandIn { name, id, has });
    }

    /// The family that must be named for the character; `None` for the embedded font.
    #[must_use]
    pub fn stand_in_for(&self, c: char) -> Option<&str> {
        if self.embedded.contains(&c) {
            return None;
        }
        let stand_in = self.stand_ins.iter().find(|font| font.has.contains(&c))?;
        Some(&stand_in.name)
    }

    /// True where the stand-in of this name has the character.
    #[must_use]
    pub fn has(&self, family: &str, c: char) -> bool {
        let named = |font: &&StandIn| font.name == family;
        self.stand_ins
            .iter()
            .find(named)
            .is_some_and(|font| font.has.contains(&c))
    }

    /// How the rasteriser is to read an SVG: with these fonts and no others.
    #[must_use]
    pub fn svg_options(&self) -> SvgOptions<'_> {
        SvgOptions {
            fontdb: Arc::clone(&self.database),
            font_resolver: FontResolver {
                select_font: Box::new(|font, _| Some(self.select(font.families(), font.weight()))),
                select_fallback: Box::new(|_, _, _| None),
            },
            ..SvgOptions::default()
        }
    }

    fn select(&self, families: &[FontFamily], weight: u16) -> ID {
        let asked_for = |font: &&StandIn| {
            let named = |family: &FontFamily| matches!(family, FontFamily::Named(name) if *name == font.name);
            families.iter().any(named)
        };
        let stand_in = self.stand_ins.iter().find(asked_for).map(|font| font.id);
        stand_in.unwrap_or(if weight >= 600 {
            self.bold
        } else {
            self.regular
        })
    }
}

/// The characters that the face `id` has a glyph for; `others` are all the other faces.
fn covered_by(
    database: &mut Arc<Database>,
    id: ID,
    others: &[ID],
    wanted: &BTreeSet<char>,
) -> BTreeSet<char> {
    let select = FontResolver::default_fallback_selector();
    let mut has = |c: &char| select(*c, others, database) == Some(id);
    wanted.iter().filter(|c| has(c)).copied().collect()
}

/// Blanks, joiners, direction marks and variation selectors: nothing is seen of them.
#[must_use]
pub fn is_shapeless(c: char) -> bool {
    c.is_whitespace()
        || matches!(c,
            '\u{AD}' | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{206F}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}

/// The faces of the font that the configuration names.
fn extra_faces(path: &Path) -> Result<Vec<FaceInfo>, ChartError> {
    let fault = |cause: &str| ChartError::ExtraFont {
        path: path.display().to_string(),
        cause: cause.to_owned(),
    };
    let bytes = std::fs::read(path).map_err(|error| fault(&error.kind().to_string()))?;
    let mut database = Database::new();
    database.load_font_data(bytes);
    let faces: Vec<FaceInfo> = database.faces().cloned().collect();
    if faces.is_empty() {
        return Err(fault("it is no font"));
    }
    Ok(faces)
}

/// Upright fonts of the system, the likeliest to match ours first; listed once per process.
fn system_faces() -> &'static [FaceInfo] {
    static FACES: OnceLock<Vec<FaceInfo>> = OnceLock::new();
    FACES.get_or_init(|| {
        let mut database = Database::new();
        database.load_system_fonts();
        let upright =
            |face: &&FaceInfo| face.style == Style::Normal && face.weight == Weight::NORMAL;
        let mut faces: Vec<FaceInfo> = database.faces().filter(upright).cloned().collect();
        faces
            .sort_by_cached_key(|face| (likeness(face), face.post_script_name.clone(), face.index));
        faces
    })
}

/// 0 for the relatives of the embedded font, 1 for other fonts without serifs, 2 for the rest.
fn likeness(face: &FaceInfo) -> u8 {
    let family = face
        .families
        .first()
        .map(|(name, _)| name.as_str())
        .unwrap_or_default();
    match family {
        family if family.contains("Mono") => 2,
        family if family.starts_with("Noto Sans") => 0,
        family if family.contains("Sans") => 1,
        _ => 2,
    }
}

/// The face with its file read, so that asking for many characters reads it once.
fn in_memory(face: &FaceInfo) -> Option<FaceInfo> {
    let source = match &face.source {
        Source::File(path) => Source::Binary(Arc::new(std::fs::read(path).ok()?)),
        Source::Binary(bytes) => Source::Binary(Arc::clone(bytes)),
        #[allow(unreachable_patterns)]
        _ => return None,
    };
    Some(FaceInfo {
        source,
        ..face.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_font_that_is_none_is_refused() {
        let missing = extra_faces(Path::new("no-such-font.ttf")).map(|_| ());
        let words = missing.map_err(|error| error.to_string());
        assert!(
            words
                .is_err_and(|text| text.contains("no-such-font.ttf") && !text.contains("os error"))
        );
    }

    #[test]
    fn the_embedded_font_has_western_letters() {
        let wanted = "aZ\u{e9}\u{416}\u{20ac}\u{2193}\u{2026}\u{fffd}\u{641c}"
            .chars()
            .collect();
        let fonts = Fonts::embedded(&wanted);
        let missing = fonts.map(|fonts| fonts.missing).ok();
        assert_eq!(missing, Some(BTreeSet::from(['\u{641c}'])));
    }
}
