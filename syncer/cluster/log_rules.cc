// SPDX-License-Identifier: Apache-2.0
#include "syncer/cluster/log_rules.h"

#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/cluster/voter_set.h"

namespace syncer::cluster {
namespace {

using wire::VoterSlot;

/// Of one message.
class Judgement {
 public:
  Judgement(const raft::Message& message, const LogKnowledge& known)
      : message_(message), known_(known), generation_(known.state.generation) {}

  std::string of_entry(const raft::Entry& entry) {
    const auto command = decode_command(entry.data);
    if (!command) return SYNCER_MUTATED("cluster.log_anything") ? std::string() : to_string(command.error());
    const bool of_any_voter = std::holds_alternative<ReleaseGuard>(*command) ||
                              std::holds_alternative<ForgetRegion>(*command) ||
                              std::holds_alternative<UseKey>(*command) || std::holds_alternative<RemoveKey>(*command);
    if (message_.type == raft::MessageType::Propose && !of_any_voter) return "only a leader asks for this";
    if (const auto* raise = std::get_if<RaiseGeneration>(&*command)) return of_generation(raise->generation);
    if (const auto* given = std::get_if<ReassignSlot>(&*command)) return of_slot(given->slot, entry.index);
    return {};
  }

  std::string of_snapshot(Instant now, const raft::Snapshot& snapshot) {
    const auto state = decode_state(now, snapshot.state);
    if (!state) return to_string(state.error());
    const bool foreign = !same_names(state->slots, known_.state.slots);
    if (foreign && !SYNCER_MUTATED("cluster.take_a_foreign_list")) return "its list has other voters than ours";
    if (std::string objection = of_generation(state->generation); !objection.empty()) return objection;
    const raft::Index version = state->list_version;
    if (version <= known_.state.list_version) return {};
    const bool later_than_itself = version > snapshot.at.index && !known_.is_held(version);
    if (later_than_itself) return "its list of voters is later than the snapshot";
    for (const VoterSlot& slot : state->slots) {
      if (std::string objection = of_slot(slot, version); !objection.empty()) return objection;
    }
    return {};
  }

 private:
  /// Several entries of one message may raise it one after the other.
  std::string of_generation(std::uint64_t generation) {
    const bool far = generation > generation_ && generation - generation_ > kMaxGenerationStep && !known_.blank;
    if (is_generation(generation) && !far) {
      generation_ = std::max(generation_, generation);
      return {};
    }
    return SYNCER_MUTATED("cluster.take_any_generation") ? "" : "its generation is further ahead than a group comes";
  }

  /// The slot as the list of that version has it.
  std::string of_slot(const VoterSlot& given, raft::Index version) const {
    const VoterSlot* ours = find_slot(known_.state.slots, given.node);
    const bool changes = version > known_.state.list_version && ours != nullptr && ours->disk != given.disk;
    if (!changes || !known_.is_there(*ours) || SYNCER_MUTATED("cluster.give_away_any_slot")) return {};
    return known_.is_held(version) ? "" : "it gives the slot of voter \"" + given.node + "\" away, whose disk is there";
  }

  const raft::Message& message_;
  const LogKnowledge& known_;
  std::uint64_t generation_;
};

}  // namespace

std::string objection_to(Instant now, const raft::Message& message, const LogKnowledge& known) {
  const bool orders = message.type == raft::MessageType::Transfer && !SYNCER_MUTATED("cluster.hand_over_on_demand");
  if (orders) return "a leader hands over by itself";
  Judgement judgement(message, known);
  for (const raft::Entry& entry : message.entries) {
    if (entry.data.empty()) continue;
    if (std::string objection = judgement.of_entry(entry); !objection.empty()) return objection;
  }
  return message.snapshot ? judgement.of_snapshot(now, *message.snapshot) : std::string();
}

}  // namespace syncer::cluster
