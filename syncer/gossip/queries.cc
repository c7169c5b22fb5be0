// SPDX-License-Identifier: Apache-2.0
#include "syncer/gossip/queries.h"

#include "syncer/base/mutation.h"
#include "syncer/gossip/gossip.h"
#include "syncer/wire/gossip/serf.h"

namespace syncer::gossip {

using crypto::Keyring;
using wire::gossip::KeyAnswer;
using wire::gossip::KeyVerb;
using wire::gossip::Query;

namespace {

/// As many times and queries of one time are remembered as a serf agent remembers.
constexpr std::size_t kTimes = 512;
constexpr std::size_t kOfOneTime = 64;
constexpr std::uint64_t kMaxStep = 1U << 20U;
/// Longest question that is passed on, as in serf.
constexpr std::size_t kMaxQuestion = 1024;

Result<void> change(Keyring& ring, KeyVerb verb, ByteView key) {
  const std::string id = Keyring::id(key);
  switch (verb) {
    case KeyVerb::Install:
      return ring.install(Bytes(key));
    case KeyVerb::Use:
      return ring.use(id);
    case KeyVerb::Remove: {
      // Serf removes what is not there without a complaint.
      auto removed = ring.remove(id);
      if (!removed && removed.error().code == ErrorCode::NotFound) return {};
      return removed;
    }
    case KeyVerb::List:
      break;
  }
  return {};
}

}  // namespace

bool GossipQueries::is_new(std::uint64_t clock, std::uint32_t id) {
  if (!heard_.empty()) {
    const std::uint64_t newest = heard_.rbegin()->first;
    if (clock > newest && clock - newest > kMaxStep) return false;
    if (heard_.size() >= kTimes && clock < heard_.begin()->first) return false;
  }
  std::set<std::uint32_t>& ids = heard_[clock];
  if (ids.size() >= kOfOneTime || !ids.insert(id).second) return SYNCER_MUTATED("gossip.answer_query_again");
  if (heard_.size() > kTimes) heard_.erase(heard_.begin());
  return true;
}

void Gossip::take_user(Instant now, ByteView payload) {
  witness(payload);
  take_leave_intent(now, payload);
  const auto query = wire::gossip::decode_query(payload);
  if (!query || !wire::gossip::key_verb(query->name) || !queries_.is_new(query->clock, query->id)) return;
  // Other queries are serf's own affair. This one must reach every syncer, also where few agents carry it.
  if (!query->stays_here && payload.size() <= kMaxQuestion) {
    const std::string slot = "\x01query-" + std::to_string(query->clock % GossipQueries::kPassedOn);
    swim_.broadcast_user(now, slot, payload);
  }
  if (!query->filtered) answer_key_query(*query);
}

void Gossip::answer_key_query(const Query& query) {
  // Nobody gets an answer sent to an address that is no member's.
  const membership::Member* asker = swim_.members().find(query.asker);
  const auto key = wire::gossip::decode_key_request(query.payload);
  const KeyVerb verb = *wire::gossip::key_verb(query.name);
  KeyAnswer answer;
  if (!key) {
    answer.problem = "the request does not parse";
  } else if (auto done = change_keys(verb, *key); !done) {
    answer.problem = done.error().detail;
  } else if (verb == KeyVerb::List) {
    answer.keys = config_.pool.keys.keys();
  }
  if (asker == nullptr) return;
  const Bytes ack = wire::gossip::encode_query_response(query, config_.node, true, {});
  if (query.wants_ack) say(query.asker, membership::User{ack});
  const Bytes said = wire::gossip::encode_key_answer(answer);
  const Bytes response = wire::gossip::encode_query_response(query, config_.node, false, said);
  say(query.asker, membership::User{response});
}

Result<void> Gossip::change_keys(wire::gossip::KeyVerb verb, ByteView key) {
  if (config_.pool.keys.empty()) return failure(ErrorCode::Refused, "", "the pool runs without keys");
  if (verb == KeyVerb::List) return {};
  Keyring ring = config_.pool.keys;
  if (auto changed = change(ring, verb, key); !changed) return changed;
  if (config_.keep_keys && !SYNCER_MUTATED("gossip.forget_keys_of_serf")) {
    if (auto kept = config_.keep_keys(ring); !kept) return kept;
  }
  return set_keys(std::move(ring));
}

}  // namespace syncer::gossip
