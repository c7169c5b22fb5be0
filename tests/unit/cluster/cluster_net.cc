// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/cluster/cluster_net.h"

#include <algorithm>

namespace syncer::cluster {

using namespace std::chrono_literals;

/// One process with its ports.
struct ClusterNet::Host : Streams, Storage, Observer {
  Host(ClusterNet& n, std::string self, std::uint64_t number)
      : net(n),
        name(std::move(self)),
        run(number),
        cluster(
            {"east", name, n.address_of(name), n.settings(), n.keys_of(name), [this] { return next_nonce(); },
             [this](const crypto::Keyring&) { return keep_keys(); }},
            *this, *this, *this, Random(number), [this] { return LinkId{last_link += 2}; },
            [this] { return CallId{++last_call}; }) {}

  crypto::Nonce next_nonce() {
    crypto::Nonce nonce{};
    nonce[0] = static_cast<std::uint8_t>(run);
    nonce[1] = static_cast<std::uint8_t>(nonces & 0xFFU);
    nonce[2] = static_cast<std::uint8_t>(nonces++ >> 8U);
    return nonce;
  }

  Result<void> keep_keys() const {
    if (net.refuses_keys_[name]) return failure(ErrorCode::Io, "keyring", "read-only");
    return {};
  }

  /// Runs `action` on a process later, if that very process still lives.
  void later(Duration delay, const std::string& who, std::uint64_t which, std::function<void(Host&)> action) {
    net.at(delay, [&n = net, who, which, action] {
      const auto found = n.hosts_.find(who);
      if (found != n.hosts_.end() && found->second->run == which) action(*found->second);
    });
  }

  void connect(LinkId link, const Endpoint& to) override {
    Host* other = net.find(to);
    if (other == nullptr || !net.passes(name, other->name)) {
      return later(50ms, name, run, [link](Host& h) { h.cluster.on_stream_closed(h.net.now_, link); });
    }
    const LinkId there{net.accepted_ += 2};
    ends[link] = {other->name, other->run, there};
    other->ends[there] = {name, run, link};
    later(1ms, other->name, other->run, [there](Host& h) { h.cluster.on_stream_accepted(h.net.now_, there); });
    later(2ms, name, run, [link](Host& h) { h.cluster.on_stream_connected(h.net.now_, link); });
  }

  void send(LinkId link, ByteView bytes) override {
    const auto found = ends.find(link);
    if (found == ends.end()) return;
    const End& end = found->second;
    if (!net.passes(name, end.name)) return;
    later(2ms, end.name, end.run,
          [link = end.link, text = Bytes(bytes)](Host& h) { h.cluster.on_stream_data(h.net.now_, link, text); });
  }

  std::size_t backlog(LinkId) const override { return 0; }

  void close(LinkId link) override {
    const auto found = ends.find(link);
    if (found == ends.end()) return;
    const End end = found->second;
    ends.erase(found);
    later(2ms, end.name, end.run, [there = end.link](Host& h) {
      h.ends.erase(there);
      h.cluster.on_stream_closed(h.net.now_, there);
    });
  }

  Result<std::optional<Bytes>> read(std::string_view key) override {
    const auto& disk = net.disks_[name];
    const auto found = disk.find(std::string(key));
    return found == disk.end() ? std::optional<Bytes>() : std::optional(found->second);
  }
  void write(CallId id, std::string_view key, Bytes value) override { store(id, std::string(key), value, false); }
  void append(CallId id, std::string_view key, Bytes bytes) override { store(id, std::string(key), bytes, true); }
  void store(CallId id, const std::string& key, const Bytes& bytes, bool append) {
    later(disk_delay, name, run, [id, key, bytes, append](Host& h) {
      Bytes& value = h.net.disks_[h.name][key];
      value = append ? value + bytes : bytes;
      h.cluster.on_stored(h.net.now_, id, {});
    });
  }

  bool wants(Severity severity) const override { return severity >= Severity::Warning; }
  void on_event(const Event& event) override {
    if (event.kind == EventKind::FrameDropped) net.dropped_[name] = event.text("reason");
  }

  struct End {
    std::string name;
    std::uint64_t run;
    LinkId link;
  };
  ClusterNet& net;
  std::string name;
  std::uint64_t run;
  std::uint64_t last_link = 1;
  std::uint64_t last_call = 0;
  std::uint64_t nonces = 0;
  Duration disk_delay = 1ms;
  std::map<LinkId, End> ends;
  Cluster cluster;
};

crypto::Keyring ClusterNet::keys_of(const std::string& name) const {
  const auto found = keys_.find(name);
  return found == keys_.end() ? crypto::Keyring() : found->second;
}

ClusterNet::ClusterNet(std::size_t voters) : voters_(voters) {}

ClusterSettings ClusterNet::settings() const {
  ClusterSettings settings;
  settings.voters = voters_;
  return settings;
}

ClusterNet::~ClusterNet() = default;

Result<void> ClusterNet::start(const std::string& name) {
  auto host = std::make_unique<Host>(*this, name, ++starts_);
  if (auto loaded = host->cluster.load(); !loaded) return loaded;
  hosts_[name] = std::move(host);
  hosts_[name]->cluster.start(now_);
  return {};
}

void ClusterNet::kill(const std::string& name, bool wipe) {
  std::vector<LinkId> links;
  for (const auto& [link, end] : hosts_.at(name)->ends) links.push_back(link);
  for (const LinkId link : links) hosts_.at(name)->close(link);
  hosts_.erase(name);
  if (wipe) disks_.erase(name);
}

void ClusterNet::gossip() {
  for (auto& [name, host] : hosts_) {
    std::vector<Cluster::Member> others;
    for (const auto& [other, unused] : hosts_) {
      if (other != name) others.push_back({other, address_of(other)});
    }
    host->cluster.set_members(now_, others);
  }
}

void ClusterNet::gossip_claims() {
  for (auto& [name, host] : hosts_) {
    std::vector<Cluster::Member> claims;
    for (const auto& [other, unused] : hosts_) {
      if (other != name) claims.push_back({other, address_of(other)});
    }
    host->cluster.set_members(now_, {}, claims);
  }
}

Endpoint ClusterNet::address_of(const std::string& name) const {
  const auto moves = moves_.find(name);
  const std::uint8_t network = moves == moves_.end() ? 0 : moves->second;
  return Endpoint::v4(10, network, 0, static_cast<std::uint8_t>(name.front()), 30192);
}

void ClusterNet::cut(const std::string& a, const std::string& b) { cut_.insert({{a, b}, {b, a}}); }

void ClusterNet::slow_disk(const std::string& name, Duration delay) { hosts_.at(name)->disk_delay = delay; }

ClusterNet::Host* ClusterNet::find(const Endpoint& address) {
  for (auto& [name, host] : hosts_) {
    if (address_of(name) == address) return host.get();
  }
  return nullptr;
}

void ClusterNet::run(Duration time) {
  for (const Instant end = now_ + time; now_ < end;) {
    Instant next = end;
    if (!queue_.empty()) next = std::min(next, queue_.begin()->first);
    for (const auto& [name, host] : hosts_) next = std::min(next, host->cluster.next_deadline());
    step(std::max(now_, next));
  }
}

void ClusterNet::step(Instant when) {
  now_ = when;
  while (!queue_.empty() && queue_.begin()->first <= now_) {
    const auto action = std::move(queue_.begin()->second);
    queue_.erase(queue_.begin());
    action();
    watch_writers();
  }
  for (auto& [name, host] : hosts_) {
    if (host->cluster.next_deadline() <= now_) host->cluster.advance(now_);
  }
  watch_writers();
}

void ClusterNet::watch_writers() {
  std::size_t writers = 0;
  for (const auto& [name, host] : hosts_) {
    if (!host->cluster.may_write(now_)) continue;
    ++writers;
    const Epoch epoch = *host->cluster.writer_epoch();
    went_back_ = went_back_ || epoch < latest_.first || (epoch.term == latest_.first.term && name != latest_.second);
    latest_ = {epoch, name};
  }
  most_writers_ = std::max(most_writers_, writers);
}

void ClusterNet::found(const std::vector<std::string>& names) {
  for (const std::string& name : names) static_cast<void>(start(name));
  gossip();
  run(5s);
}

Cluster& ClusterNet::cluster(const std::string& name) { return hosts_.at(name)->cluster; }

std::string ClusterNet::writer() {
  for (auto& [name, host] : hosts_) {
    if (host->cluster.may_write(now_)) return name;
  }
  return "";
}

}  // namespace syncer::cluster
