//! Pictures: what a file is, is read from its content; its pixels are counted before any is decoded.

use std::io::Cursor;

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};

/// The largest file taken.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;
/// The most pixels decoded.
pub const MAX_PIXELS: u64 = 40_000_000;
/// The widths every picture is kept in: card and page.
pub const WIDTHS: [u32; 2] = [320, 800];
const MAX_SIDE: u32 = 20_000;
/// Four bytes a pixel and the decoder's own buffers.
const MAX_ALLOC: u64 = 256 * 1024 * 1024;
const QUALITY: u8 = 82;

#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    #[error("a picture has at most {MAX_BYTES} bytes")]
    TooLarge,
    #[error("only JPEG, PNG and WebP pictures are taken")]
    UnknownFormat,
    #[error("a picture has at most {MAX_PIXELS} pixels")]
    TooManyPixels,
    #[error("the picture is damaged")]
    Damaged(#[source] image::ImageError),
}

/// A picture ready to be kept: JPEG in each of [`WIDTHS`].
#[derive(Debug)]
pub struct Rendered {
    pub width: u32,
    pub height: u32,
    pub sizes: Vec<(u32, Bytes)>,
}

/// Decodes, turns upright, lays on white and resizes. Never enlarges. Takes CPU: call it off the runtime's threads.
pub fn render(file: &[u8]) -> Result<Rendered, PictureError> {
    if file.len() > MAX_BYTES {
        return Err(PictureError::TooLarge);
    }
    let format = sniff(file)?;
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_ALLOC);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refusal)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PictureError::TooManyPixels);
    }
    let orientation = decoder.orientation().map_err(refusal)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refusal)?;
    picture.apply_orientation(orientation);
    let flat = on_white(picture);
    let sizes = WIDTHS.iter().map(|width| Ok((*width, jpeg(&flat, *width)?))).collect::<Result<_, _>>()?;
    Ok(Rendered { width: flat.width(), height: flat.height(), sizes })
}

fn sniff(file: &[u8]) -> Result<ImageFormat, PictureError> {
    match image::guess_format(file) {
        Ok(format @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) => Ok(format),
        _ => Err(PictureError::UnknownFormat),
    }
}

fn refusal(err: image::ImageError) -> PictureError {
    match err {
        image::ImageError::Limits(_) => PictureError::TooManyPixels,
        other => PictureError::Damaged(other),
    }
}

/// JPEG knows no transparency: a cut-out product stands on white, not on black.
fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let rgba = picture.into_rgba8();
    let mut flat = RgbImage::new(rgba.width(), rgba.height());
    for (to, from) in flat.pixels_mut().zip(rgba.pixels()) {
        let alpha = u32::from(from[3]);
        for channel in 0..3 {
            let blended = (u32::from(from[channel]) * alpha + 255 * (255 - alpha)) / 255;
            to[channel] = u8::try_from(blended).unwrap_or(u8::MAX);
        }
    }
    flat
}

fn jpeg(picture: &RgbImage, width: u32) -> Result<Bytes, PictureError> {
    let width = width.min(picture.width());
    let height = u64::from(picture.height()) * u64::from(width) / u64::from(picture.width().max(1));
    let height = u32::try_from(height).unwrap_or(MAX_SIDE).max(1);
    let small = image::imageops::resize(picture, width, height, FilterType::Triangle);
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, QUALITY).encode_image(&small).map_err(PictureError::Damaged)?;
    Ok(out.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        let picture = image::RgbaImage::from_pixel(width, height, image::Rgba([0, 0, 0, 0]));
        picture.write_to(&mut out, ImageFormat::Png).unwrap();
        out.into_inner()
    }

    #[test]
    fn a_picture_is_kept_in_two_widths_on_white() {
        let rendered = render(&png(1600, 1200)).unwrap();
        assert_eq!((rendered.width, rendered.height), (1600, 1200));
        let sizes: Vec<(u32, u32)> = rendered
            .sizes
            .iter()
            .map(|(_, bytes)| image::load_from_memory_with_format(bytes, ImageFormat::Jpeg).unwrap())
            .map(|picture| (picture.width(), picture.height()))
            .collect();
        assert_eq!(sizes, [(320, 240), (800, 600)]);
        let small = image::load_from_memory(&rendered.sizes[0].1).unwrap().into_rgb8();
        assert!(small.get_pixel(5, 5)[0] > 250);
    }

    #[test]
    fn a_small_picture_is_not_enlarged() {
        let rendered = render(&png(100, 50)).unwrap();
        assert_eq!(image::load_from_memory(&rendered.sizes[1].1).unwrap().width(), 100);
    }

    #[test]
    fn pixels_are_counted_before_they_are_decoded() {
        // The header of a small file claims 19,000 × 19,000 pixels.
        let mut bomb = png(10, 10);
        bomb[16..20].copy_from_slice(&19_000_u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&19_000_u32.to_be_bytes());
        assert!(matches!(render(&bomb), Err(PictureError::TooManyPixels | PictureError::Damaged(_))));
        assert!(matches!(render(&png(7000, 6000)), Err(PictureError::TooManyPixels)));
    }

    #[test]
    fn what_a_file_is_is_read_from_its_content() {
        assert!(matches!(render(b"<svg onload=alert(1)>"), Err(PictureError::UnknownFormat)));
        assert!(matches!(render(b"GIF89a......"), Err(PictureError::UnknownFormat)));
        assert!(matches!(render(&[]), Err(PictureError::UnknownFormat)));
        assert!(matches!(render(&png(10, 10)[..40]), Err(PictureError::Damaged(_))));
        assert!(matches!(render(&vec![0; MAX_BYTES + 1]), Err(PictureError::TooLarge)));
    }
}
