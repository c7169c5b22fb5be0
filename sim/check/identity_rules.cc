// SPDX-License-Identifier: Apache-2.0
#include "sim/check/identity_rules.h"

#include <map>
#include <set>
#include <utility>

#include "sim/host/world.h"

namespace sim::check {
namespace {

constexpr std::string_view kRecordsByIdentity = "records-by-identity";

using syncer::EventKind;

class Identities : public Rule {
 public:
  std::vector<std::string_view> ids() const override { return {kRecordsByIdentity}; }

  void on_host_change(NodeIndex node, host::HostChange change) override {
    if (change != host::HostChange::Started) return;
    std::erase_if(publishers_, [node](const auto& entry) { return entry.first.first == node; });
    std::erase_if(by_others_, [node](const auto& entry) { return entry.first == node; });
  }

  void on_node_event(NodeIndex node, const syncer::Event& event) override {
    const auto rule = context_.run->world.config(node).certificates;
    if (rule != syncer::CertificateRule::Required) return;
    switch (event.kind) {
      case EventKind::WayChanged:
        if (event.text("via").empty()) return static_cast<void>(by_others_.erase(key(node, event)));
        return static_cast<void>(by_others_.insert(key(node, event)));
      case EventKind::LinkUp:
        if (event.text("direction") == "in") publishers_[key(node, event)] = event.text("address");
        return;
      case EventKind::EntryApplied:
      case EventKind::ReplicaRebound:
      case EventKind::ReplicaRepaired:
      case EventKind::ReplicaReloaded:
        return judge(node, event);
      default:
        return;
    }
  }

 private:
  using Key = std::pair<NodeIndex, std::string>;
  static Key key(NodeIndex node, const syncer::Event& event) { return {node, std::string(event.text("region"))}; }

  void judge(NodeIndex node, const syncer::Event& event) {
    if (by_others_.contains(key(node, event))) return;
    const auto publisher = publishers_.find(key(node, event));
    const std::string from = publisher == publishers_.end() ? "nobody" : publisher->second;
    const std::string region(event.text("region"));
    if (may_speak(from, region)) return;
    context_.sink->violated(kRecordsByIdentity,
                            {"node " + context_.node(node) + " changed what it knows of region " + region,
                             from + " told it so, which shows no good certificate of that region"});
  }

  /// By what the scenario gave to the machine with that address.
  bool may_speak(const std::string& address, const std::string& region) const {
    const auto parsed = syncer::parse_endpoint(address);
    if (!parsed) return false;
    const std::optional<host::Certificate> shown = context_.run->world.certificate_at(*parsed);
    return shown && shown->believed && shown->identity.region == region && shown->identity.sync;
  }

  std::map<Key, std::string> publishers_;  ///< the address of the link that came last
  std::set<Key> by_others_;  ///< read by way of others, whom nobody believes: replica-equals-writer judges
};

}  // namespace

std::unique_ptr<Rule> make_identity_rule() { return std::make_unique<Identities>(); }

}  // namespace sim::check
