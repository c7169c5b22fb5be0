// SPDX-License-Identifier: Apache-2.0
#include "syncer/gossip/key_queries.h"

#include <string>
#include <utility>

#include "syncer/base/mutation.h"
#include "syncer/crypto/keyring.h"

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
/// Longest question that is forwarded, as in serf.
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

bool SeenQueries::add(std::uint64_t clock, std::uint32_t id) {
  if (!ids_.empty()) {
    const std::uint64_t newest = ids_.rbegin()->first;
    if (clock > newest && clock - newest > kMaxStep) return false;
    if (ids_.size() >= kTimes && clock < ids_.begin()->first) return false;
  }
  std::set<std::uint32_t>& ids = ids_[clock];
  if (ids.size() >= kOfOneTime || !ids.insert(id).second) return SYNCER_MUTATED("gossip.answer_query_again");
  if (ids_.size() > kTimes) ids_.erase(ids_.begin());
  return true;
}

void KeyQueries::on_user_message(Instant now, ByteView payload) {
  const auto query = wire::gossip::decode_query(payload);
  if (!query || !wire::gossip::key_verb(query->name) || !seen_.add(query->clock, query->id)) return;
  if (!query->stays_here && payload.size() <= kMaxQuestion) {
    swim_.broadcast_user(now, "\x01query-" + std::to_string(query->clock % kForwarded), payload);
  }
  if (!query->filtered) answer(*query);
}

void KeyQueries::answer(const Query& query) {
  // No answer goes to an address that is no member's.
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
  if (query.wants_ack) swim_.send(query.asker, {membership::User{ack}}, out_);
  const Bytes response =
      wire::gossip::encode_query_response(query, config_.node, false, wire::gossip::encode_key_answer(answer));
  swim_.send(query.asker, {membership::User{response}}, out_);
}

Result<void> KeyQueries::change_keys(KeyVerb verb, ByteView key) {
  if (config_.pool.keys.empty()) return failure(ErrorCode::Refused, "", "the pool runs without keys");
  if (verb == KeyVerb::List) return {};
  Keyring ring = config_.pool.keys;
  if (auto changed = change(ring, verb, key); !changed) return changed;
  if (config_.keep_keys && !SYNCER_MUTATED("gossip.forget_keys_of_serf")) {
    if (auto kept = config_.keep_keys(ring); !kept) return kept;
  }
  config_.pool.keys = std::move(ring);
  return {};
}

}  // namespace syncer::gossip
