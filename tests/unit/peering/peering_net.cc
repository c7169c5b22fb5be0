// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/peering/peering_net.h"

namespace syncer::peering {

struct PeeringNet::Host : Streams, Observer {
  Host(PeeringNet& n, int number) : net(n), id(number) {}

  void connect(LinkId link, const Endpoint& to) override { net.connect(id, link, to); }
  void send(LinkId link, ByteView bytes) override { net.send(id, link, bytes); }
  std::size_t backlog(LinkId) const override { return 0; }
  void close(LinkId link) override { net.close(id, link); }
  bool wants(Severity) const override { return true; }
  void on_event(const Event& event) override {
    auto& [count, reason] = net.events_[id][event.kind];
    ++count;
    reason = event.text("reason");
  }

  PeeringNet& net;
  int id;
  std::string region;
  std::string node;
  std::uint64_t last_link = 1;
  std::unique_ptr<Peering> peering;
};

PeeringNet::PeeringNet() = default;
PeeringNet::~PeeringNet() = default;

Peering& PeeringNet::start(int host, const std::string& region, const std::string& node, bool single) {
  auto& slot = hosts_[host];
  slot = std::make_unique<Host>(*this, host);
  slot->region = region;
  slot->node = node;
  Host* raw = slot.get();
  raw->last_link += 1000 * ++starts_;
  raw->peering = std::make_unique<Peering>(PeeringConfig{region, node, single, SyncSettings{}}, *raw, *raw,
                                           Random(starts_), now_, [raw] { return LinkId{raw->last_link += 2}; });
  return *raw->peering;
}

void PeeringNet::kill(int host) {
  hosts_.erase(host);
  for (auto it = ends_.begin(); it != ends_.end();) {
    if (it->first.first == host) {
      post({Parcel::Kind::Close, host, it->second.first, it->second.second, "reset"});
      it = ends_.erase(it);
    } else {
      ++it;
    }
  }
}

Peering& PeeringNet::peering(int host) { return *hosts_.at(host)->peering; }

void PeeringNet::gossip() {
  std::vector<RemoteRegion> regions;
  for (const auto& [id, host] : hosts_) regions.push_back({host->region, host->node, address(id)});
  for (const auto& [id, host] : hosts_) host->peering->set_regions(now_, regions);
}

void PeeringNet::break_links(int a, int b) {
  for (const auto& [end, other] : std::map(ends_)) {
    const bool between = (end.first == a && other.first == b) || (end.first == b && other.first == a);
    if (!between) continue;
    ends_.erase(end);
    hosts_.at(end.first)->peering->on_stream_closed(now_, end.second, "broken");
  }
}

void PeeringNet::connect(int from, LinkId link, const Endpoint& to) {
  post({Parcel::Kind::Open, from, to.octets().back(), link, {}});
}

void PeeringNet::send(int from, LinkId link, ByteView bytes) {
  sent_[from] += bytes.size();
  const auto end = ends_.find({from, link});
  if (end == ends_.end()) return;
  const auto& [to, there] = end->second;
  Bytes copy(bytes);
  if (damaged_.count({from, to}) != 0) copy.back() = static_cast<char>(copy.back() ^ 1);
  post({Parcel::Kind::Data, from, to, there, std::move(copy)});
}

void PeeringNet::close(int from, LinkId link) {
  const auto end = ends_.find({from, link});
  if (end == ends_.end()) return;
  post({Parcel::Kind::Close, from, end->second.first, end->second.second, "closed by the other side"});
  ends_.erase(end);
}

void PeeringNet::deliver(const Parcel& parcel) {
  if (cut_.count({parcel.from, parcel.to}) != 0) return;
  const auto host = hosts_.find(parcel.to);
  switch (parcel.kind) {
    case Parcel::Kind::Open: {
      const auto dialer = hosts_.find(parcel.from);
      if (dialer == hosts_.end()) return;
      if (host == hosts_.end()) return dialer->second->peering->on_stream_closed(now_, parcel.link, "refused");
      const LinkId there{next_accepted_ += 2};
      ends_[{parcel.from, parcel.link}] = {parcel.to, there};
      ends_[{parcel.to, there}] = {parcel.from, parcel.link};
      host->second->peering->on_stream_accepted(now_, there, address(parcel.from));
      return post({Parcel::Kind::Opened, parcel.to, parcel.from, parcel.link, {}});
    }
    case Parcel::Kind::Opened:
      if (host != hosts_.end()) host->second->peering->on_stream_connected(now_, parcel.link);
      return;
    case Parcel::Kind::Data:
      if (host != hosts_.end()) host->second->peering->on_stream_data(now_, parcel.link, parcel.bytes);
      return;
    case Parcel::Kind::Close:
      ends_.erase({parcel.to, parcel.link});
      if (host != hosts_.end()) host->second->peering->on_stream_closed(now_, parcel.link, parcel.bytes);
  }
}

void PeeringNet::run(Duration time) {
  const Instant end = now_ + time;
  while (true) {
    Instant next = queue_.empty() ? kNever : queue_.begin()->first;
    for (const auto& [id, host] : hosts_) next = std::min(next, host->peering->next_deadline());
    if (next > end) break;
    now_ = std::max(now_, next);
    if (!queue_.empty() && queue_.begin()->first <= now_) {
      const Parcel parcel = std::move(queue_.begin()->second);
      queue_.erase(queue_.begin());
      deliver(parcel);
      continue;
    }
    for (const auto& [id, host] : hosts_) {
      if (host->peering->next_deadline() <= now_) host->peering->advance(now_);
    }
  }
  now_ = end;
}

int PeeringNet::count(int host, EventKind kind) const {
  const auto of_host = events_.find(host);
  if (of_host == events_.end()) return 0;
  const auto it = of_host->second.find(kind);
  return it == of_host->second.end() ? 0 : it->second.first;
}

std::string PeeringNet::reason(int host, EventKind kind) const {
  return count(host, kind) == 0 ? std::string() : events_.at(host).at(kind).second;
}

std::size_t PeeringNet::sent(int host) const {
  const auto it = sent_.find(host);
  return it == sent_.end() ? 0 : it->second;
}

LinkId PeeringNet::intrude(int host, ByteView bytes) {
  const LinkId link{next_accepted_ += 2};
  Peering& there = peering(host);
  there.on_stream_accepted(now_, link, address(99));
  there.on_stream_data(now_, link, bytes);
  return link;
}

}  // namespace syncer::peering
