// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/hash.h"
#include "syncer/base/random.h"
#include "syncer/gossip/failed.h"
#include "syncer/gossip/links.h"
#include "syncer/gossip/queries.h"
#include "syncer/gossip/seeds.h"
#include "syncer/gossip/types.h"
#include "syncer/membership/swim.h"
#include "syncer/ports/datagrams.h"
#include "syncer/ports/observer.h"
#include "syncer/ports/streams.h"
#include "syncer/wire/gossip/serf.h"

namespace syncer::gossip {

/// Who is there: the membership core on real octets. Owned by Node; speaks memberlist's wire format, with tags and
/// leave intents as a serf agent writes them, so that one can join the pool and watch. Neither copied nor moved.
class Gossip {
 public:
  Gossip(GossipConfig config, Datagrams& datagrams, Streams& streams, Observer& observer, Random random, Instant now,
         LinkAllocator links);
  Gossip(const Gossip&) = delete;
  Gossip& operator=(const Gossip&) = delete;

  /// Announces ourselves; before anything else.
  void start(Instant now);
  /// Addresses to join by, gossip or RPC ports: tried until each answered or is a member, and again when we are alone.
  void set_seeds(Instant now, std::vector<Endpoint> seeds);
  /// Announces other tags. TooLarge when they do not fit into 512 octets; then nothing changes.
  Result<void> set_tags(Instant now, std::map<std::string, std::string> tags);
  /// Other keys from now on. A pool that is sealed stays so, and an open one open: Refused.
  Result<void> set_keys(crypto::Keyring keys);
  const crypto::Keyring& keys() const { return config_.pool.keys; }
  /// Says good-bye. left() once that was told often enough, or nobody listened for `leave_timeout`.
  void leave(Instant now);
  bool left() const { return left_; }

  void on_datagram(Instant now, const Endpoint& from, ByteView packet);
  /// A stream is ours from its acceptance or opening until it is closed.
  bool owns(LinkId link) const { return links_.contains(link); }
  void on_stream_accepted(Instant now, LinkId link, const Endpoint& from);
  void on_stream_connected(Instant now, LinkId link);
  void on_stream_data(Instant now, LinkId link, ByteView octets);
  void on_stream_closed(Instant now, LinkId link, std::string_view reason);
  void advance(Instant now);
  Instant next_deadline() const;

  /// What happened to other members since the last call, in order.
  std::vector<MembershipChange> take_changes();
  /// Everybody known, ourselves included, and members that failed within `reconnect_timeout`; in order of names.
  std::vector<MemberInfo> members() const;
  /// Members that were said to be alive at another address than the one we hold, at that address: either they moved
  /// there, which we believe only when the former address is dead for long enough, or their name is used twice. The
  /// latest claim of each name.
  std::vector<MemberInfo> claims() const;
  /// The core, for checkers: read only.
  const membership::Swim& swim() const { return swim_; }
  /// Our own health as the failure detector sees it: 0 is well, 7 is worst.
  int health_score() const { return swim_.health(); }
  /// Not empty when we came into a pool in which a living process already has our name: what to tell the operator.
  const std::string& conflict() const { return conflict_; }
  /// How many packets and streams were not believed, by reason; the reasons are a fixed set.
  const std::map<std::string, std::uint64_t, std::less<>>& drops() const { return drops_; }
  /// How many failed members are kept to be asked again, for checkers.
  std::size_t failed_members() const { return failed_.size(); }
  void hash(StateHasher& h) const;
  /// Only who is there and how it stands with them: news that is told twice does not change it.
  void hash_members(StateHasher& h) const { swim_.hash_members(h); }

 private:
  void take_message(Instant now, const Endpoint& from, const membership::Message& message);
  void dropped(Instant now, const Endpoint& from, std::string_view reason);
  /// What the core did not believe of what it was just given.
  void count_refusals(Instant now, const Endpoint& from);
  void flush(Instant now);
  bool reads_checksums(const membership::Outputs::Packet& packet) const;
  void send_packets();
  void report(Instant now, const membership::Change& change);
  void open_link(LinkPurpose purpose, const Endpoint& to, std::uint32_t seq, Instant deadline);
  void write(LinkId id, ByteView message, wire::gossip::Opened opened);
  Bytes exchange_message(bool join) const;
  void finish_link(Instant now, LinkId id);
  void refuse_link(Instant now, LinkId id);
  void take_exchange(Instant now, LinkId id, const GossipLink& link, const wire::gossip::Exchange& exchange);
  void greet(Instant now, const Endpoint& from, const membership::Ping& ping);
  void answer_ping(Instant now, LinkId id, const GossipLink& link, const membership::Ping& ping);
  void merge(Instant now, const GossipLink& link, const wire::gossip::Exchange& exchange);
  void link_failed(Instant now, const GossipLink& link, std::string_view reason);
  void ask_seeds(Instant now);
  void let_joiner_check_first(Instant now);
  void check_name(Instant now, const Endpoint& other);
  void witness(ByteView user_octets);
  void take_user(Instant now, ByteView payload);
  void take_leave_intent(Instant now, ByteView payload);
  void stay(Instant now);
  void stay_when_due(Instant now);
  void say_intent(Instant now, bool leave);
  void answer_key_query(const wire::gossip::Query& query);
  Result<void> change_keys(wire::gossip::KeyVerb verb, ByteView key);
  void refute_to(const Endpoint& from, const membership::Message& message);
  void confront(const membership::Change& change);
  void ask_for_truth(const membership::Alive& account);
  void note_claim(const membership::Alive& account, bool own_account);
  void introduce(const MemberInfo& one, const MemberInfo& other);
  void say(const Endpoint& to, const membership::Message& message);
  void say_alive(const Endpoint& to, const membership::Member& member);
  bool alone() const;

  GossipConfig config_;
  Datagrams& datagrams_;
  Streams& streams_;
  Observer& observer_;
  LinkAllocator allocate_;
  membership::Swim swim_;
  GossipSeeds seeds_;
  Instant next_greeting_{};
  FailedMembers failed_;
  GossipLinks links_;
  GossipQueries queries_;
  Instant started_;
  membership::Outputs out_;
  wire::gossip::Unpacked unpacked_;
  std::vector<MembershipChange> changes_;
  std::uint64_t clock_ = 1;   ///< Lamport clock of serf intents
  std::uint64_t intent_ = 0;  ///< Lamport time of our newest intent; 0 when we wrote none
  Instant stay_due_ = kNever;
  Instant next_stay_{};
  std::map<std::string, std::uint64_t, std::less<>> drops_;
  Instant next_name_check_{};
  /// By name, of members only; true when the claim came from the address that it names.
  std::map<std::string, std::pair<MemberInfo, bool>, std::less<>> claims_;
  std::string conflict_;
  bool leaving_ = false;
  bool left_ = false;
  Instant leave_deadline_ = kNever;
};

}  // namespace syncer::gossip
