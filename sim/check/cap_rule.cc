// SPDX-License-Identifier: Apache-2.0
#include "sim/check/cap_rule.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "sim/host/world.h"
#include "syncer/node/node.h"
#include "syncer/peering/peering.h"

namespace sim::check {
namespace {

constexpr std::string_view kCapIsKept = "cap-is-kept";
constexpr Duration kWindow = std::chrono::seconds(1);
/// What a message puts around a record.
constexpr std::uint64_t kAround = 256;
/// An answer to who repairs a set, which never waits: the sums of all its parts.
constexpr std::uint64_t kSums = syncer::replication::kBuckets * sizeof(std::uint64_t);

class Caps : public Rule {
 public:
  std::vector<std::string_view> ids() const override { return {kCapIsKept}; }

  bool wants_streams() const override { return true; }
  void on_stream_sent(NodeIndex from, NodeIndex to, syncer::Channel channel, std::size_t bytes) override {
    const std::size_t syncers = context_.run->names.nodes().size();
    if (channel != syncer::Channel::Sync || from >= syncers || to >= syncers) return;
    const auto* node = context_.run->world.node(from);
    if (node == nullptr || node->config().sync.link_caps.empty() || region_of(from) == region_of(to)) return;
    const auto cap = node->config().sync.link_caps.of(region_of(to));
    Second& second = seconds_[{from, to}];
    if (second.cap != cap) second = Second{cap, {}, 0};
    if (!cap) return;
    const Instant now = context_.now();
    second.sent.emplace_back(now, bytes);
    second.bytes += bytes;
    for (; second.sent.front().first + kWindow <= now; second.sent.pop_front())
      second.bytes -= second.sent.front().second;
    if (second.bytes <= *cap) return;
    if (second.bytes <= *cap + std::max(largest_record(*node), answered(second)) + kAround) return;
    context_.sink->violated(kCapIsKept, {"node " + context_.node(from) + " sends " + std::to_string(second.bytes) +
                                             " bytes within a second to " + context_.node(to),
                                         "its cap for region " + region_of(to) + " is " + std::to_string(*cap)});
  }

 private:
  /// What was sent within a second.
  struct Second {
    std::optional<std::uint64_t> cap;
    std::deque<std::pair<Instant, std::uint64_t>> sent;
    std::uint64_t bytes = 0;
  };

  const std::string& region_of(NodeIndex n) const {
    const auto& names = context_.run->names;
    return names.regions()[names.nodes()[n].region].name;
  }

  /// Bytes of an answer among what was sent; they are told from records by their length.
  static std::uint64_t answered(const Second& second) {
    const auto is_answer = [](const auto& sent) { return sent.second >= kSums && sent.second <= kSums + kAround; };
    return std::any_of(second.sent.begin(), second.sent.end(), is_answer) ? kSums : 0;
  }

  static std::uint64_t largest_record(const syncer::node::Node& node) {
    std::size_t largest = 0;
    const auto& core = node.peering().core();
    for (const auto& [seq, record] : core.log().by_seq())
      largest = std::max(largest, record->key.size() + record->payload.size());
    for (const std::string& region : node.peering().regions()) {
      const auto* replica = node.peering().replica(region);
      if (replica == nullptr) continue;
      for (const auto& [key, record] : replica->records())
        largest = std::max(largest, key.size() + record.payload.size());
    }
    return largest;
  }

  std::map<std::pair<NodeIndex, NodeIndex>, Second> seconds_;
};

}  // namespace

std::unique_ptr<Rule> make_cap_rule() { return std::make_unique<Caps>(); }

}  // namespace sim::check
