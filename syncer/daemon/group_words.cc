// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/group_words.h"

namespace syncer::daemon {
namespace {

Result<void> tell(node::Node& node, Instant now, const std::string& verb, const std::string& argument) {
  if (verb == "replace") return node.replace_voter(now, argument);
  if (verb == "raise-generation") return node.raise_generation(now);
  if (verb == "forget-proposal") return node.forget_proposal(now);
  return failure(ErrorCode::Invalid, "", "a group is told to replace, raise-generation or forget-proposal");
}

std::string answer(const std::string& verb, const std::string& argument) {
  if (verb == "replace") {
    return "the seat of " + argument + " goes to its new disk; \"syncer cluster members\" shows when it votes\n";
  }
  if (verb == "forget-proposal") return "asked for; \"syncer status\" shows when it is done\n";
  return "asked for a higher generation; \"syncer status\" shows it in the epoch when it is done\n";
}

}  // namespace

Result<std::string> tell_group(node::Node& node, Instant now, const std::string& verb, const std::string& argument) {
  if (auto told = tell(node, now, verb, argument); !told) return tl::unexpected(told.error());
  return answer(verb, argument);
}

}  // namespace syncer::daemon
