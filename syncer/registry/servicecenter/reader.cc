// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/servicecenter/reader.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::registry::servicecenter {
namespace {

constexpr std::size_t kChunk = 500;

}  // namespace

void Reader::poll(Instant now) {
  for (const std::string& project : context_.settings.projects) list(now, project);
}

void Reader::list(Instant now, const std::string& project) {
  context_.cycle.open();
  context_.calls.submit(now, Urgency::Read, requests_.list_services(project),
                        [this, project](Instant at, const RawAnswer& raw) {
                          on_list(at, project, raw);
                          context_.cycle.close(at);
                        });
}

void Reader::on_list(Instant now, const std::string& project, const RawAnswer& raw) {
  Project& state = projects_[project];
  if (!raw || raw->status != 200 || raw->body != state.last_list) {
    auto answer = read_services(raw, requests_.domain(), project);
    if (!answer) return context_.cycle.doubt(to_string(answer.error()));
    state.last_list = answer->complete() ? raw->body : Bytes();
    if (!answer->complete()) context_.cycle.doubt(answer->doubt);
    note_services(project, std::move(*answer));
  }
  find(now, project);
}

void Reader::note_services(const std::string& project, Answer<std::vector<ServiceDocument>> answer) {
  Project& state = projects_[project];
  std::set<std::string> named;
  for (ServiceDocument& document : answer.value) {
    named.insert(document.id);
    const ServiceKey& key = document.state.name;
    if (document.state.internal && key != canary_service(requests_.domain(), project)) continue;
    Group& group = state.groups[{key.environment, key.app, key.name}];
    if (group.services.insert(document.id).second) {
      group.revision.clear();
      state.groups_changed = true;
    }
    context_.snapshot.put_service({project, document.id}, std::move(document.state));
  }
  if (!answer.complete()) return;
  // A service that is not listed any more is still asked for: only the find and single reads say what became of it.
  for (auto& [name, group] : state.groups) {
    for (const std::string& id : group.services) {
      const bool listed = named.contains(id);
      context_.snapshot.set_listed({project, id}, listed);
      if (!listed) state.groups_changed = true;
    }
  }
}

void Reader::forget_gone(const std::string& project) {
  Project& state = projects_[project];
  for (auto group = state.groups.begin(); group != state.groups.end();) {
    auto& services = group->second.services;
    for (auto id = services.begin(); id != services.end();) {
      const bool gone = context_.snapshot.erase_if_gone({project, *id});
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
  std::vector<FindQuery> queries;
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
  context_.cycle.open();
  context_.calls.submit(now, Urgency::Read, std::move(request),
                        [this, project, index](Instant at, const RawAnswer& raw) {
                          on_find(project, index, raw);
                          context_.cycle.close(at);
                        });
}

void Reader::on_find(const std::string& project, std::size_t index, const RawAnswer& raw) {
  Chunk& chunk = projects_[project].chunks[index];
  const bool success = raw && raw->status == 200;
  if (success && !chunk.quiet_answer.empty() && raw->body == chunk.quiet_answer) return;
  auto answer = read_find(raw, chunk.names.size(), memo_);
  if (!answer) return context_.cycle.doubt(to_string(answer.error()));
  bool quiet = answer->complete();
  for (std::size_t i = 0; i < chunk.names.size(); ++i) {
    if (!apply(project, chunk.names[i], answer->value[i])) quiet = false;
  }
  if (!answer->complete()) context_.cycle.doubt(answer->doubt);
  chunk.quiet_answer = quiet ? raw->body : Bytes();
  if (!quiet) chunk.body.clear();
}

bool Reader::apply(const std::string& project, const Name& name, Found& found) {
  Group& group = projects_[project].groups[name];
  switch (found.kind) {
    case Found::Kind::Unchanged:
      return true;
    case Found::Kind::Updated:
      return apply_update(project, group, found);
    case Found::Kind::NoService:
      group.revision.clear();
      projects_[project].groups_changed = true;
      return apply_update(project, group, found);
    case Found::Kind::Failed:
    case Found::Kind::Unmentioned:
      return false;
  }
  return false;
}

bool Reader::apply_update(const std::string& project, Group& group, Found& found) {
  std::map<std::string, std::vector<SharedEntry>> by_service;
  for (const std::string& id : group.services) by_service[id];
  bool known = true;
  for (SharedEntry& document : found.instances) {
    const auto service = by_service.find(document->service);
    // The list of services lags behind: its instances are read again once it is listed.
    if (service == by_service.end())
      known = false;
    else
      service->second.push_back(std::move(document));
  }
  for (auto& [id, instances] : by_service) {
    const SeenService* service = context_.snapshot.service({project, id});
    if (service == nullptr) continue;
    context_.snapshot.put_entries({project, id}, instances, found.instances_complete);
  }
  const bool whole = known && found.instances_complete;
  group.revision = whole ? found.revision : "";
  return false;
}

void Reader::distrust(const ServiceRef& ref) {
  const SeenService* service = context_.snapshot.service(ref);
  if (service == nullptr) return;
  Project& state = projects_[ref.space];
  const ServiceKey& key = service->state.name;
  const auto group = state.groups.find({key.environment, key.app, key.name});
  if (group == state.groups.end()) return;
  group->second.revision.clear();
  for (Chunk& chunk : state.chunks) {
    const bool asks_for_it = std::binary_search(chunk.names.begin(), chunk.names.end(), group->first);
    if (asks_for_it) chunk = Chunk{std::move(chunk.names), {}, {}};
  }
}

}  // namespace syncer::registry::servicecenter
