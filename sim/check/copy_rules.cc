// SPDX-License-Identifier: Apache-2.0
#include "sim/check/rules.h"

namespace sim::check {
namespace {

class HandsOff : public Rule {
 public:
  void on_write(const Write& write) override {
    if (!write.writer) return;
    const Origin* origin = context_.ledger->origin(write.name);
    const bool native =
        origin != nullptr && (origin->alive || origin->stepped == write.change.at) && write.before == nullptr;
    if (!native) return;
    context_.sink->violated(
        "I1", {"syncer " + context_.node(*write.writer) + " did " + std::string(write.change.what) + " to instance " +
                   write.name.instance + " of registry " + context_.registry(write.name.registry),
               "an application registered that instance there"});
  }
};

class Copies : public Rule {
 public:
  void on_write(const Write& write) override {
    if (write.change.kind != host::RegistryChangeKind::InstanceRegistered || !write.writer) return;
    const std::string who = "syncer " + context_.node(*write.writer) + " registered " + write.name.instance + " in " +
                            context_.registry(write.name.registry);
    if (write.after == nullptr) {
      context_.sink->violated("I2", {who + " without marks: every syncer will take it for an origin"});
      return;
    }
    check_origin(who, *write.after);
  }

 private:
  void check_origin(const std::string& who, const Copy& copy) {
    if (!copy.origin) return;
    if (copy.origin->registry == copy.name.registry) {
      context_.sink->violated("I2", {who + " as a copy from region " + copy.region, "that is its home registry"});
    } else if (context_.ledger->copy(*copy.origin) != nullptr) {
      context_.sink->violated("I2", {who + " as a copy of " + copy.origin->instance,
                                     "which is itself a copy in " + context_.registry(copy.origin->registry)});
    } else if (!context_.ledger->origin(*copy.origin)->known) {
      context_.sink->violated("I2",
                              {who + " as a copy of " + copy.origin->instance,
                               "which no application ever registered in " + context_.registry(copy.origin->registry)});
    }
  }
};

}  // namespace

std::unique_ptr<Rule> make_hands_off_rule() { return std::make_unique<HandsOff>(); }
std::unique_ptr<Rule> make_copy_rule() { return std::make_unique<Copies>(); }

}  // namespace sim::check
