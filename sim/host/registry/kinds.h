// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/host/options.h"
#include "sim/host/registry/registry.h"
#include "syncer/base/random.h"

namespace sim::host {

/// A kind of registry that a world can hold.
struct RegistryKind {
  std::string name;  ///< what scenarios call it
  /// Refuses a spec that this kind cannot follow; `where` of the error names the wrong member of the spec.
  std::function<syncer::Result<void>(const RegistrySpec&)> check;
  /// Refuses a name that no call of this kind has (RegistryFault::operations).
  std::function<syncer::Result<void>(std::string_view)> check_operation;
  /// How an instance of a registry of another kind looks as a copy in one of this kind: what it has a place for, said
  /// again in the words that all kinds share. What stands elsewhere in the copy's marks is not in it.
  std::function<RegistryInstance(const RegistryInstance&)> shows;
  /// The same of an instance of a registry of this kind, where even that is not shown as it is; empty where it is.
  std::function<RegistryInstance(const RegistryInstance&)> shows_own;
  /// Its front-ends answer from caches over a store that may be away.
  bool has_backend = false;
  /// Where the API begins behind an address: "/eureka"; empty for the root.
  std::string path;
  /// Builds a registry of a checked spec.
  std::function<std::unique_ptr<Registry>(const RegistrySpec&, const syncer::Random&)> make;
};

/// The kind of that name; nullptr when there is none. "servicecenter" is always there.
const RegistryKind* find_registry_kind(std::string_view name);
/// Names of all kinds, sorted.
std::vector<std::string_view> registry_kinds();
/// Adds a kind, or replaces the one of its name. For the beginning of a program: worlds that are there keep theirs.
void add_registry_kind(RegistryKind kind);

}  // namespace sim::host
