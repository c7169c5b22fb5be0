// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/gossip/network.h"

#include <algorithm>

namespace syncer::gossip {

namespace {
constexpr Duration kOneWay = std::chrono::milliseconds(5);
}

TestNetwork::Host& TestNetwork::add(const std::string& name, std::uint8_t number) {
  GossipConfig config;
  config.node = name;
  config.address = gossip_address(number);
  config.tags = {{"region", name}};
  return add(std::move(config));
}

TestNetwork::Host& TestNetwork::add(GossipConfig config) {
  const std::string name = config.node + "@" + to_string(config.address);
  const std::string key = hosts_.count(config.node) == 0 ? config.node : name;
  auto& slot = hosts_[key];
  slot = std::make_unique<Host>(*this, std::move(config), ++lives_);
  slot->name_ = key;
  slot->gossip().start(now_);
  return *slot;
}

void TestNetwork::kill(const std::string& name) { hosts_.erase(name); }

void TestNetwork::at(Duration delay, std::function<void()> action) {
  events_.emplace(std::pair(now_ + delay, ++next_event_), std::move(action));
}

void TestNetwork::carry(const std::string& from, const Endpoint& source, const Endpoint& to, ByteView packet) {
  const Duration delay = kOneWay + random_.between(Duration(0), faults_.jitter);
  at(delay, [this, from, source, to, bytes = Bytes(packet)] {
    Host* host = listening(to);
    if (host == nullptr || host->address_ != to || !passes(from, host->name_)) return;
    host->gossip().on_datagram(now_, source, bytes);
  });
}

TestNetwork::Host* TestNetwork::listening(const Endpoint& address) {
  for (auto& [name, host] : hosts_) {
    if (host->address_.address == address.address) return host.get();
  }
  return nullptr;
}

bool TestNetwork::passes(const std::string& a, const std::string& b) const {
  return cuts_.count({a, b}) == 0 && cuts_.count({b, a}) == 0;
}

void TestNetwork::step() {
  Instant next = events_.empty() ? kNever : events_.begin()->first.first;
  for (auto& [name, host] : hosts_) next = std::min(next, std::max(now_, host->gossip().next_deadline()));
  now_ = std::max(now_, next);
  while (!events_.empty() && events_.begin()->first.first <= now_) {
    auto action = std::move(events_.begin()->second);
    events_.erase(events_.begin());
    action();
  }
  for (auto& [name, host] : hosts_) {
    if (host->gossip().next_deadline() <= now_) host->gossip().advance(now_);
  }
}

void TestNetwork::run_for(Duration d) {
  const Instant end = now_ + d;
  run_until([&] { return now_ >= end; }, d);
}

bool TestNetwork::run_until(const std::function<bool()>& condition, Duration limit) {
  const Instant end = now_ + limit;
  at(limit, [] {});
  while (!condition()) {
    if (now_ >= end) return false;
    step();
  }
  return true;
}

TestNetwork::Host::Host(TestNetwork& network, GossipConfig config, std::uint64_t life)
    : network_(network), name_(config.node), address_(config.address), life_(life), last_link_((life << 32U) + 1) {
  const Instant now = network.now_;
  gossip_ = std::make_unique<Gossip>(std::move(config), *this, *this, *this, Random(life), now,
                                     [this] { return LinkId{last_link_ += 2}; });
}

void TestNetwork::Host::send(const Endpoint& to, ByteView packet) {
  ++packets_sent_;
  if (kept_) kept_->emplace_back(to, packet);
  if (network_.random_.hits(network_.faults_.loss)) return;
  network_.carry(name_, address_, to, packet);
  if (network_.random_.hits(network_.faults_.duplicates)) network_.carry(name_, address_, to, packet);
}

void TestNetwork::Host::connect(LinkId link, const Endpoint& to) {
  network_.at(2 * kOneWay, [&net = network_, me = name_, life = life_, link, to] {
    const auto mine = net.hosts_.find(me);
    if (mine == net.hosts_.end() || mine->second->life_ != life || !mine->second->gossip().owns(link)) return;
    Host* host = net.listening(to);
    if (host == nullptr || !net.passes(me, host->name_)) {
      mine->second->gossip().on_stream_closed(net.now_, link, "connection refused");
      return;
    }
    const LinkId theirs{net.next_accepted_ += 2};
    net.peers_[{me, link}] = {host->name_, theirs};
    net.peers_[{host->name_, theirs}] = {me, link};
    host->gossip().on_stream_accepted(net.now_, theirs, mine->second->address_);
    mine->second->gossip().on_stream_connected(net.now_, link);
    for (const Bytes& bytes : std::exchange(mine->second->unsent_[link], {})) mine->second->send(link, bytes);
  });
}

void TestNetwork::Host::send(LinkId link, ByteView bytes) {
  raw_answers_[link] += bytes;
  const auto peer = network_.peers_.find({name_, link});
  if (peer == network_.peers_.end()) {
    unsent_[link].emplace_back(bytes);
    return;
  }
  network_.at(kOneWay, [&net = network_, me = name_, end = peer->second, data = Bytes(bytes)] {
    const auto host = net.hosts_.find(end.host);
    if (host != net.hosts_.end() && net.passes(me, end.host))
      host->second->gossip().on_stream_data(net.now_, end.id, data);
  });
}

void TestNetwork::Host::close(LinkId link) {
  closed_.insert(link);
  const auto peer = network_.peers_.find({name_, link});
  if (peer == network_.peers_.end()) return;
  network_.at(kOneWay, [&net = network_, end = peer->second] {
    const auto host = net.hosts_.find(end.host);
    if (host != net.hosts_.end()) host->second->gossip().on_stream_closed(net.now_, end.id, "closed by the peer");
  });
}

void TestNetwork::Host::on_event(const Event& event) {
  ++events_[event.kind];
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
  for (MemberInfo& m : gossip_->members()) {
    if (m.name == member) return m;
  }
  return {};
}

std::string TestNetwork::Host::sees(const std::string& member) const {
  const MemberInfo m = info(member);
  return m.name.empty() ? "unknown" : std::string(membership::name(m.state));
}

std::size_t TestNetwork::Host::alive_members() const {
  const auto all = gossip_->members();
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [](const MemberInfo& m) { return m.state == membership::State::Alive; }));
}

std::string TestNetwork::Host::history(const std::string& member) const {
  const auto found = histories_.find(member);
  return found == histories_.end() ? "" : found->second;
}

std::size_t TestNetwork::Host::events(EventKind kind) const {
  const auto it = events_.find(kind);
  return it == events_.end() ? 0 : it->second;
}

Bytes TestNetwork::Host::stream_answer(LinkId link) const {
  const auto it = raw_answers_.find(link);
  return it == raw_answers_.end() ? Bytes{} : it->second;
}

}  // namespace syncer::gossip
