// SPDX-License-Identifier: Apache-2.0
#include "syncer/policy/policy.h"

#include <algorithm>
#include <array>
#include <set>

#include "syncer/json/document.h"
#include "syncer/policy/form.h"
#include "syncer/policy/rewrite_form.h"

namespace syncer::policy {
namespace {

constexpr std::size_t kLargestPolicy = std::size_t{60} << 10U;  // an operator's request may be a little larger
constexpr std::size_t kMostRules = 1000;
constexpr std::uint64_t kFastest = 1'000'000;

/// What is called "to" of what is given away is "from" of what is taken.
std::string_view region_word(Direction direction) { return direction == Direction::Export ? "to" : "from"; }

Result<Rule> read_rule(const Cursor& at, Direction direction, std::size_t number) {
  const std::array<std::string_view, 4> members = {"name", region_word(direction), "deny", "allow"};
  if (auto valid = check_members(at, members); !valid) return tl::unexpected(valid.error());
  Rule rule;
  auto given_name = read_name(at, std::string(name(direction)) + " rule " + std::to_string(number));
  if (!given_name) return tl::unexpected(given_name.error());
  rule.name = std::move(*given_name);
  auto regions = read_regions(at, region_word(direction));
  if (!regions) return tl::unexpected(regions.error());
  rule.regions = std::move(*regions);
  const json::Value* deny = at.value.find("deny");
  const json::Value* allow = at.value.find("allow");
  if ((deny == nullptr) == (allow == nullptr)) return refuse(at, "wants either \"deny\" or \"allow\"");
  rule.denies = deny != nullptr;
  auto match = read_match(at.member(rule.denies ? *deny : *allow));
  if (!match) return tl::unexpected(match.error());
  rule.match = std::move(*match);
  return rule;
}

Result<std::vector<Rule>> read_rules(const Cursor& at, Direction direction) {
  std::vector<Rule> rules;
  std::set<std::string> names;
  if (!at.value.is_list()) return refuse(at, "wants a list of rules");
  for (const json::Value& one : at.value) {
    const Cursor here = at.element(one, rules.size());
    if (rules.size() == kMostRules) return refuse(here, "there are more than " + std::to_string(kMostRules) + " rules");
    auto rule = read_rule(here, direction, rules.size() + 1);
    if (!rule) return tl::unexpected(rule.error());
    if (!names.insert(rule->name).second) return refuse(here, "another rule is called \"" + rule->name + "\" as well");
    rules.push_back(std::move(*rule));
  }
  return rules;
}

Result<void> read_limits(const Cursor& at, Policy& policy) {
  if (const json::Value* pace = at.value.find("withdrawals-per-second")) {
    const auto number = pace->natural();
    if (!number || *number == 0 || *number > kFastest) {
      return refuse(at.member(*pace), "wants a whole number from 1 to " + std::to_string(kFastest));
    }
    policy.withdrawals_per_second = static_cast<std::uint32_t>(*number);
  }
  if (const json::Value* share = at.value.find("confirm-share")) {
    const auto ratio = parse_ratio(share->text());
    if (!share->is_text() || !ratio) return refuse(at.member(*share), "wants a share such as \"20%\" or \"1/5\"");
    policy.confirm_share = *ratio;
  }
  return {};
}

}  // namespace

Result<Policy> parse_policy(std::string_view text) {
  Policy policy;
  if (text.empty()) return policy;
  if (text.size() > kLargestPolicy) return failure(ErrorCode::TooLarge, "policy", "is longer than 60 KiB");
  const auto document = json::Document::parse(text);
  if (!document) return failure(ErrorCode::Invalid, "policy", "is not a JSON object");
  const Cursor at{document->root(), "policy"};
  constexpr std::array<std::string_view, 5> kMembers = {"export", "import", "rewrite", "withdrawals-per-second",
                                                        "confirm-share"};
  if (auto valid = check_members(at, kMembers); !valid) return tl::unexpected(valid.error());
  for (const auto& [direction, into] :
       {std::pair(Direction::Export, &policy.exports), std::pair(Direction::Import, &policy.imports)}) {
    const json::Value* given = at.value.find(name(direction));
    if (given == nullptr) continue;
    auto rules = read_rules(at.member(*given), direction);
    if (!rules) return tl::unexpected(rules.error());
    *into = std::move(*rules);
  }
  if (const json::Value* given = at.value.find("rewrite")) {
    auto rewrites = read_rewrites(at.member(*given));
    if (!rewrites) return tl::unexpected(rewrites.error());
    policy.rewrites = std::move(*rewrites);
  }
  if (auto valid = read_limits(at, policy); !valid) return tl::unexpected(valid.error());
  policy.text = text;
  return policy;
}

}  // namespace syncer::policy
