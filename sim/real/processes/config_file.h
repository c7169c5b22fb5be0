// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "syncer/node/node_config.h"

namespace sim::real {

/// Where a daemon finds what a simulated node is given.
struct ConfigPlaces {
  std::string data;
  std::string admin_socket;
  std::string trace;
  std::string keyring;   ///< empty: none
  std::string password;  ///< empty: none
};

/// The daemon's configuration file that says the same as the configuration of a simulated node. `origins` gives each
/// front-end of a registry its real address.
std::string config_text(const syncer::node::NodeConfig& config, const ConfigPlaces& places,
                        const std::map<std::string, std::string>& origins);

/// A keyring file with the key that all syncers of a scenario share.
std::string keyring_text();

}  // namespace sim::real
