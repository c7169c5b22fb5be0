// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "sim/check/rules.h"
#include "sim/host/world.h"
#include "syncer/base/epoch.h"

namespace sim::check {
namespace {

using syncer::Epoch;

Epoch marked(const Copy& copy) {
  const auto found = copy.properties.find("syncer.epoch");
  return found == copy.properties.end() ? Epoch{} : syncer::parse_epoch(found->second).value_or(Epoch{});
}

/// The text of a member of a JSON document written without blanks; empty when it is not there.
std::string_view text_member(std::string_view document, std::string_view quoted_name) {
  const std::size_t name = document.find(quoted_name);
  if (name == std::string_view::npos) return {};
  const std::size_t begin = name + quoted_name.size();
  return document.substr(begin, document.find('"', begin) - begin);
}

/// The marks in a registry are the memory that outlives every process: whatever a syncer writes there of a region is of
/// the latest epoch that a copy of the region there is marked with, or of a later one.
class Marks : public Rule {
 public:
  void on_write(const Write& write) override {
    if (write.before != nullptr) count(*write.before, -1);
    if (write.after != nullptr) count(*write.after, 1);
  }

  void on_request(NodeIndex node, const syncer::HttpRequest& request) override {
    if (!changes_registry(request)) return;
    const std::string_view mark = text_member(request.body, R"("syncer.epoch":")");
    if (mark.empty()) return;
    const std::string region(text_member(request.body, R"("syncer.region":")"));
    const RegistryIndex registry = context_.stage->cast.regions()[context_.stage->cast.nodes()[node].region].registry;
    const Epoch epoch = syncer::parse_epoch(mark).value_or(Epoch{});
    const auto marks = marks_.find({registry, region});
    if (marks == marks_.end() || epoch >= marks->second.rbegin()->first) return;
    context_.sink->violated("R13", {"node " + context_.node(node) + " writes a copy of region " + region +
                                        " as of epoch " + syncer::to_string(epoch),
                                    "registry " + context_.registry(registry) + " holds one of epoch " +
                                        syncer::to_string(marks->second.rbegin()->first)});
  }

 private:
  void count(const Copy& copy, int by) {
    const std::pair<RegistryIndex, std::string> place{copy.name.registry, copy.region};
    auto& marks = marks_[place];
    const auto mark = marks.try_emplace(marked(copy), 0).first;
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
