// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "syncer/registry/driver.h"
#include "syncer/registry/poll_cycle.h"
#include "syncer/registry/servicecenter/answers.h"
#include "syncer/registry/servicecenter/requests.h"

namespace syncer::registry::servicecenter {

/// Reads the registry again and again: the list of services of each project, then one batch find with the known
/// revisions. An unchanged registry costs two small requests a project and no parsing.
class Reader {
 public:
  Reader(const DriverContext& context, const Requests& requests) : context_(context), requests_(requests) {}

  void poll(Instant now);
  /// A list that left this service's instance out was proven wrong: its revision is forgotten, so that the next find
  /// answers in full.
  void distrust(const ServiceRef& ref);
  /// An instance was dropped from the snapshot: its service may be gone with it.
  void recheck_services(const std::string& project) { projects_[project].groups_changed = true; }

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
  void on_list(Instant now, const std::string& project, const RawAnswer& raw);
  void note_services(const std::string& project, Answer<std::vector<ServiceDocument>> answer);
  void forget_gone(const std::string& project);
  void find(Instant now, const std::string& project);
  void rebuild_chunks(Project& project);
  void find_chunk(Instant now, const std::string& project, std::size_t index);
  void on_find(const std::string& project, std::size_t index, const RawAnswer& raw);
  bool apply(const std::string& project, const Name& name, Found& found);
  bool apply_update(const std::string& project, Group& group, Found& found);

  const DriverContext& context_;
  const Requests& requests_;
  std::map<std::string, Project> projects_;
  InstanceMemo memo_;
};

}  // namespace syncer::registry::servicecenter
