//! SVG to PNG.
//!
//! The same SVG that a browser would show, rasterised with fonts that are known. A text
//! with letters of several fonts is cut into runs of one font each, placed side by side
//! by their real widths: the rasteriser cannot be trusted to mix fonts inside one text
//! (joined scripts make it lose letters or panic).

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::Tree;

use super::ChartError;
use super::drawing::{Drawing, Mark};
use super::fonts::Fonts;
use super::paint::{self, Caption};
use super::typeset;
use crate::domain::guarded::guarded;
use crate::render::Options;

/// A picture and what could not be shown on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Png {
    /// The file.
    pub bytes: Vec<u8>,
    /// Characters that no font has, as `U+10D0 (letter)`, in order of their code points.
    pub missing_glyphs: Vec<String>,
}

/// Most pixels of a picture (width times height): 16 k by 16 k would already be a gigabyte.
const MOST_PIXELS: f64 = 64e6;

/// Rasterises the drawing.
///
/// # Errors
/// [`ChartError`] where the scale is no size or too large, or the extra font is unusable.
pub fn png(drawing: &Drawing, caption: Caption<'_>, options: &Options) -> Result<Png, ChartError> {
    let scale = checked_scale(drawing, options.scale)?;
    let fonts = Fonts::for_drawing(drawing, options.extra_font.as_deref())?;
    let picture = || rasterise(&paint::svg(&set(drawing, &fonts), caption)?, &fonts, scale);
    let mut bytes = safely(picture)?;
    add_resolution(&mut bytes, scale);
    Ok(Png {
        bytes,
        missing_glyphs: fonts.missing.iter().map(|c| described(*c)).collect(),
    })
}

fn checked_scale(drawing: &Drawing, scale: f64) -> Result<f64, ChartError> {
    let pixels = drawing.width * drawing.height * scale * scale;
    if scale.is_finite() && scale >= 0.1 && pixels <= MOST_PIXELS {
        return Ok(scale);
    }
    let fault =
        format!("a scale of {scale} gives no picture of a useful size; take one from 1 to 4");
    Err(ChartError::Picture(fault))
}

/// The drawing with every text in fonts that have its letters.
fn set(drawing: &Drawing, fonts: &Fonts) -> Drawing {
    let set_mark = |mark: &Mark| match mark {
        Mark::Text(text) => typeset::runs(text, fonts)
            .into_iter()
            .map(Mark::Text)
            .collect(),
        other => vec![other.clone()],
    };
    Drawing {
        marks: drawing.marks.iter().flat_map(set_mark).collect(),
        ..*drawing
    }
}

/// A fault in the text machinery costs the picture, not the program: names are untrusted.
fn safely(picture: impl FnOnce() -> Result<Vec<u8>, ChartError>) -> Result<Vec<u8>, ChartError> {
    guarded(picture).unwrap_or_else(|| {
        let cause = "a text in it cannot be set; the SVG of the same chart can be used";
        Err(ChartError::Picture(cause.to_owned()))
    })
}

fn rasterise(svg: &str, fonts: &Fonts, scale: f64) -> Result<Vec<u8>, ChartError> {
    let fault = |error: &dyn std::fmt::Display| ChartError::Picture(error.to_string());
    let tree = Tree::from_str(svg, &fonts.svg_options()).map_err(|error| fault(&error))?;
    let scale = scale as f32;
    let size = tree.size();
    let pixels = |length: f32| (length * scale).round().max(1.0) as u32;
    let mut pixmap = Pixmap::new(pixels(size.width()), pixels(size.height()))
        .ok_or_else(|| ChartError::Picture("it has no size".to_owned()))?;
    resvg::render(
        &tree,
        Transform::from_scale(scale, scale),
        &mut pixmap.as_mut(),
    );
    pixmap.encode_png().map_err(|error| fault(&error))
}

fn described(c: char) -> String {
    format!("U+{:04X} ({c})", u32::from(c))
}

/// Says how large the picture is meant to be: 96 pixels of the drawing to the inch
/// (chunk `pHYs`, PNG specification 11.3.4.3).
fn add_resolution(png: &mut Vec<u8>, scale: f64) {
    /// Signature and header chunk, which come first in every PNG.
    const HEADER: usize = 8 + 25;
    const INCH_IN_METRES: f64 = 0.0254;
    let per_metre = (96.0 * scale / INCH_IN_METRES).round() as u32;
    let mut chunk = b"pHYs".to_vec();
    chunk.extend(per_metre.to_be_bytes());
    chunk.extend(per_metre.to_be_bytes());
    chunk.push(1);
    let mut checksum = flate2::Crc::new();
    checksum.update(&chunk);
    let length = (chunk.len() - 4) as u32;
    let whole = [
        &length.to_be_bytes()[..],
        &chunk,
        &checksum.sum().to_be_bytes(),
    ]
    .concat();
    png.splice(HEADER..HEADER, whole);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_makes_sense_or_is_refused() {
        let mut drawing = Drawing::new(880.0);
        drawing.height = 400.0;
        assert!(checked_scale(&drawing, 2.0).is_ok());
        for scale in [0.0, -1.0, f64::NAN, f64::INFINITY, 1000.0] {
            assert!(checked_scale(&drawing, scale).is_err(), "{scale}");
        }
    }
}
