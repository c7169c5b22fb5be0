// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/quantity.h"
#include "syncer/base/result.h"
#include "syncer/policy/address_block.h"
#include "syncer/policy/glob.h"

/// What travels between two regions, and what of it is shown otherwise: pure values, decided on record by record.
namespace syncer::policy {

/// Which way a link is looked at: what is given to the other region, or what is taken from it.
enum class Direction : std::uint8_t { Export, Import };
/// "export" or "import".
std::string_view name(Direction direction);

/// Conditions on a record; all that are given have to hold, and of each list one pattern. Without any it is every
/// record.
struct Match {
  Globs space;
  Globs environment;
  Globs app;
  Globs service;
  Globs version;
  Globs state;                            ///< UP, DOWN, STARTING, OUT_OF_SERVICE, TESTING
  std::map<std::string, Globs> metadata;  ///< by key; an instance without the key does not match
  bool operator==(const Match&) const = default;

  /// It asks for what instances alone have.
  bool is_about_instances() const { return !state.empty() || !metadata.empty(); }
};

/// One line of a filter.
struct Rule {
  std::string name;  ///< unique within its direction
  Globs regions;     ///< the other ones that it is about
  bool denies = false;
  Match match;
  bool operator==(const Rule&) const = default;
};

/// Addresses of a block, or a name, are shown as others.
struct HostRule {
  AddressBlock from;  ///< where `name` is empty
  AddressBlock to;    ///< of the same size
  std::string name;
  std::string to_name;
  bool operator==(const HostRule&) const = default;
};

/// Ports from `first` to `last` are shown as those from `to` on.
struct PortRule {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
  std::uint16_t to = 0;
  bool operator==(const PortRule&) const = default;
};

/// Where all endpoints are to be reached instead; port 0 keeps theirs.
struct Gateway {
  std::string host;
  std::uint16_t port = 0;
  bool operator==(const Gateway&) const = default;
};

/// One name is shown as another; "*" stands for all names that no other rule is about, and its place in `to` for the
/// name.
struct Name {
  std::string from;
  std::string to;
  bool operator==(const Name&) const = default;
};
using Names = std::vector<Name>;

/// How records of some regions are shown otherwise.
struct Rewrite {
  std::string name;
  Direction direction = Direction::Import;
  Globs regions;
  Match match;  ///< the instances that it is about; names are those of all services
  std::vector<HostRule> hosts;
  std::vector<PortRule> ports;
  Gateway gateway;
  Names environments;
  Names apps;
  Names spaces;
  std::map<std::string, std::string> add;  ///< metadata
  Globs leave_out;                         ///< keys of metadata
  bool operator==(const Rewrite&) const = default;

  bool changes_names() const { return !environments.empty() || !apps.empty() || !spaces.empty(); }
  bool changes_instances() const {
    return !hosts.empty() || !ports.empty() || !gateway.host.empty() || !add.empty() || !leave_out.empty();
  }
};

/// The policy of one region: for both directions of each of its links. The default lets everything pass as it is.
struct Policy {
  std::vector<Rule> exports;
  std::vector<Rule> imports;
  std::vector<Rewrite> rewrites;
  /// Records that a change of the policy takes away from one region leave at this pace.
  std::uint32_t withdrawals_per_second = 50;
  /// An operator has to confirm a change that takes more than this share from any region.
  Ratio confirm_share = {1, 5};
  std::string text;  ///< JSON it was read from; empty for the default

  const std::vector<Rule>& rules(Direction direction) const {
    return direction == Direction::Export ? exports : imports;
  }
  bool operator==(const Policy&) const = default;
};

/// Reads a policy from a JSON object; an empty text is the default. The error's place is the path of the member
/// ("policy.export[2].deny.app"), and unknown members name the nearest one.
Result<Policy> parse_policy(std::string_view text);

}  // namespace syncer::policy
