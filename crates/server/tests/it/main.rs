//! The built program: its command line, its pages and headers, and what a kill leaves behind.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod closing;
mod command_line;
mod crash;
mod document;
mod edge;
mod house;
mod letters;
mod pages;
mod viewer;
