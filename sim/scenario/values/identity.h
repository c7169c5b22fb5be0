// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "sim/scenario/values/type.h"
#include "sim/scenario/values/values.h"
#include "syncer/base/identity.h"

namespace sim::host {
struct Certificate;
}

namespace sim::scenario {

using syncer::CertificateRule;

/// What a certificate is for.
enum class Roles : std::uint8_t { Both, Sync, Voter };

/// What others find when they look at a certificate.
enum class Standing : std::uint8_t {
  Good,
  None,     ///< there is none
  Expired,  ///< its time is over
  Revoked,  ///< it is on everybody's deny-list
  OtherCa,  ///< nobody knows its CA
};

/// The certificate that somebody shows.
struct Identity {
  Place place{};
  std::string name{};    ///< of the syncer that shows it; of a stranger empty
  std::string region{};  ///< that of the syncer, or that for which the stranger speaks, unless given
  Roles roles = Roles::Both;
  std::string node{};  ///< the only syncer that may use it; any unless given
  Standing standing = Standing::Good;
  bool operator==(const Identity&) const = default;
};

/// As the simulated network takes it; nothing when there is none.
std::optional<host::Certificate> certificate_of(const Identity& identity, const std::string& region);

constexpr auto words(Type<CertificateRule>) {
  return Words<CertificateRule, 3>{{{"off", CertificateRule::Off},
                                    {"optional", CertificateRule::Optional},
                                    {"required", CertificateRule::Required}}};
}

constexpr auto words(Type<Roles>) {
  return Words<Roles, 3>{{{"both", Roles::Both}, {"sync", Roles::Sync}, {"voter", Roles::Voter}}};
}

constexpr auto words(Type<Standing>) {
  return Words<Standing, 5>{{{"good", Standing::Good},
                             {"none", Standing::None},
                             {"expired", Standing::Expired},
                             {"revoked", Standing::Revoked},
                             {"other_ca", Standing::OtherCa}}};
}

template <class V>
void describe(V& v, Type<Identity>) {
  v.takes("region", &Identity::region, "region that the certificate names; the right one unless given");
  v.takes("roles", &Identity::roles, "roles that it has");
  v.takes("node", &Identity::node, "the only syncer that may use it; any unless given");
  v.takes("standing", &Identity::standing, "whether others believe it");
}

}  // namespace sim::scenario
