// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/values/identity.h"

#include "sim/host/options.h"

namespace sim::scenario {

std::optional<host::Certificate> certificate_of(const Identity& identity, const std::string& region) {
  if (identity.standing == Standing::None) return std::nullopt;
  host::Certificate certificate;
  certificate.identity.region = identity.region.empty() ? region : identity.region;
  certificate.identity.sync = identity.roles != Roles::Voter;
  certificate.identity.voter = identity.roles != Roles::Sync;
  certificate.identity.node = identity.node;
  certificate.believed = identity.standing == Standing::Good;
  return certificate;
}

}  // namespace sim::scenario
