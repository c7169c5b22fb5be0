// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "syncer/registry/driver.h"
#include "syncer/registry/poll_cycle.h"
#include "syncer/registry/read_pace.h"
#include "syncer/registry/servicecenter/answers.h"
#include "syncer/registry/servicecenter/chunks.h"
#include "syncer/registry/servicecenter/requests.h"

namespace syncer::registry::servicecenter {

/// Reads the registry again and again: of each project the list of services, and batch finds with the known revisions.
/// An unchanged registry of ordinary size costs two small requests a reading and no parsing. A large one is read in
/// parts that are spread over time: the list, each chunk of names, and, more often, the names that changed lately.
class Reader {
 public:
  Reader(const DriverContext& context, const Requests& requests) : context_(context), requests_(requests) {}

  void poll(Instant now);
  /// A list that left this service's instance out was proven wrong: its revision is forgotten, so that the next find
  /// answers in full.
  void distrust(const ServiceRef& ref);
  /// An instance was dropped from the snapshot: its service may be gone with it.
  void recheck_services(const std::string& project) { projects_[project].groups_changed = true; }
  /// Adds what it reads.
  void fill(DriverSizes& sizes) const;

 private:
  struct Group {
    std::string revision;
    std::set<std::string> services;  ///< ids
    std::size_t entries = 0;         ///< in the last answer
    std::size_t chunk = 0;           ///< the one it is in
    bool read = false;               ///< a find answered for it since it is known
    Instant changed{};               ///< when a find told something new after that
  };
  struct Project {
    Bytes last_list;
    Duration list_took{};
    std::optional<Instant> listed;  ///< begin of a list whose names were not all read yet
    std::map<Name, Group> groups;
    Chunks chunks;
    std::set<Name> unread;
    std::set<Name> recent;  ///< changed lately
    bool groups_changed = false;
  };
  using Names = std::vector<Name>;

  static std::string list_part(const std::string& project) { return project + "/services"; }
  static std::string chunk_part(const std::string& project, std::size_t chunk) {
    return project + "/" + std::to_string(chunk);
  }
  static std::string recent_part(const std::string& project) { return project + "/recent"; }

  void list(Instant now, const std::string& project);
  bool on_list(Instant began, Instant now, const std::string& project, const RawAnswer& raw);
  void fail_list(Instant now, const std::string& project, std::string problem);
  void note_services(Instant now, const std::string& project, Answer<std::vector<ServiceDocument>> answer);
  void note_name(Instant now, const std::string& project, const Name& name);
  void forget_gone(const std::string& project);

  void find(Instant now, const std::string& project);
  void find_unread(Instant now, const std::string& project);
  void find_recent(Instant now, const std::string& project);
  void find_chunk(Instant now, const std::string& project, std::size_t index);
  HttpRequest find_request(const std::string& project, const Names& names) const;
  void ask(Instant now, HttpRequest request, std::function<void(Instant, const RawAnswer&)> done);

  void on_chunk(Instant began, Instant now, const std::string& project, std::size_t index, const RawAnswer& raw);
  void schedule_chunk(Instant began, const std::string& project, std::size_t index);
  /// True when a find told nothing new; an error when something was left out.
  Result<bool> note_found(Instant now, const std::string& project, const Names& names, const RawAnswer& raw);
  bool apply(Instant now, const std::string& project, const Name& name, Found& found);
  bool apply_update(Instant now, const std::string& project, const Name& name, Found& found);
  void note_read(const std::string& project, const Name& name);
  void note_change(Instant now, const std::string& project, const Name& name);
  void conclude_list(const std::string& project);

  Duration list_interval(const Project& project) const;
  Duration find_interval() const;
  bool is_hasty() const;

  const DriverContext& context_;
  const Requests& requests_;
  std::map<std::string, Project> projects_;
  std::size_t entries_ = 0;  ///< of all groups
  InstanceMemo memo_;
};

}  // namespace syncer::registry::servicecenter
