// SPDX-License-Identifier: Apache-2.0
#include "sim/host/network/network.h"

#include <algorithm>
#include <utility>

#include "syncer/base/hash.h"

namespace sim::host {

using syncer::Endpoint;

void Directory::bind(const Endpoint& address, Socket socket) {
  if (2 * size_ >= entries_.size()) grow();
  Entry& entry = entries_[slot(address)];
  if (!entry.used) ++size_;
  entry = {address, socket, true};
}

const Socket* Directory::find(const Endpoint& address) const {
  const Entry& entry = entries_[slot(address)];
  return entry.used && entry.socket ? &*entry.socket : nullptr;
}

void Directory::unbind(const Endpoint& address, fault::NodeIndex node) {
  Entry& entry = entries_[slot(address)];
  if (entry.used && entry.socket && entry.socket->node == node) entry.socket.reset();
}

/// Where the address is, or where it would go.
std::size_t Directory::slot(const Endpoint& address) const {
  const syncer::ByteView bytes(reinterpret_cast<const char*>(address.address.data()), address.address.size());
  std::size_t i = static_cast<std::size_t>(syncer::hash64(bytes, address.port)) % entries_.size();
  while (entries_[i].used && entries_[i].address != address) i = (i + 1) % entries_.size();
  return i;
}

void Directory::grow() {
  std::vector<Entry> old = std::exchange(entries_, std::vector<Entry>(entries_.size() * 2));
  for (const Entry& entry : old) {
    if (entry.used) entries_[slot(entry.address)] = entry;
  }
}

using fault::LinkModel;
using fault::LinkSpec;
using fault::Sites;

namespace {

bool has(const Sites& sites, Site site) { return std::find(sites.begin(), sites.end(), site) != sites.end(); }

bool matches(const fault::LinkRule& rule, Site from, Site to) {
  return (has(rule.from, from) && has(rule.to, to)) || (rule.both && has(rule.from, to) && has(rule.to, from));
}

LinkModel plain_link() {
  static const auto kLatency = [] {
    fault::LatencySpec spec;
    spec.mean = std::chrono::microseconds(500);
    return std::make_shared<const fault::LatencyTable>(spec);
  }();
  LinkModel model;
  model.latency = kLatency;
  return model;
}

template <class T>
void set(T& field, const std::optional<T>& value) {
  if (value) field = *value;
}

/// Everything but the latency.
void overlay(LinkModel& model, const LinkSpec& spec) {
  set(model.loss, spec.loss);
  set(model.burst, spec.burst);
  set(model.duplicate, spec.duplicate);
  set(model.reorder, spec.reorder);
  set(model.corrupt, spec.corrupt);
  set(model.bandwidth, spec.bandwidth);
  set(model.queue, spec.queue);
  set(model.mtu, spec.mtu);
  set(model.connect, spec.connect);
  set(model.extra, spec.extra);
}

/// Names a direction by numbers that do not depend on what else is in the world.
std::uint64_t entity(Site from, Site to) {
  const auto part = [](Site s) { return (std::uint64_t{s.index} << 1U) | (s.kind == Site::Kind::Registry ? 1U : 0U); };
  return (part(from) << 32U) | part(to);
}

}  // namespace

void Network::add_site(Site site) {
  std::vector<std::uint32_t>& row = site.kind == Site::Kind::Node ? node_index_ : registry_index_;
  SYNCER_ASSERT(site.index == row.size());
  row.push_back(static_cast<std::uint32_t>(sites_.size()));
  sites_.push_back(site);
  up_.push_back(true);
  ways_.emplace_back();
  for (auto& way_row : ways_) way_row.resize(sites_.size());
}

void Network::join(fault::NodeIndex a, fault::NodeIndex b) {
  other_sides_[a] = b;
  other_sides_[b] = a;
  ++rules_version_;
}

bool Network::is_inside(Site from, Site to) const {
  if (from.kind != Site::Kind::Node || to.kind != Site::Kind::Node) return false;
  const auto other = other_sides_.find(from.index);
  return other != other_sides_.end() && other->second == to.index;
}

std::size_t Network::index(Site site) const {
  const std::vector<std::uint32_t>& row = site.kind == Site::Kind::Node ? node_index_ : registry_index_;
  SYNCER_ASSERT(site.index < row.size());
  return row[site.index];
}

Network::Way& Network::way(Site from, Site to) {
  std::unique_ptr<Way>& slot = ways_[index(from)][index(to)];
  if (!slot) slot = std::make_unique<Way>(engine::Draws(kernel_.seed, "path", entity(from, to)));
  if (slot->rules_seen != rules_version_) {
    slot->path.set_model(resolve(from, to));
    slot->rules_seen = rules_version_;
  }
  return *slot;
}

LinkModel Network::resolve(Site from, Site to) const {
  LinkModel model = plain_link();
  if (is_inside(from, to)) return model;
  for (const Rule& rule : rules_) {
    if (!matches(rule.rule, from, to)) continue;
    if (!rule.rule.patch) model = plain_link();
    if (rule.latency) model.latency = rule.latency;
    overlay(model, rule.rule.spec);
  }
  return model;
}

RuleId Network::add_rule(fault::LinkRule rule) {
  std::shared_ptr<const fault::LatencyTable> table;
  if (rule.spec.latency) table = std::make_shared<const fault::LatencyTable>(*rule.spec.latency);
  rules_.push_back({next_rule_, std::move(rule), std::move(table)});
  ++rules_version_;
  return next_rule_++;
}

void Network::remove_rule(RuleId rule) {
  std::erase_if(rules_, [rule](const Rule& r) { return r.id == rule; });
  ++rules_version_;
}

void Network::count(const fault::PartitionSpec& spec, int by) {
  for (const auto& [from, to] : spec.blocked) {
    if (is_inside(from, to)) continue;
    Way& w = way(from, to);
    if (spec.mode == fault::BlockMode::Drop) {
      w.drops += static_cast<std::uint32_t>(by);
      blocked_ += by;
    }
    if (spec.mode == fault::BlockMode::Jam) w.jams += static_cast<std::uint32_t>(by);
    if (spec.mode == fault::BlockMode::Slow) w.extra += spec.extra * by;
    if (!keeps(from, to, w)) release(w, w.kept.size());
  }
}

FaultId Network::partition(fault::PartitionSpec spec) {
  count(spec, 1);
  faults_.emplace(next_fault_, std::move(spec));
  return next_fault_++;
}

void Network::heal(FaultId fault) {
  const auto found = faults_.find(fault);
  if (found == faults_.end()) return;
  count(found->second, -1);
  faults_.erase(found);
}

void Network::heal_all() {
  while (!faults_.empty()) heal(faults_.begin()->first);
}

bool Network::keeps(Site from, Site to, const Way& w) const {
  const bool is_held = hold_ && from.kind == Site::Kind::Node && to.kind == Site::Kind::Node;
  return w.jams > 0 || (is_held && !is_inside(from, to));
}

bool Network::open(Site from, Site to) { return !drops(from, to) && !keeps(from, to, way(from, to)); }

void Network::hold_messages(bool hold) {
  hold_ = hold;
  for (const Site from : sites_) {
    for (const Site to : sites_) {
      Way& w = way(from, to);
      if (!keeps(from, to, w)) release(w, w.kept.size());
    }
  }
}

std::size_t Network::release(Way& w, std::size_t count) {
  count = std::min(count, w.kept.size());
  const auto end = w.kept.begin() + static_cast<std::ptrdiff_t>(count);
  for (auto kept = w.kept.begin(); kept != end; ++kept) {
    kernel_.queue.push(std::max(kept->at, kernel_.now()), kept->event);
  }
  w.kept.erase(w.kept.begin(), end);
  return count;
}

std::size_t Network::deliver(Site from, Site to, std::size_t count) { return release(way(from, to), count); }

std::vector<engine::QueuedEvent> Network::take_pending(Site from, Site to, EventCode code) {
  std::vector<engine::QueuedEvent> taken;
  std::erase_if(way(from, to).kept, [&](const Kept& kept) {
    if (kept.event.kind != static_cast<std::uint32_t>(code)) return false;
    taken.push_back(kept.event);
    return true;
  });
  return taken;
}

void Network::set_machine_up(Site site, bool up) { up_[index(site)] = up; }

void Network::transmit(Site from, Site to, syncer::Instant at, EventCode code, std::uint32_t subject,
                       engine::Handle payload) {
  Way& w = way(from, to);
  kernel_.digest.draw(static_cast<std::uint64_t>(syncer::nanos(at)));
  const engine::QueuedEvent event{static_cast<std::uint32_t>(code), subject, payload};
  if (keeps(from, to, w)) {
    w.kept.push_back({at, event});
  } else {
    kernel_.queue.push(at, event);
  }
}

}  // namespace sim::host
