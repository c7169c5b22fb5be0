// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "syncer/gossip/gossip.h"
#include "tests/support/world.h"

namespace syncer::gossip {

/// A few Gossip objects in a world whose network takes 5 ms one way.
class TestNetwork : public test::World {
 public:
  class Host;
  TestNetwork();

  /// A host that runs at once; every host listens on its gossip and on its RPC address.
  Host& add(const std::string& name, std::uint8_t number);
  /// A node whose name is taken is known here by its name and address.
  Host& add(GossipConfig config);
  /// It listens at `real`, and tells others the address of its configuration.
  Host& add(GossipConfig config, const Endpoint& real);
  Host& host(const std::string& name);
  /// The process is gone and nobody hears of it.
  void kill(const std::string& name) { vanish(name); }

  static Endpoint gossip_address(std::uint8_t number) { return Endpoint::v4(10, 0, 0, number, 30190); }
  static Endpoint rpc_address(std::uint8_t number) { return Endpoint::v4(10, 0, 0, number, 30191); }
};

/// One process: a Gossip, and what it sent and reported.
class TestNetwork::Host : public test::Process {
 public:
  Host(TestNetwork& network, const std::string& name, GossipConfig config, const Endpoint& real);

  Gossip& gossip() { return gossip_; }
  const std::string& name() const { return host(); }
  /// State of a member as this host sees it; "unknown" when it does not.
  std::string sees(const std::string& member) const;
  MemberInfo info(const std::string& member) const;
  std::size_t alive_members() const;
  /// Kinds of changes about a member, in order, as in "joined died".
  std::string history(const std::string& member) const;
  std::size_t events(EventKind kind) const { return static_cast<std::size_t>(log().count(kind)); }
  const std::vector<std::string>& drops() const { return drops_; }
  /// Bytes that this host was sent to answer a raw stream with.
  Bytes stream_answer(LinkId link) const;
  bool stream_closed(LinkId link) const { return closed_.count(link) == 1; }
  LinkId last_dialled() const { return last_link(); }
  std::size_t packets_sent() const { return packets_sent_; }
  /// From now on, debug events are not wanted.
  void be_quiet() { quiet_ = true; }
  /// From now on, what is sent can be looked at, with its address.
  void keep_packets() { kept_.emplace(); }
  const std::vector<std::pair<Endpoint, Bytes>>& kept_packets() const { return *kept_; }

 private:
  void send(const Endpoint& to, ByteView packet) override;
  void send(LinkId link, ByteView bytes) override;
  void close(LinkId link) override;
  bool wants(Severity severity) const override { return !quiet_ || severity != Severity::Debug; }
  void on_event(const Event& event) override;
  void on_datagram(Instant now, const Endpoint& from, ByteView packet) override;
  void on_stream_accepted(Instant now, LinkId link, const Endpoint& from) override;
  void on_stream_connected(Instant now, LinkId link) override;
  void on_stream_data(Instant now, LinkId link, ByteView bytes) override;
  void on_stream_closed(Instant now, LinkId link, std::string_view reason) override;
  void advance(Instant now) override { gossip_.advance(now); }
  Instant next_deadline() const override { return gossip_.next_deadline(); }

  std::map<LinkId, Bytes> raw_answers_;
  std::set<LinkId> closed_;
  std::vector<std::string> drops_;
  std::map<std::string, std::string> histories_;
  std::size_t packets_sent_ = 0;
  bool quiet_ = false;
  std::optional<std::vector<std::pair<Endpoint, Bytes>>> kept_;
  Gossip gossip_;  ///< last: it may report while it is made
};

}  // namespace syncer::gossip
