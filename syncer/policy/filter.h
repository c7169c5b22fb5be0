// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/policy/policy.h"
#include "syncer/registry/record.h"

namespace syncer::policy {

/// Names what decided about a record: kNoRule where nothing spoke of it, else a rule of its direction, or kNotAllowed.
using RuleId = std::uint32_t;
inline constexpr RuleId kNoRule = 0;
/// There are rules that allow, and none of them speaks of the record.
inline constexpr RuleId kNotAllowed = UINT32_MAX;
/// Its name is that of another record, which is renamed.
inline constexpr RuleId kNameTaken = UINT32_MAX - 1;
/// The rule's name; words for kNotAllowed and kNameTaken, empty for kNoRule.
std::string_view rule_name(const Policy& policy, Direction direction, RuleId rule);

/// Whether a record may pass, and which rule says so.
struct Decision {
  bool passes = true;
  RuleId rule = kNoRule;
  bool operator==(const Decision&) const = default;
};

/// The conditions hold for an instance.
bool fits(const Match& match, const registry::RecordKey& key, const registry::Instance& instance);

/// The rules of a policy for one direction of the link with one region. A rule that denies wins over all that allow;
/// where rules allow, what none of them speaks of does not pass. Borrows the policy.
class Filter {
 public:
  Filter(const Policy& policy, Direction direction, std::string_view region);

  /// Everything passes.
  bool is_open() const { return denying_.empty() && allowing_.empty(); }
  /// `instance` is that of an instance's record, else nullptr. What belongs to a service passes where instances of it
  /// could, since only instances have metadata and a state. What guards say always passes.
  Decision decide(const registry::RecordKey& key, const registry::Instance* instance) const;

 private:
  struct Indexed {
    RuleId id;
    const Rule* rule;
  };
  std::vector<Indexed> denying_;
  std::vector<Indexed> allowing_;
};

}  // namespace syncer::policy
