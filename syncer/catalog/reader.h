// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "syncer/catalog/calls.h"
#include "syncer/catalog/registry_snapshot.h"

namespace syncer::catalog {

/// Reads the registry again and again: the list of services of each project, then one batch find with the known
/// revisions. An unchanged registry costs two small requests a project and no parsing.
class Reader {
 public:
  Reader(const CatalogConfig& config, const registry::V4Requests& requests, Calls& calls, RegistrySnapshot& view,
         Observer& observer);

  void start(Instant now) { next_poll_ = now; }
  void advance(Instant now);
  Instant next_deadline() const { return open_ > 0 ? kNever : next_poll_; }
  /// Reads at the next opportunity instead of after the interval.
  void hurry(Instant now) { next_poll_ = std::min(next_poll_, now); }
  /// A list that left this service's instance out was proven wrong: forget its revision, so that all is told again.
  void distrust(const ServiceRef& ref);
  /// An instance was dropped from the view: its service may be gone with it.
  void recheck_services(const std::string& project) { projects_[project].groups_changed = true; }

  /// What changed since the last call.
  std::vector<RegistryChange> take_changes() { return std::exchange(changes_, {}); }
  /// Begin of the last cycle in which every answer was complete; nothing before there was one.
  std::optional<Instant> last_complete() const { return last_complete_; }
  const std::string& problem() const { return problem_; }

 private:
  /// All versions of one service name: what a find asks for.
  struct Name {
    std::string environment;
    std::string app_id;
    std::string name;
    auto operator<=>(const Name&) const = default;
  };
  struct Group {
    std::string revision;
    std::set<std::string> services;  // ids
  };
  /// Names that are asked for in one request.
  struct Chunk {
    std::vector<Name> names;
    Bytes body;          // of the request; empty when it has to be written anew
    Bytes quiet_answer;  // an answer to this body that said "nothing changed"
  };
  struct Project {
    Bytes last_list;
    std::map<Name, Group> groups;
    std::vector<Chunk> chunks;
    bool groups_changed = false;
  };

  void list(Instant now, const std::string& project);
  void on_list(Instant now, const std::string& project, const registry::RawAnswer& raw);
  void note_services(const std::string& project, registry::Answer<std::vector<registry::ServiceDocument>> answer);
  void forget_gone(const std::string& project);
  void find(Instant now, const std::string& project);
  void rebuild_chunks(Project& project);
  void find_chunk(Instant now, const std::string& project, std::size_t index);
  void on_find(const std::string& project, std::size_t index, const registry::RawAnswer& raw);
  bool apply(const std::string& project, const Name& name, registry::Found& found);
  bool apply_update(const std::string& project, Group& group, registry::Found& found);
  void doubt(std::string problem);
  void finished(Instant now);

  const CatalogConfig& config_;
  const registry::V4Requests& requests_;
  Calls& calls_;
  RegistrySnapshot& view_;
  Observer& observer_;
  std::map<std::string, Project> projects_;
  registry::InstanceMemo memo_;
  std::vector<RegistryChange> changes_;
  Instant next_poll_ = kNever;
  Instant started_{};
  std::size_t open_ = 0;  // calls of this cycle under way
  bool complete_ = true;
  std::optional<Instant> last_complete_;
  std::string problem_;
  std::string cycle_problem_;
};

}  // namespace syncer::catalog
