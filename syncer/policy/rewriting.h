// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "syncer/policy/filter.h"
#include "syncer/policy/policy.h"
#include "syncer/registry/record.h"

namespace syncer::policy {

/// How the records of one direction of the link with one region are shown otherwise. Names are changed by one rewriting
/// at most, so that the way back is unique; of the others the first that speaks of an instance changes it. Borrows the
/// policy.
class Rewriting {
 public:
  Rewriting(const Policy& policy, Direction direction, std::string_view region);

  /// Everything is shown as it is.
  bool is_empty() const { return rewrites_.empty(); }
  /// The service is called otherwise; false, and nothing changed, when another one has its name here.
  bool rename(registry::ServiceKey& service) const;
  /// Endpoints and metadata of an instance of that (not renamed) service; true when something changed.
  bool change(const registry::RecordKey& key, registry::Instance& instance) const;
  /// Names of the rewritings that change an instance of that (not renamed) service, or its service's name.
  std::vector<std::string> names_of(const registry::RecordKey& key, const registry::Instance& instance) const;

 private:
  const Rewrite* renaming() const;
  const Rewrite* changing(const registry::RecordKey& key, const registry::Instance& instance) const;

  std::vector<const Rewrite*> rewrites_;
};

}  // namespace syncer::policy
