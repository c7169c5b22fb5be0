// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/servicecenter/reader.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::registry::servicecenter {
namespace {

/// What changed is likely to change again: for so long it is read at the shortest interval.
constexpr Duration kRecent = std::chrono::seconds(5);
/// Names that are read so at most; the others wait for the turn of their chunks.
constexpr std::size_t kMostRecent = 100;

}  // namespace

void Reader::poll(Instant now) {
  ReadSchedule& parts = context_.cycle.parts();
  for (const std::string& project : context_.settings.projects) {
    if (!projects_.contains(project)) parts.add(list_part(project), now);
    projects_[project];
    if (parts.is_due(list_part(project), now))
      list(now, project);
    else
      find(now, project);
  }
}

void Reader::ask(Instant now, HttpRequest request, std::function<void(Instant, const RawAnswer&)> done) {
  context_.cycle.open();
  context_.calls.submit(now, Urgency::Read, std::move(request),
                        [this, done = std::move(done)](Instant at, const RawAnswer& raw) {
                          if (raw) context_.cycle.count(raw->body.size());
                          done(at, raw);
                          context_.cycle.close(at);
                        });
}

// --- the list of services ---

void Reader::list(Instant now, const std::string& project) {
  ask(now, requests_.list_services(project), [this, project, began = now](Instant at, const RawAnswer& raw) {
    if (on_list(began, at, project, raw)) find(at, project);
  });
}

/// False when nothing could be read.
bool Reader::on_list(Instant began, Instant now, const std::string& project, const RawAnswer& raw) {
  Project& state = projects_[project];
  if (!raw || raw->status != 200 || raw->body != state.last_list) {
    auto answer = read_services(raw, requests_.domain(), project);
    state.last_list.clear();
    if (!answer) {
      fail_list(now, project, to_string(answer.error()));
      return false;
    }
    const std::string doubt = answer->doubt;
    note_services(now, project, std::move(*answer));
    if (!doubt.empty()) {
      context_.cycle.parts().fail(list_part(project), now + retry_interval(context_.settings), doubt);
      return true;
    }
    state.last_list = raw->body;
  }
  state.list_took = now - began;
  state.listed = began;
  context_.cycle.parts().next(list_part(project), began, list_interval(state));
  conclude_list(project);
  return true;
}

/// Where not even the list can be read nothing else is asked for until it is tried again.
void Reader::fail_list(Instant now, const std::string& project, std::string problem) {
  ReadSchedule& parts = context_.cycle.parts();
  const Instant retry = now + retry_interval(context_.settings);
  parts.fail(list_part(project), retry, std::move(problem));
  for (std::size_t i = 0; i < projects_[project].chunks.size(); ++i) parts.delay(chunk_part(project, i), retry);
  parts.delay(recent_part(project), retry);
}

void Reader::note_services(Instant now, const std::string& project, Answer<std::vector<ServiceDocument>> answer) {
  Project& state = projects_[project];
  std::set<std::string> named;
  for (ServiceDocument& document : answer.value) {
    named.insert(document.id);
    const ServiceKey& key = document.state.name;
    if (document.state.internal && key != canary_service(requests_.domain(), project)) continue;
    const Name name{key.environment, key.app, key.name};
    note_name(now, project, name);
    Group& group = state.groups.at(name);
    if (group.services.insert(document.id).second) {
      group.revision.clear();
      state.chunks[group.chunk].rewrite();
      state.unread.insert(name);
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

void Reader::note_name(Instant now, const std::string& project, const Name& name) {
  Project& state = projects_[project];
  const auto [group, is_new] = state.groups.try_emplace(name);
  if (!is_new) return;
  group->second.chunk = state.chunks.put(name);
  context_.cycle.parts().add(chunk_part(project, group->second.chunk), now);
}

void Reader::conclude_list(const std::string& project) {
  Project& state = projects_[project];
  if (!state.listed || !state.unread.empty()) return;
  context_.cycle.parts().complete(list_part(project), *state.listed);
  state.listed.reset();
}

void Reader::forget_gone(const std::string& project) {
  Project& state = projects_[project];
  state.groups_changed = false;
  for (auto group = state.groups.begin(); group != state.groups.end();) {
    auto& services = group->second.services;
    for (auto id = services.begin(); id != services.end();) {
      const bool gone = context_.snapshot.erase_if_gone({project, *id});
      id = gone ? services.erase(id) : std::next(id);
    }
    if (!services.empty()) {
      ++group;
      continue;
    }
    const std::size_t chunk = group->second.chunk;
    state.chunks.erase(chunk, group->first);
    if (state.chunks[chunk].names.empty()) context_.cycle.parts().remove(chunk_part(project, chunk));
    state.unread.erase(group->first);
    state.recent.erase(group->first);
    entries_ -= group->second.entries;
    group = state.groups.erase(group);
  }
  conclude_list(project);
}

// --- finds ---

void Reader::find(Instant now, const std::string& project) {
  Project& state = projects_[project];
  if (state.groups_changed) forget_gone(project);
  find_unread(now, project);
  find_recent(now, project);
  for (std::size_t i = 0; i < state.chunks.size(); ++i) {
    if (context_.cycle.parts().is_due(chunk_part(project, i), now)) find_chunk(now, project, i);
  }
}

/// Names that the list has just told are not left waiting for the turn of their chunks.
void Reader::find_unread(Instant now, const std::string& project) {
  Project& state = projects_[project];
  std::vector<Names> requests;
  for (const Name& name : state.unread) {
    if (context_.cycle.parts().is_due(chunk_part(project, state.groups.at(name).chunk), now)) continue;
    if (requests.empty() || requests.back().size() == Chunks::kMostNames) requests.emplace_back();
    requests.back().push_back(name);
  }
  for (Names& names : requests) {
    HttpRequest request = find_request(project, names);
    ask(now, std::move(request), [this, project, names = std::move(names)](Instant at, const RawAnswer& raw) {
      const auto quiet = note_found(at, project, names, raw);
      if (quiet) return;
      context_.cycle.doubt(to_string(quiet.error()));
      context_.cycle.parts().hurry(list_part(project), at + retry_interval(context_.settings));
    });
  }
}

void Reader::find_recent(Instant now, const std::string& project) {
  Project& state = projects_[project];
  ReadSchedule& parts = context_.cycle.parts();
  const std::string part = recent_part(project);
  if (!parts.is_due(part, now)) return;
  std::erase_if(state.recent, [&](const Name& name) { return state.groups.at(name).changed + kRecent <= now; });
  Names names;
  // Those whose chunk is read in this turn need no more.
  for (const Name& name : state.recent) {
    const std::size_t chunk = state.groups.at(name).chunk;
    if (names.size() < kMostRecent && !parts.is_due(chunk_part(project, chunk), now)) names.push_back(name);
  }
  parts.remove(part);
  if (state.recent.empty()) return;
  parts.add_extra(part, now + context_.settings.poll_interval);
  if (names.empty()) return;
  HttpRequest request = find_request(project, names);
  ask(now, std::move(request),
      [this, project, part, began = now, names = std::move(names)](Instant at, const RawAnswer& raw) {
        const auto quiet = note_found(at, project, names, raw);
        if (!quiet) context_.cycle.doubt(to_string(quiet.error()));
        context_.cycle.parts().next(part, began, read_interval(context_.settings, {.took = at - began}));
      });
}

HttpRequest Reader::find_request(const std::string& project, const Names& names) const {
  const auto& groups = projects_.at(project).groups;
  const bool past_caches = context_.cycle.past_caches();
  std::vector<FindQuery> queries;
  for (const Name& name : names) {
    // Past the caches everything is to be told; a store that lost its data may come to the same revision again.
    const std::string_view known = past_caches ? std::string_view() : std::string_view(groups.at(name).revision);
    queries.push_back({name.environment, name.app_id, name.name, known});
  }
  return requests_.find(project, queries, past_caches);
}

void Reader::find_chunk(Instant now, const std::string& project, std::size_t index) {
  Chunk& chunk = projects_[project].chunks[index];
  if (context_.cycle.past_caches()) {
    chunk.quiet_answer.clear();
    chunk.body.clear();
  }
  HttpRequest request = chunk.body.empty() ? find_request(project, chunk.names) : requests_.find(project, {});
  if (chunk.body.empty())
    chunk.body = request.body;
  else
    request.body = chunk.body;
  chunk.bytes = chunk.body.size();
  ask(now, std::move(request), [this, project, index, began = now](Instant at, const RawAnswer& raw) {
    on_chunk(began, at, project, index, raw);
  });
}

void Reader::on_chunk(Instant began, Instant now, const std::string& project, std::size_t index, const RawAnswer& raw) {
  Chunk& chunk = projects_[project].chunks[index];
  chunk.took = now - began;
  const bool success = raw && raw->status == 200;
  if (success && !chunk.quiet_answer.empty() && raw->body == chunk.quiet_answer) {
    return schedule_chunk(began, project, index);
  }
  const auto quiet = note_found(now, project, chunk.names, raw);
  if (!quiet) {
    chunk.rewrite();
    chunk.spread = false;
    const Instant retry = now + retry_interval(context_.settings);
    return context_.cycle.parts().fail(chunk_part(project, index), retry, to_string(quiet.error()));
  }
  if (!*quiet) chunk.rewrite();
  if (!chunk.body.empty()) chunk.quiet_answer = raw->body;
  schedule_chunk(began, project, index);
}

/// The first time each chunk waits for another part of the interval, so that from then on they take turns.
void Reader::schedule_chunk(Instant began, const std::string& project, std::size_t index) {
  Chunks& chunks = projects_[project].chunks;
  ReadSchedule& parts = context_.cycle.parts();
  const std::string part = chunk_part(project, index);
  const Duration interval = find_interval();
  const Duration share = interval / static_cast<Duration::rep>(chunks.size());
  parts.complete(part, began);
  parts.next(part, began, interval);
  if (is_hasty()) return;
  if (!chunks[index].spread) parts.hurry(part, began + share * static_cast<Duration::rep>(index + 1));
  chunks[index].spread = true;
}

Result<bool> Reader::note_found(Instant now, const std::string& project, const Names& names, const RawAnswer& raw) {
  auto answer = read_find(raw, names.size(), memo_);
  if (!answer) return tl::make_unexpected(answer.error());
  bool quiet = true;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!apply(now, project, names[i], answer->value[i])) quiet = false;
  }
  conclude_list(project);
  if (answer->complete()) return quiet;
  return failure(ErrorCode::Corrupt, "batch find", answer->doubt);
}

/// True when it says that nothing changed.
bool Reader::apply(Instant now, const std::string& project, const Name& name, Found& found) {
  Project& state = projects_[project];
  const auto group = state.groups.find(name);
  if (group == state.groups.end()) return false;
  switch (found.kind) {
    case Found::Kind::Unchanged:
      note_read(project, name);
      return true;
    case Found::Kind::Updated:
      return apply_update(now, project, name, found);
    case Found::Kind::NoService:
      state.groups_changed = true;
      found.revision.clear();
      return apply_update(now, project, name, found);
    case Found::Kind::Failed:
    case Found::Kind::Unmentioned:
      return false;
  }
  return false;
}

bool Reader::apply_update(Instant now, const std::string& project, const Name& name, Found& found) {
  Group& group = projects_[project].groups[name];
  entries_ += found.instances.size() - group.entries;
  group.entries = found.instances.size();
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
  if (group.read || context_.cycle.settled()) note_change(now, project, name);
  if (found.instances_complete) note_read(project, name);
  if (!known) context_.cycle.parts().hurry(list_part(project), now + context_.settings.poll_interval);
  projects_[project].chunks[group.chunk].rewrite();
  return false;
}

void Reader::note_read(const std::string& project, const Name& name) {
  Project& state = projects_[project];
  state.groups.at(name).read = true;
  state.unread.erase(name);
}

/// Something of it changed: it is looked at again soon, in a large registry too.
void Reader::note_change(Instant now, const std::string& project, const Name& name) {
  Project& state = projects_[project];
  state.groups.at(name).changed = now;
  const Duration soon = context_.settings.poll_interval;
  if (find_interval() < 2 * soon || SYNCER_MUTATED("registry.no_second_look")) return;
  context_.cycle.parts().add_extra(recent_part(project), now + soon);
  state.recent.insert(name);
}

void Reader::distrust(const ServiceRef& ref) {
  const SeenService* service = context_.snapshot.service(ref);
  if (service == nullptr) return;
  Project& state = projects_[ref.space];
  const ServiceKey& key = service->state.name;
  const Name name{key.environment, key.app, key.name};
  const auto group = state.groups.find(name);
  if (group == state.groups.end()) return;
  group->second.revision.clear();
  state.chunks[group->second.chunk].rewrite();
}

// --- the pace ---

Duration Reader::list_interval(const Project& project) const {
  if (is_hasty()) return read_interval(context_.settings, {.took = project.list_took});
  const ReadCost cost{project.list_took, context_.settings.projects.size(), project.last_list.size(), entries_};
  return read_interval(context_.settings, cost);
}

Duration Reader::find_interval() const {
  ReadCost cost{Duration::zero(), 0, 0, entries_};
  for (const auto& [name, project] : projects_) {
    for (const Chunk& chunk : project.chunks) {
      if (chunk.names.empty()) continue;
      cost.took = is_hasty() ? std::max(cost.took, chunk.took) : cost.took + chunk.took;
      cost.requests += 1;
      cost.bytes += chunk.bytes + chunk.quiet_answer.size();
    }
  }
  if (is_hasty()) cost = {.took = cost.took};
  return read_interval(context_.settings, cost);
}

/// At first all chunks are read at once, and again and again.
bool Reader::is_hasty() const {
  return !context_.cycle.settled() && !SYNCER_MUTATED("registry.spare_the_registry_from_the_start");
}

void Reader::fill(DriverSizes& sizes) const {
  sizes.entries_counted = entries_;
  for (const auto& [name, project] : projects_) {
    sizes.names += project.groups.size();
    for (const auto& [group_name, group] : project.groups) sizes.read_entries += group.entries;
  }
}

}  // namespace syncer::registry::servicecenter
