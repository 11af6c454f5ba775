//! Figures as the tables show them.

use std::time::Duration;

pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Measured times, in order.
pub struct Times(Vec<Duration>);

impl Times {
    pub fn of(times: impl IntoIterator<Item = Duration>) -> Self {
        let mut times: Vec<_> = times.into_iter().collect();
        times.sort_unstable();
        Self(times)
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The time that `percent` of all do not pass, in milliseconds.
    pub fn at(&self, percent: f64) -> f64 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in the list")]
        let place = (count(self.0.len()) * percent / 100.0).ceil() as usize;
        self.0.get(place.saturating_sub(1)).copied().map_or(f64::NAN, ms)
    }
}

/// A count for a rate.
#[expect(clippy::cast_precision_loss, reason = "a rate needs no 53 bits")]
pub fn count(n: usize) -> f64 {
    n as f64
}

#[expect(clippy::cast_precision_loss, reason = "a rate needs no 53 bits")]
pub fn mib(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hundredth_of_a_hundred_is_the_largest() {
        let times = Times::of((1..=100).rev().map(Duration::from_millis));
        assert_eq!([50.0, 99.0, 100.0].map(|percent| format!("{}", times.at(percent))), ["50", "99", "100"]);
        assert!(Times::of([]).at(50.0).is_nan());
    }
}
