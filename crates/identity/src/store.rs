//! Every query of this domain.

mod buyers;
mod doors;
mod entity;
mod migration;
mod passkeys;
mod people;

pub use buyers::*;
pub use doors::*;
pub use migration::migrations;
pub use passkeys::*;
pub use people::*;
