// SPDX-License-Identifier: Apache-2.0
#include "sim/check/rules.h"

namespace sim::check {

std::vector<std::unique_ptr<Rule>> all_rules() {
  std::vector<std::unique_ptr<Rule>> rules;
  rules.push_back(make_hands_off_rule());
  rules.push_back(make_copy_rule());
  rules.push_back(make_single_copy_rule());
  rules.push_back(make_resurrection_rule());
  rules.push_back(make_removal_rule());
  rules.push_back(make_replica_rule());
  rules.push_back(make_collection_rule());
  rules.push_back(make_mark_rule());
  rules.push_back(make_delivery_rule());
  rules.push_back(make_leader_rule());
  rules.push_back(make_raft_rule());
  rules.push_back(make_crash_rule());
  rules.push_back(make_fencing_rule());
  rules.push_back(make_member_rule());
  rules.push_back(make_member_table_rule());
  rules.push_back(make_completeness_rule());
  rules.push_back(make_bound_rule());
  rules.push_back(make_rest_rule());
  return rules;
}

}  // namespace sim::check
