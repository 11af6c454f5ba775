//! Product pictures for the demo, drawn by code: toys of simple shapes on a porcelain ground,
//! lit from the upper left. The same product always looks the same.

use image::{ImageEncoder as _, Rgb, RgbImage, codecs::jpeg::JpegEncoder};

const SIDE: u16 = 512;
const GROUND: [f32; 3] = [0.98, 0.975, 0.96];
const PALETTE: [[f32; 3]; 6] = [
    [0.12, 0.31, 0.64], // cobalt
    [0.78, 0.22, 0.18], // vermilion
    [0.11, 0.48, 0.37], // jade
    [0.93, 0.70, 0.20], // amber
    [0.55, 0.36, 0.66], // plum
    [0.87, 0.72, 0.53], // beech
];

/// A shape in units of the picture's side; `turn` in radians.
struct Shape {
    kind: Kind,
    at: (f32, f32),
    size: (f32, f32),
    turn: f32,
    colour: [f32; 3],
}

impl Shape {
    /// Whether the shape or its shadow may touch the point: most pixels touch few shapes.
    fn reaches(&self, point: (f32, f32)) -> bool {
        let reach = self.size.0 + self.size.1 + 0.08;
        (point.0 - self.at.0).abs() < reach && (point.1 - self.at.1).abs() < reach
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Box,
    Disc,
    Arch,
    Triangle,
}

/// Draws a product's picture as JPEG.
pub fn draw(index: usize) -> Vec<u8> {
    let shapes = composition(index);
    let side = u32::from(SIDE);
    let middle = |at: u32| (f32::from(u16::try_from(at).unwrap_or(SIDE)) + 0.5) / f32::from(SIDE);
    let image = RgbImage::from_fn(side, side, |x, y| pixel((middle(x), middle(y)), &shapes));
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 88)
        .write_image(&image, side, side, image::ExtendedColorType::Rgb8)
        .expect("a picture in memory can be written");
    jpeg
}

fn pixel(point: (f32, f32), shapes: &[Shape]) -> Rgb<u8> {
    let fall = 0.05 * (point.1 - 0.3).max(0.0) + 0.03 * (point.0 - 0.5).abs();
    let mut colour = GROUND.map(|c| c - fall);
    for shape in shapes.iter().filter(|shape| shape.reaches(point)) {
        let shadow = cover(distance((point.0 - 0.014, point.1 - 0.022), shape), 0.03);
        colour = mix(colour, [0.32, 0.30, 0.27], shadow * 0.22);
        let inside = distance(point, shape);
        let lit =
            0.10 * (1.0 - ((point.0 - shape.at.0) + (point.1 - shape.at.1)) / shape.size.0.max(0.02)).clamp(-0.6, 1.6);
        let rim = cover(inside.abs() - 0.002, 0.003) * 0.12;
        let face = shape.colour.map(|c| (c + lit * 0.7 - rim).clamp(0.0, 1.0));
        colour = mix(colour, face, cover(inside, 0.0018));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte")]
    Rgb(colour.map(|c| (c.clamp(0.0, 1.0) * 255.0).round() as u8))
}

/// How much of a pixel at signed distance `d` is covered, over an edge of width `soft`.
fn cover(d: f32, soft: f32) -> f32 {
    (0.5 - d / soft).clamp(0.0, 1.0)
}

fn mix(a: [f32; 3], b: [f32; 3], t: f32) -> [f32; 3] {
    [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * t)
}

/// Signed distance from a point to a shape's edge, negative inside.
fn distance(point: (f32, f32), shape: &Shape) -> f32 {
    let (dx, dy) = (point.0 - shape.at.0, point.1 - shape.at.1);
    let (sin, cos) = shape.turn.sin_cos();
    let (x, y) = (dx * cos + dy * sin, dy * cos - dx * sin);
    let (w, h) = shape.size;
    match shape.kind {
        Kind::Disc => x.hypot(y) - w,
        Kind::Box => {
            let (qx, qy) = (x.abs() - w + 0.012, y.abs() - h + 0.012);
            qx.max(0.0).hypot(qy.max(0.0)) + qx.max(qy).min(0.0) - 0.012
        }
        Kind::Arch => (x.hypot(y) - w).abs().max(y) - h,
        Kind::Triangle => (y.abs() - h).max((x.abs() - w * (y + h) / (2.0 * h)) * 0.8),
    }
}

fn composition(index: usize) -> Vec<Shape> {
    // In the order of the sheet.
    match index % 14 {
        0 | 7 => blocks(index),
        13 => blocks(index + 1), // in other colours than the seventh
        1 | 2 | 9 => tiles(index),
        3 | 10 => clock(index),
        4 | 12 => beads(index),
        5 | 6 => tangram(index),
        8 => globe(index),
        _ => arches(index),
    }
}

fn hue(n: usize) -> [f32; 3] {
    PALETTE[n % PALETTE.len()]
}

fn shape(kind: Kind, at: (f32, f32), size: (f32, f32), turn: f32, colour: [f32; 3]) -> Shape {
    Shape { kind, at, size, turn, colour }
}

fn blocks(seed: usize) -> Vec<Shape> {
    let mut shapes = Vec::new();
    for row in 0..4_u8 {
        for column in 0..(4 - row) {
            let x = 0.26 + 0.16 * f32::from(column) + 0.08 * f32::from(row);
            let y = 0.74 - 0.155 * f32::from(row);
            let colour = hue(seed + usize::from(row * 3 + column));
            let kind = if row == 3 { Kind::Triangle } else { Kind::Box };
            shapes.push(shape(kind, (x, y), (0.073, 0.073), 0.0, colour));
        }
    }
    shapes
}

fn tiles(seed: usize) -> Vec<Shape> {
    let mut shapes = Vec::new();
    for n in 0..9_u8 {
        let (x, y) = (0.29 + 0.21 * f32::from(n % 3), 0.29 + 0.21 * f32::from(n / 3));
        shapes.push(shape(Kind::Box, (x, y), (0.098, 0.098), 0.06, hue(seed + usize::from(n))));
        shapes.push(shape(Kind::Box, (x, y), (0.062, 0.062), 0.06, mix(hue(seed + usize::from(n)), [1.0; 3], 0.45)));
    }
    shapes
}

fn arches(seed: usize) -> Vec<Shape> {
    (0..5_u8)
        .map(|n| shape(Kind::Arch, (0.5, 0.70), (0.38 - 0.075 * f32::from(n), 0.031), 0.0, hue(seed + usize::from(n))))
        .collect()
}

fn beads(seed: usize) -> Vec<Shape> {
    let mut shapes = vec![
        shape(Kind::Box, (0.5, 0.18), (0.36, 0.025), 0.0, PALETTE[5]),
        shape(Kind::Box, (0.5, 0.82), (0.36, 0.025), 0.0, PALETTE[5]),
    ];
    for row in 0..5_u8 {
        for bead in 0..6_u8 {
            let gap = if bead >= 3 + row % 2 { 0.12 } else { 0.0 };
            let at = (0.22 + 0.088 * f32::from(bead) + gap, 0.28 + 0.11 * f32::from(row));
            shapes.push(shape(Kind::Disc, at, (0.043, 0.0), 0.0, hue(seed + usize::from(row))));
        }
    }
    shapes
}

fn clock(seed: usize) -> Vec<Shape> {
    let mut shapes = vec![
        shape(Kind::Disc, (0.5, 0.5), (0.34, 0.0), 0.0, hue(seed)),
        shape(Kind::Disc, (0.5, 0.5), (0.29, 0.0), 0.0, [0.97, 0.96, 0.93]),
    ];
    for hour in 0..12_u8 {
        let (sin, cos) = (f32::from(hour) * std::f32::consts::FRAC_PI_6).sin_cos();
        shapes.push(shape(
            Kind::Disc,
            (0.5 + 0.24 * sin, 0.5 - 0.24 * cos),
            (0.021, 0.0),
            0.0,
            hue(seed + usize::from(hour)),
        ));
    }
    shapes.push(shape(Kind::Box, (0.455, 0.43), (0.018, 0.10), -0.56, [0.09, 0.13, 0.17]));
    shapes.push(shape(Kind::Box, (0.56, 0.44), (0.014, 0.13), 0.80, PALETTE[1]));
    shapes.push(shape(Kind::Disc, (0.5, 0.5), (0.03, 0.0), 0.0, PALETTE[3]));
    shapes
}

fn tangram(seed: usize) -> Vec<Shape> {
    vec![
        shape(Kind::Triangle, (0.50, 0.30), (0.26, 0.13), 0.0, hue(seed)),
        shape(Kind::Box, (0.37, 0.53), (0.11, 0.095), 0.0, hue(seed + 1)),
        shape(Kind::Box, (0.62, 0.53), (0.12, 0.095), 0.0, hue(seed + 2)),
        shape(Kind::Triangle, (0.35, 0.73), (0.10, 0.085), std::f32::consts::PI, hue(seed + 3)),
        shape(Kind::Triangle, (0.53, 0.73), (0.10, 0.085), 0.0, hue(seed + 4)),
        shape(Kind::Box, (0.70, 0.735), (0.06, 0.06), 0.78, hue(seed + 5)),
    ]
}

fn globe(seed: usize) -> Vec<Shape> {
    vec![
        shape(Kind::Box, (0.5, 0.86), (0.17, 0.022), 0.0, PALETTE[5]),
        shape(Kind::Box, (0.5, 0.80), (0.022, 0.07), 0.0, PALETTE[5]),
        shape(Kind::Disc, (0.5, 0.46), (0.31, 0.0), 0.0, hue(seed)),
        shape(Kind::Disc, (0.41, 0.37), (0.10, 0.0), 0.0, PALETTE[2]),
        shape(Kind::Disc, (0.48, 0.44), (0.07, 0.0), 0.0, PALETTE[2]),
        shape(Kind::Disc, (0.63, 0.53), (0.085, 0.0), 0.0, PALETTE[3]),
        shape(Kind::Disc, (0.59, 0.33), (0.05, 0.0), 0.0, PALETTE[3]),
        shape(Kind::Disc, (0.42, 0.61), (0.055, 0.0), 0.0, PALETTE[2]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_product_gets_a_picture_of_its_own() {
        let pictures: std::collections::HashSet<Vec<u8>> = (0..14).map(draw).collect();
        assert_eq!(pictures.len(), 14);
        assert!(pictures.iter().all(|jpeg| jpeg.starts_with(&[0xFF, 0xD8])));
    }
}
