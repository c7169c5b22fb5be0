// SPDX-License-Identifier: Apache-2.0
// R12: a syncer may die at any call it makes. Nothing is doubled, lost or left behind by it, and nobody has to help.
#include <map>

#include "sim/check/rules.h"
#include "sim/host/world.h"

namespace sim::check {
namespace {

class CrashSafety : public Rule {
 public:
  void on_host_change(NodeIndex node, host::HostChange change) override {
    if (change != host::HostChange::Crashed) return;
    std::uint64_t& deaths = deaths_[node];
    const std::uint64_t now = context_.stage->world.doomed_deaths(node);
    if (now == deaths) return;
    deaths = now;
    last_ = "syncer " + context_.node(node) + " died at one of its calls";
  }

  void on_write(const Write& write) override {
    const bool registered = write.change.kind == host::RegistryChangeKind::InstanceRegistered && write.after != nullptr;
    if (last_.empty() || !registered || !write.writer) return;
    const Copy* other = equal_copy(*context_.ledger, *write.after);
    if (other == nullptr) return;
    context_.sink->violated("R12", {last_, "then " + context_.node(*write.writer) + " registered " +
                                               write.name.instance + " in " + context_.registry(write.name.registry) +
                                               ", where its equal " + other->name.instance + " is"});
  }

  void finish() override {
    const auto core = settled_core(*context_.stage);
    if (last_.empty() || !core) return;
    std::vector<bool> among(context_.stage->world.registries(), false);
    for (const RegistryIndex r : scenario::registries_of(*core)) among[r] = true;
    if (context_.ledger->differing(among) == 0) return;
    std::vector<std::string> facts = context_.ledger->explain(3);
    facts.insert(facts.begin(), last_ + ", and after the settle phase regions differ");
    context_.sink->violated("R12", std::move(facts));
  }

 private:
  std::map<NodeIndex, std::uint64_t> deaths_;
  std::string last_;  ///< the latest such death, in words
};

}  // namespace

std::unique_ptr<Rule> make_crash_rule() { return std::make_unique<CrashSafety>(); }

}  // namespace sim::check
