// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "syncer/base/hash.h"
#include "syncer/base/random.h"
#include "syncer/gossip/inbound_probes.h"
#include "syncer/gossip/key_queries.h"
#include "syncer/gossip/name_claims.h"
#include "syncer/gossip/packet_sender.h"
#include "syncer/gossip/rejoin.h"
#include "syncer/gossip/serf_intents.h"
#include "syncer/gossip/streams.h"
#include "syncer/gossip/subject_notifier.h"
#include "syncer/gossip/types.h"
#include "syncer/membership/swim.h"
#include "syncer/ports/network.h"
#include "syncer/ports/observer.h"
#include "syncer/wire/gossip/packet.h"

namespace syncer::gossip {

/// Who is there: drives the membership core on packets and streams. Owned by Node; speaks memberlist's wire format,
/// with tags and intents as a serf agent writes them, so that one can join the pool and watch. Neither copied nor
/// moved.
///
/// A datagram goes one way: on_datagram (unwrap, decode) -> take_message -> Swim::receive, whose outputs flush()
/// carries out: packets to the network, changes of members to report().
class Gossip {
 public:
  Gossip(GossipConfig config, Datagrams& datagrams, Streams& streams, Observer& observer, Random random, Instant now,
         LinkAllocator links);
  Gossip(const Gossip&) = delete;
  Gossip& operator=(const Gossip&) = delete;

  /// Announces ourselves; before anything else.
  /// `returns`: this syncer had its name before, on the same disk. Nobody makes it give way.
  void start(Instant now, bool returns = false);
  /// Addresses to join by, gossip or RPC ports: tried until each answered or is a member, and again when we are alone.
  void set_seeds(Instant now, std::vector<Endpoint> seeds);
  /// Asks for the pool where a member was once. Who is there, by its own account, is believed to be.
  void recall(Instant now, const Endpoint& address);
  /// Announces other tags. TooLarge when they do not fit into 512 bytes; then nothing changes.
  Result<void> set_tags(Instant now, std::map<std::string, std::string> tags);
  /// Other keys from now on. A pool that is sealed stays so, and an open one open: Refused.
  Result<void> set_keys(crypto::Keyring keys);
  const crypto::Keyring& keys() const { return config_.pool.keys; }
  /// Announces that we leave. left() once that was sent often enough, or nobody listened for `leave_timeout`.
  void leave(Instant now);
  bool left() const { return left_; }
  /// An operator says that a member that failed will not come back: it is asked no more, and counts as one that left,
  /// with all who hear of it and have lost it, too. NotFound for a name that is not known, Refused for a member that is
  /// there.
  Result<void> force_leave(Instant now, const std::string& name);
  /// An operator wants to know who answers now, see membership::RollCall.
  void call_roll(Instant now) {
    swim_.call_roll(now, out_);
    flush(now);
  }
  std::optional<std::vector<membership::Attendance>> take_roll() { return swim_.take_roll(); }

  void on_datagram(Instant now, const Endpoint& from, ByteView packet);
  /// A stream is ours from its acceptance or opening until it is closed.
  bool owns(LinkId link) const { return streams_.owns(link); }
  void on_stream_accepted(Instant now, LinkId link, const Endpoint& from);
  void on_stream_connected(Instant, LinkId) {}  // what is to be sent was queued when the stream was opened
  void on_stream_data(Instant now, LinkId link, ByteView bytes);
  void on_stream_closed(Instant now, LinkId link, std::string_view reason);
  void advance(Instant now);
  Instant next_deadline() const;

  /// Members that answered a probe or a question at their address since the last call.
  std::vector<std::pair<std::string, Endpoint>> take_answered() { return std::exchange(answered_, {}); }
  /// True when members() may have changed, apart from ourselves, since the last call.
  bool take_changed();
  /// Everybody known, ourselves included, and members that failed within `reconnect_timeout`; in order of names.
  std::vector<MemberInfo> members() const;
  /// See AddressClaims.
  std::vector<MemberInfo> claims() const { return claims_.open(); }
  /// The core, for checkers: read only.
  const membership::Swim& swim() const { return swim_; }
  /// Our own health as the failure detector sees it: 0 is well, 7 is worst.
  int health_score() const { return swim_.health(); }
  /// Not empty when we came into a pool in which a living process already has our name: what the operator is shown.
  const std::string& conflict() const { return name_check_.conflict(); }
  /// The addresses to join by, for people.
  std::vector<JoinStatus> joins() const { return seeds_.status(); }
  /// See InboundProbes.
  bool is_unreached(Instant now) const { return inbound_probes_.are_missing(now, config_.options.probe_interval); }
  /// Members that a seed listed as alive when this process came into the pool: they were there before it.
  const std::set<std::string, std::less<>>& elders() const { return elders_; }
  /// How many packets and streams were not believed, by reason; the reasons are a fixed set.
  const std::map<std::string, std::uint64_t, std::less<>>& drops() const { return drops_; }
  /// Datagrams of the pool since the start, whether they were believed or not.
  std::uint64_t datagrams_received() const { return received_; }
  std::uint64_t datagrams_sent() const { return packets_.sent(); }
  /// How many failed members are kept to be asked again, for checkers.
  std::size_t failed_members() const { return failed_.size(); }
  Sizes sizes() const;
  void hash(StateHasher& h) const;
  /// Only who is there and how it stands with them: news that comes twice does not change it.
  void hash_members(StateHasher& h) const { swim_.hash_members(h); }

 private:
  bool leaving() const { return leave_deadline_ != kNever; }

  // What comes in.
  void take_message(Instant now, const Endpoint& from, const membership::Message& message);
  void on_received(Instant now, const Endpoint& from, const membership::Message& message,
                   membership::Received received);
  void take_user(Instant now, ByteView payload);
  void note_answer(const Endpoint& from);
  void take_leave(Instant now, const wire::gossip::LeaveIntent& intent);
  void take_result(Instant now, const StreamResult& result);
  void take_ack(const GossipStream& stream, const membership::Ack& ack);
  void merge(Instant now, const GossipStream& stream, const wire::gossip::Exchange& exchange);
  void on_joined(Instant now, const Endpoint& seed, std::size_t members);
  void meet_elders(Instant now, const wire::gossip::Exchange& exchange);
  void check_name(Instant now, const Endpoint& other);
  void join_failed(Instant now, const GossipStream& stream, std::string_view reason);
  void dropped(Instant now, const Endpoint& from, std::string_view reason);
  void count_refusals(Instant now, const Endpoint& from);

  // What goes out.
  void flush(Instant now);
  void report(Instant now, const membership::Change& change);
  void open(Instant now, StreamPurpose purpose, const Endpoint& to, std::uint32_t seq = 0);
  void ask_seeds(Instant now);
  void ask_claimants(Instant now);
  void greet(Instant now, const Endpoint& from, const membership::Ping& ping);
  void ask_itself(Instant now, const membership::Alive& account);

  GossipConfig config_;
  Observer& observer_;
  membership::Swim swim_;
  SecondAddresses addresses_;
  PacketSender packets_;
  membership::Outputs out_;
  SerfIntents intents_;
  GossipStreams streams_;
  KeyQueries key_queries_;
  SubjectNotifier notifier_;
  AddressClaims claims_;
  NameCheck name_check_;
  Seeds seeds_;
  FailedMembers failed_;
  Instant next_greeting_{};
  Instant next_question_{};
  InboundProbes inbound_probes_;
  wire::gossip::Unpacked unpacked_;
  std::map<std::string, std::uint64_t, std::less<>> drops_;
  std::uint64_t received_ = 0;
  std::set<std::string, std::less<>> elders_;
  std::vector<std::pair<std::string, Endpoint>> answered_;
  bool changed_ = false;
  bool left_ = false;
  Instant leave_deadline_ = kNever;  ///< set by leave()
};

inline Result<void> Gossip::force_leave(Instant now, const std::string& name) {
  const membership::Member* member = swim_.members().find(name);
  if (member != nullptr && !membership::is_gone(member->state)) {
    return failure(ErrorCode::Refused, "", "member \"" + name + "\" is there; stop it first, or let it leave");
  }
  if (member == nullptr && !failed_.contains(name)) {
    return failure(ErrorCode::NotFound, "", "there is no failed member \"" + name + "\"");
  }
  swim_.force_leave(now, name, out_);
  failed_.remove(name);
  intents_.force_leave(now, name);
  changed_ = true;
  flush(now);
  return {};
}

inline Sizes Gossip::sizes() const {
  Sizes sizes;
  streams_.fill(sizes);
  sizes.relays = swim_.relays().size();
  sizes.news = swim_.queue().size();
  sizes.members = swim_.members().size();
  swim_.members().for_each([&](const membership::Member& member) { sizes.suspects += member.suspicion ? 1 : 0; });
  sizes.suspects_counted = swim_.suspects();
  sizes.failed_members = failed_.size();
  sizes.claims = claims_.size();
  return sizes;
}

}  // namespace syncer::gossip
