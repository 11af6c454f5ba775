//! What the packager makes: initialisation segments, parts, and the ends of segments.

use std::sync::Arc;

use bytes::Bytes;
use kernel::Instant;

use crate::sample::Track;

/// A new initialisation segment: every epoch has one.
#[derive(Clone, Debug)]
pub struct Init {
    pub epoch: u32,
    pub tracks: Arc<Vec<Track>>,
    pub bytes: Bytes,
}

/// One fragment, complete.
#[derive(Clone, Debug)]
pub struct Part {
    pub epoch: u32,
    /// Media sequence number of its segment.
    pub msn: u64,
    /// Place in its segment.
    pub index: u32,
    /// Media time of its beginning, within the epoch.
    pub start_us: i64,
    pub duration_us: i64,
    /// Contains a frame that can be decoded alone.
    pub independent: bool,
    /// The timeline breaks before this part: new epoch, or a hole too long to fill.
    pub discontinuity: bool,
    /// When it was made, by the first frame's arrival and media time since.
    pub wall: Instant,
    /// Frames of the leading track in it.
    pub frames: u32,
    /// Empty when nothing was sent in this stretch of time: a gap.
    pub bytes: Bytes,
}

impl Part {
    pub fn is_gap(&self) -> bool {
        self.bytes.is_empty()
    }
}

/// The segment of the last part is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentEnd {
    pub msn: u64,
    pub duration_us: i64,
    /// TARGETDURATION: fixed with the first segment.
    pub target_s: u32,
}

#[derive(Clone, Debug)]
pub enum Output {
    Init(Init),
    Part(Part),
    SegmentEnd(SegmentEnd),
}
