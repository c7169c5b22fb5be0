// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "syncer/gossip/gossip.h"

namespace syncer::gossip {

/// What happens to each packet; streams always arrive.
struct PacketFaults {
  Ratio loss{};
  Ratio duplicates{};
  Duration jitter{};  ///< at most so much on top of the usual delay, drawn for each packet
};

/// A few Gossip objects joined by a network in virtual time: 5 ms one way, packets may be cut off per pair.
class TestNetwork {
 public:
  class Host;

  /// A host that runs at once; every host listens on its gossip and on its RPC address.
  Host& add(const std::string& name, std::uint8_t number);
  Host& add(GossipConfig config);
  Host& host(const std::string& name) { return *hosts_.at(name); }
  /// The process is gone without a word.
  void kill(const std::string& name);
  /// Neither packets nor streams pass between the two.
  void cut(const std::string& a, const std::string& b) { cuts_.insert({a, b}); }
  void heal() { cuts_.clear(); }
  void set_faults(const PacketFaults& faults) { faults_ = faults; }

  void run_for(Duration d);
  /// True as soon as the condition holds; false after `limit`.
  bool run_until(const std::function<bool()>& condition, Duration limit);
  Instant now() const { return now_; }

  static Endpoint gossip_address(std::uint8_t number) { return Endpoint::v4(10, 0, 0, number, 30190); }
  static Endpoint rpc_address(std::uint8_t number) { return Endpoint::v4(10, 0, 0, number, 30191); }

 private:
  friend class Host;
  struct End {
    std::string host;
    LinkId id;
  };
  void at(Duration delay, std::function<void()> action);
  void carry(const std::string& from, const Endpoint& source, const Endpoint& to, ByteView packet);
  void step();
  Host* listening(const Endpoint& address);
  bool passes(const std::string& a, const std::string& b) const;

  Instant now_ = instant(1'000'000'000'000);
  std::uint64_t next_event_ = 0;
  std::map<std::pair<Instant, std::uint64_t>, std::function<void()>> events_;
  std::map<std::string, std::unique_ptr<Host>> hosts_;
  std::map<std::pair<std::string, LinkId>, End> peers_;  ///< the other end of each connected stream
  std::set<std::pair<std::string, std::string>> cuts_;
  PacketFaults faults_;
  Random random_{0};  ///< of the faults alone
  std::uint64_t next_accepted_ = 0;
  std::uint64_t lives_ = 0;
};

/// One process: the ports of a Gossip, and what it reported.
class TestNetwork::Host : public Datagrams, public Streams, public Observer {
 public:
  Host(TestNetwork& network, GossipConfig config, std::uint64_t life);

  Gossip& gossip() { return *gossip_; }
  const std::string& name() const { return name_; }
  const Endpoint& address() const { return address_; }
  std::uint64_t life() const { return life_; }
  /// State of a member as this host sees it; "unknown" when it does not.
  std::string sees(const std::string& member) const;
  MemberInfo info(const std::string& member) const;
  std::size_t alive_members() const;
  /// Kinds of changes about a member, in order, as in "joined died".
  std::string history(const std::string& member) const;
  std::size_t events(EventKind kind) const;
  const std::vector<std::string>& drops() const { return drops_; }
  /// Bytes that this host was sent to answer a raw stream with.
  Bytes stream_answer(LinkId link) const;
  bool stream_closed(LinkId link) const { return closed_.count(link) == 1; }
  LinkId last_dialled() const { return LinkId{last_link_}; }
  std::size_t packets_sent() const { return packets_sent_; }
  /// From now on, debug events are not wanted.
  void be_quiet() { quiet_ = true; }
  /// From now on, what is sent can be looked at, with its address.
  void keep_packets() { kept_.emplace(); }
  const std::vector<std::pair<Endpoint, Bytes>>& kept_packets() const { return *kept_; }

 private:
  friend class TestNetwork;
  void send(const Endpoint& to, ByteView packet) override;
  void connect(LinkId link, const Endpoint& to) override;
  void send(LinkId link, ByteView bytes) override;
  std::size_t backlog(LinkId) const override { return 0; }
  void close(LinkId link) override;
  bool wants(Severity severity) const override { return !quiet_ || severity != Severity::Debug; }
  void on_event(const Event& event) override;

  TestNetwork& network_;
  std::string name_;
  Endpoint address_;
  std::uint64_t life_;
  std::uint64_t last_link_;  ///< dialled links are odd, and no two lives share one
  std::unique_ptr<Gossip> gossip_;
  std::map<LinkId, std::vector<Bytes>> unsent_;
  std::map<LinkId, Bytes> raw_answers_;
  std::set<LinkId> closed_;
  std::map<EventKind, std::size_t> events_;
  std::vector<std::string> drops_;
  std::map<std::string, std::string> histories_;
  std::size_t packets_sent_ = 0;
  bool quiet_ = false;
  std::optional<std::vector<std::pair<Endpoint, Bytes>>> kept_;
};

}  // namespace syncer::gossip
