//! Programs that measure Livefair and print the figures with their conditions.
