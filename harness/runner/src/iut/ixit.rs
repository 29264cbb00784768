//! Extra information for testing: addresses, windows, limits.

use std::net::IpAddr;
use std::time::Duration;

use scenario::model::{Mode, TransportName, Window};
use schemars::JsonSchema;
use serde::Deserialize;

use super::Length;

/// How the IUT is reached and timed. What stands in here wins over what the IUT's `ready` says.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Ixit {
    /// How long the harness waits.
    pub windows: Windows,
    /// Multiplies all windows, for slow machines and slow networks.
    pub scale: f64,
    /// How many processes of the IUT may run at once; only where the driver starts them.
    pub instances: u32,
    /// What messages travel by in the tests.
    pub transports: Vec<TransportName>,
    /// How the addresses of peers look.
    pub addressing: Addressing,
    /// The host of a peer's address where `addressing` is `aor`.
    pub domain: String,
    /// The address on which the peers listen, and which they give as theirs.
    pub listen: IpAddr,
    /// The port on which the peers listen with SIP, over UDP and TCP; 0 for any that is free.
    pub port: u16,
    /// The port on which they listen with MSRP; 0 for any that is free.
    pub msrp_port: u16,
    /// Where the harness sends SIP requests, one URI a transport.
    pub endpoints: Option<Vec<String>>,
    /// What stands in the CPIM From and To of the IUT's user, first the usual one.
    pub addresses: Option<Vec<String>>,
    /// List URIs that can be used as they are, or defined with `list`.
    pub lists: Option<Vec<String>>,
    /// Lists that the IUT has by its own configuration, for drivers that cannot define any.
    pub static_lists: Vec<StaticList>,
    /// What the driver can do.
    pub commands: Option<Vec<String>>,
    /// How the IUT can exchange messages.
    pub modes: Option<Vec<Mode>>,
    /// Whether the driver honours `peer`, so that many scenarios may run at once.
    pub scoped: Option<bool>,
    /// How much the harness puts up with, and how much it does at once.
    pub limits: Limits,
}

impl Default for Ixit {
    fn default() -> Self {
        Self {
            windows: Windows::default(),
            scale: 1.0,
            instances: 1,
            transports: vec![TransportName::Udp, TransportName::Tcp, TransportName::Msrp],
            addressing: Addressing::default(),
            domain: "peer.test".into(),
            listen: IpAddr::from([127, 0, 0, 1]),
            port: 0,
            msrp_port: 0,
            endpoints: None,
            addresses: None,
            lists: None,
            static_lists: Vec::new(),
            commands: None,
            modes: None,
            scoped: None,
            limits: Limits::default(),
        }
    }
}

impl Ixit {
    /// A window after scaling.
    pub fn window(&self, window: Window) -> Duration {
        let length = match window {
            Window::Reply => self.windows.reply,
            Window::Quiet => self.windows.quiet,
        };
        self.scaled(length)
    }

    /// Any length of time after scaling. A scale that is no positive number counts as 1.
    pub fn scaled(&self, length: Length) -> Duration {
        Duration::try_from_secs_f64(length.0.as_secs_f64() * self.scale).unwrap_or(length.0)
    }
}

/// A list that the IUT has by its own configuration. Where the driver lacks `list`, it stands for a list of a scenario that
/// has as many members and is disclosed or hidden like it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StaticList {
    /// The address of the list.
    pub uri: String,
    /// The addresses of its members, whose user parts tell them apart; the IUT reaches the harness's peers by them.
    pub members: Vec<String>,
    /// Whether the members can be seen.
    #[serde(default = "yes")]
    pub disclosed: bool,
}

const fn yes() -> bool {
    true
}

/// The windows of INTERPRETATIONS part A.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Windows {
    /// Expected traffic has to arrive inside it.
    pub reply: Length,
    /// How long nothing may arrive.
    pub quiet: Length,
}

impl Default for Windows {
    fn default() -> Self {
        Self { reply: Length::seconds(5), quiet: Length::seconds(8) }
    }
}

/// How the addresses of peers look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Addressing {
    /// With host and port of the harness: the IUT needs no configuration.
    #[default]
    HostPort,
    /// An address of record without port; the IUT's own configuration routes its domain to the harness.
    Aor,
}

/// How much the harness puts up with, and how much it does at once.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Limits {
    /// Most cases at once.
    pub parallel: u32,
    /// Most events that the IUT may cause in one case beyond 32 for each request and each command; more is a flood.
    pub events: u32,
    /// Most octets that the IUT may send in one case; more is a flood.
    pub octets: u64,
    /// How long the IUT may take to say that it is ready.
    pub ready: Length,
    /// How long the driver may take to answer a command; not for a person.
    pub command: Length,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            parallel: 1_000,
            events: 1_000,
            octets: 32 << 20,
            ready: Length::seconds(10),
            command: Length::seconds(10),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_scaled() {
        let ixit = Ixit { scale: 2.5, ..Ixit::default() };
        assert_eq!(ixit.window(Window::Quiet), Duration::from_secs(20));
        assert_eq!(ixit.window(Window::Reply), Duration::from_millis(12_500));
    }

    #[test]
    fn a_senseless_scale_changes_nothing() {
        for scale in [f64::NAN, f64::INFINITY, -1.0] {
            let ixit = Ixit { scale, ..Ixit::default() };
            assert_eq!(ixit.window(Window::Reply), Duration::from_secs(5), "{scale}");
        }
    }
}
