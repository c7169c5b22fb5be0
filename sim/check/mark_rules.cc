// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "sim/check/rules.h"
#include "sim/host/world.h"
#include "syncer/base/ids.h"

namespace sim::check {
namespace {

using syncer::Epoch;

/// The marks in a registry are the memory that outlives every process: whatever a syncer writes there of a region is of
/// the latest epoch that a copy of the region there is marked with, or of a later one.
class Marks : public Rule {
 public:
  void on_write(const Write& write) override {
    if (write.before != nullptr) count(*write.before, -1);
    if (write.after != nullptr) count(*write.after, 1);
  }

  void on_request(NodeIndex node, const syncer::HttpRequest& request) override {
    const RegistryIndex registry = context_.home_of(node);
    const auto mark = context_.stage->world.registry(registry).mark_of(request);
    if (!mark) return;
    const auto marks = marks_.find({registry, mark->region});
    if (marks == marks_.end() || mark->epoch >= marks->second.rbegin()->first) return;
    context_.sink->violated("R13", {"node " + context_.node(node) + " writes a copy of region " + mark->region +
                                        " as of epoch " + syncer::to_string(mark->epoch),
                                    "registry " + context_.registry(registry) + " holds one of epoch " +
                                        syncer::to_string(marks->second.rbegin()->first)});
  }

 private:
  void count(const Copy& copy, int by) {
    const std::pair<RegistryIndex, std::string> place{copy.name.registry, copy.region};
    auto& marks = marks_[place];
    const auto mark = marks.try_emplace(copy.epoch, 0).first;
    mark->second += by;
    if (mark->second == 0) marks.erase(mark);
    if (marks.empty()) marks_.erase(place);
  }

  /// By registry and region: how many copies are marked with each epoch.
  std::map<std::pair<RegistryIndex, std::string>, std::map<Epoch, int>> marks_;
};

}  // namespace

std::unique_ptr<Rule> make_mark_rule() { return std::make_unique<Marks>(); }

}  // namespace sim::check
