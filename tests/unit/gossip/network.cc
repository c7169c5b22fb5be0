// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/gossip/network.h"

#include <algorithm>

namespace syncer::gossip {

namespace {

constexpr Duration kOneWay = std::chrono::milliseconds(5);

/// Whether a stream is accepted or refused is known to both ends at once, after one way and back.
constexpr test::Delays delays() {
  test::Delays delays = test::Delays::of(kOneWay);
  delays.accept = delays.connected;
  return delays;
}

}  // namespace

TestNetwork::TestNetwork() : World(instant(1'000'000'000'000), delays()) {}

TestNetwork::Host& TestNetwork::add(const std::string& name, std::uint8_t number) {
  GossipConfig config;
  config.node = name;
  config.address = gossip_address(number);
  config.tags = {{"region", name}};
  return add(std::move(config));
}

TestNetwork::Host& TestNetwork::add(GossipConfig config) {
  const Endpoint real = config.address;
  return add(std::move(config), real);
}

TestNetwork::Host& TestNetwork::add(GossipConfig config, const Endpoint& real) {
  const std::string name = runs(config.node) ? config.node + "@" + to_string(config.address) : config.node;
  start(std::make_unique<Host>(*this, name, std::move(config), real));
  host(name).gossip().start(now());
  return host(name);
}

TestNetwork::Host& TestNetwork::host(const std::string& name) { return static_cast<Host&>(process(name)); }

TestNetwork::Host::Host(TestNetwork& network, const std::string& name, GossipConfig config, const Endpoint& real)
    : Process(network, name, real),
      gossip_(std::move(config), *this, *this, *this, Random(life()), network.now(), [this] { return next_link(); }) {}

void TestNetwork::Host::send(const Endpoint& to, ByteView packet) {
  ++packets_sent_;
  if (kept_) kept_->emplace_back(to, packet);
  Process::send(to, packet);
}

void TestNetwork::Host::send(LinkId link, ByteView bytes) {
  raw_answers_[link] += bytes;
  Process::send(link, bytes);
}

void TestNetwork::Host::close(LinkId link) {
  closed_.insert(link);
  Process::close(link);
}

void TestNetwork::Host::on_datagram(Instant now, const Endpoint& from, ByteView packet) {
  gossip_.on_datagram(now, from, packet);
}

void TestNetwork::Host::on_stream_accepted(Instant now, LinkId link, const Endpoint& from) {
  gossip_.on_stream_accepted(now, link, from);
}

void TestNetwork::Host::on_stream_connected(Instant now, LinkId link) { gossip_.on_stream_connected(now, link); }

void TestNetwork::Host::on_stream_data(Instant now, LinkId link, ByteView bytes) {
  gossip_.on_stream_data(now, link, bytes);
}

void TestNetwork::Host::on_stream_closed(Instant now, LinkId link, std::string_view reason) {
  gossip_.on_stream_closed(now, link, reason);
}

void TestNetwork::Host::on_event(const Event& event) {
  Process::on_event(event);
  if (event.kind == EventKind::PacketDropped) drops_.emplace_back(event.text("reason"));
  static const std::map<EventKind, std::string> kChanges = {
      {EventKind::MemberJoined, "joined"},       {EventKind::MemberUpdated, "updated"},
      {EventKind::MemberSuspected, "suspected"}, {EventKind::MemberRefuted, "refuted"},
      {EventKind::MemberDied, "died"},           {EventKind::MemberLeft, "left"},
      {EventKind::MemberConflict, "conflict"}};
  const auto change = kChanges.find(event.kind);
  if (change == kChanges.end()) return;
  std::string& history = histories_[std::string(event.text("member"))];
  history += (history.empty() ? "" : " ") + change->second;
}

MemberInfo TestNetwork::Host::info(const std::string& member) const {
  for (MemberInfo& m : gossip_.members()) {
    if (m.name == member) return m;
  }
  return {};
}

std::string TestNetwork::Host::sees(const std::string& member) const {
  const MemberInfo m = info(member);
  return m.name.empty() ? "unknown" : std::string(membership::name(m.state));
}

std::size_t TestNetwork::Host::alive_members() const {
  const auto all = gossip_.members();
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [](const MemberInfo& m) { return m.state == membership::State::Alive; }));
}

std::string TestNetwork::Host::history(const std::string& member) const {
  const auto found = histories_.find(member);
  return found == histories_.end() ? "" : found->second;
}

Bytes TestNetwork::Host::stream_answer(LinkId link) const {
  const auto it = raw_answers_.find(link);
  return it == raw_answers_.end() ? Bytes{} : it->second;
}

}  // namespace syncer::gossip
