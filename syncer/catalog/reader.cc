// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/reader.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::catalog {
namespace {

constexpr std::size_t kChunk = 500;

}  // namespace

Reader::Reader(const CatalogConfig& config, const registry::V4Requests& requests, Calls& calls, RegistrySnapshot& view,
               Observer& observer)
    : config_(config), requests_(requests), calls_(calls), view_(view), observer_(observer) {}

void Reader::advance(Instant now) {
  if (open_ > 0 || now < next_poll_) return;
  started_ = now;
  complete_ = true;
  cycle_problem_.clear();
  ++open_;  // so that the cycle cannot end before the last project began
  for (const std::string& project : config_.registry.projects) list(now, project);
  finished(now);
}

void Reader::list(Instant now, const std::string& project) {
  ++open_;
  calls_.submit(now, Urgency::Read, requests_.list_services(project),
                [this, project](Instant at, const registry::RawAnswer& raw) {
                  on_list(at, project, raw);
                  finished(at);
                });
}

void Reader::on_list(Instant now, const std::string& project, const registry::RawAnswer& raw) {
  Project& state = projects_[project];
  if (!raw || raw->status != 200 || raw->body != state.last_list) {
    auto answer = registry::read_services(raw, requests_.domain(), project);
    if (!answer) return doubt(to_string(answer.error()));
    state.last_list = answer->complete() ? raw->body : Bytes();
    if (!answer->complete()) doubt(answer->doubt);
    note_services(project, std::move(*answer));
  }
  find(now, project);
}

void Reader::note_services(const std::string& project,
                           registry::Answer<std::vector<registry::ServiceDocument>> answer) {
  Project& state = projects_[project];
  std::set<std::string> named;
  for (registry::ServiceDocument& document : answer.value) {
    named.insert(document.id);
    const registry::ServiceKey& key = document.key;
    if (is_infrastructure(key, document.alias) && key != registry::canary_service(key.domain, key.project)) continue;
    Group& group = state.groups[{key.environment, key.app_id, key.name}];
    if (group.services.insert(document.id).second) {
      group.revision.clear();
      state.groups_changed = true;
    }
    view_.put_service(project, std::move(document), changes_);
  }
  if (!answer.complete()) return;
  // A service that is not listed any more is still asked for: only the find and single reads say what became of it.
  for (auto& [name, group] : state.groups) {
    for (const std::string& id : group.services) {
      const bool listed = named.contains(id);
      view_.set_listed({project, id}, listed);
      if (!listed) state.groups_changed = true;
    }
  }
}

void Reader::forget_gone(const std::string& project) {
  Project& state = projects_[project];
  for (auto group = state.groups.begin(); group != state.groups.end();) {
    auto& services = group->second.services;
    for (auto id = services.begin(); id != services.end();) {
      const bool gone = view_.erase_if_gone({project, *id}, changes_);
      id = gone ? services.erase(id) : std::next(id);
    }
    group = services.empty() ? state.groups.erase(group) : std::next(group);
  }
  rebuild_chunks(state);
}

void Reader::find(Instant now, const std::string& project) {
  Project& state = projects_[project];
  if (state.groups_changed) forget_gone(project);
  for (std::size_t i = 0; i < state.chunks.size(); ++i) find_chunk(now, project, i);
}

void Reader::rebuild_chunks(Project& project) {
  project.chunks.clear();
  for (const auto& [name, group] : project.groups) {
    if (project.chunks.empty() || project.chunks.back().names.size() == kChunk) project.chunks.emplace_back();
    project.chunks.back().names.push_back(name);
  }
  project.groups_changed = false;
}

void Reader::find_chunk(Instant now, const std::string& project, std::size_t index) {
  Project& state = projects_[project];
  Chunk& chunk = state.chunks[index];
  std::vector<registry::FindQuery> queries;
  if (chunk.body.empty()) {
    for (const Name& name : chunk.names) {
      queries.push_back({name.environment, name.app_id, name.name, state.groups[name].revision});
    }
  }
  HttpRequest request = requests_.find(project, queries);
  if (chunk.body.empty())
    chunk.body = request.body;
  else
    request.body = chunk.body;
  ++open_;
  calls_.submit(now, Urgency::Read, std::move(request),
                [this, project, index](Instant at, const registry::RawAnswer& raw) {
                  on_find(project, index, raw);
                  finished(at);
                });
}

void Reader::on_find(const std::string& project, std::size_t index, const registry::RawAnswer& raw) {
  Chunk& chunk = projects_[project].chunks[index];
  const bool success = raw && raw->status == 200;
  if (success && !chunk.quiet_answer.empty() && raw->body == chunk.quiet_answer) return;
  auto answer = registry::read_find(raw, chunk.names.size(), memo_);
  if (!answer) return doubt(to_string(answer.error()));
  bool quiet = answer->complete();
  for (std::size_t i = 0; i < chunk.names.size(); ++i) {
    if (!apply(project, chunk.names[i], answer->value[i])) quiet = false;
  }
  if (!answer->complete()) doubt(answer->doubt);
  chunk.quiet_answer = quiet ? raw->body : Bytes();
  if (!quiet) chunk.body.clear();
}

bool Reader::apply(const std::string& project, const Name& name, registry::Found& found) {
  Group& group = projects_[project].groups[name];
  switch (found.kind) {
    case registry::Found::Kind::Unchanged:
      return true;
    case registry::Found::Kind::Updated:
      return apply_update(project, group, found);
    case registry::Found::Kind::NoService:
      group.revision.clear();
      projects_[project].groups_changed = true;
      return apply_update(project, group, found);
    case registry::Found::Kind::Failed:
    case registry::Found::Kind::Unmentioned:
      return false;
  }
  return false;
}

bool Reader::apply_update(const std::string& project, Group& group, registry::Found& found) {
  std::map<std::string, std::vector<registry::SharedInstance>> by_service;
  for (const std::string& id : group.services) by_service[id];
  bool known = true;
  for (registry::SharedInstance& document : found.instances) {
    const auto service = by_service.find(document->service_id);
    // The list of services lags behind: its instances are told again once it is listed.
    if (service == by_service.end())
      known = false;
    else
      service->second.push_back(std::move(document));
  }
  for (auto& [id, instances] : by_service) {
    const SeenService* service = view_.service({project, id});
    if (service == nullptr) continue;
    view_.put_instances({project, id}, instances, found.instances_complete, changes_);
  }
  const bool whole = known && found.instances_complete;
  group.revision = whole ? found.revision : "";
  return false;
}

void Reader::distrust(const ServiceRef& ref) {
  const SeenService* service = view_.service(ref);
  if (service == nullptr) return;
  Project& state = projects_[ref.first];
  const registry::ServiceKey& key = service->document.key;
  const auto group = state.groups.find({key.environment, key.app_id, key.name});
  if (group == state.groups.end()) return;
  group->second.revision.clear();
  for (Chunk& chunk : state.chunks) {
    const bool asks_for_it = std::binary_search(chunk.names.begin(), chunk.names.end(), group->first);
    if (asks_for_it) chunk = Chunk{std::move(chunk.names), {}, {}};
  }
}

void Reader::doubt(std::string problem) {
  complete_ = false;
  cycle_problem_ = std::move(problem);
}

void Reader::finished(Instant now) {
  if (--open_ > 0) return;
  if (complete_) last_complete_ = started_;
  if (!complete_ && problem_.empty()) {
    observe(observer_, now, EventKind::RegistryRefusal, Severity::Warning,
            {{"op", "read"}, {"reason", cycle_problem_}});
  }
  problem_ = cycle_problem_;
  // A slow registry is asked less often: reading takes at most a third of its time.
  const Duration interval = std::max<Duration>(config_.registry.poll_interval, 2 * (now - started_));
  next_poll_ = now + (complete_ ? interval : config_.registry.poll_interval);
}

}  // namespace syncer::catalog
