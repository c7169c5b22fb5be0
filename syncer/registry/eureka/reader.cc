// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/eureka/reader.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "syncer/base/mutation.h"
#include "syncer/registry/mapping.h"

namespace syncer::registry::eureka {
namespace {

/// What the hash does not see (a port for another, an instance for another) is found after this at the latest.
constexpr Duration kFullAgain = std::chrono::minutes(3);

/// Old servers write a lone element without the list around it.
template <class Use>
void for_each(const json::Value* value, Use use) {
  if (value == nullptr || value->is_null()) return;
  if (value->is_object()) return use(*value);
  for (const json::Value& element : *value) use(element);
}

std::string hash_of(const std::map<std::string, std::uint64_t>& counts) {
  std::string hash;
  for (const auto& [status, count] : counts) {
    if (count > 0) hash += status + "_" + std::to_string(count) + "_";
  }
  return hash;
}

bool is_internal(const ServiceKey& key) {
  return (key.name == kCanaryApp && key.app == "syncer") || upper_case(key.name) == kServerApp;
}

}  // namespace

bool Reader::wants_all(Instant now) const {
  return !last_full_ || context_.cycle.past_caches() || now - *last_full_ >= kFullAgain || now < no_changes_until_;
}

void Reader::poll(Instant now) { wants_all(now) ? ask_for_all(now) : ask_for_changes(now); }

void Reader::ask_for_all(Instant now) {
  context_.cycle.open();
  context_.calls.submit(now, Urgency::Read, requests_.list(), [this](Instant at, const RawAnswer& raw) {
    if (raw) context_.cycle.count(raw->body.size());
    on_all(at, raw);
    context_.cycle.close(at);
  });
}

void Reader::ask_for_changes(Instant now) {
  context_.cycle.open();
  context_.calls.submit(now, Urgency::Read, requests_.delta(), [this](Instant at, const RawAnswer& raw) {
    if (raw) context_.cycle.count(raw->body.size());
    on_changes(at, raw);
    context_.cycle.close(at);
  });
}

Result<Reader::Listed> Reader::read(const RawAnswer& raw) {
  if (raw && raw->status == 403)
    return failure(ErrorCode::Unreachable, "HTTP 403", "the server does not show lists yet, or not to us");
  if (const auto success = success_of(raw); !success) return tl::make_unexpected(success.error());
  const auto document = json::Document::parse(raw->body);
  const json::Value* apps = document ? document->root().find("applications") : nullptr;
  const json::Value* hash = apps == nullptr ? nullptr : apps->find("apps__hashcode");
  if (hash == nullptr || !hash->is_text())
    return failure(ErrorCode::Corrupt, "list", "the answer is no list of Eureka");
  Listed listed;
  listed.hash = hash->text();
  for_each(apps->find("application"), [&](const json::Value& app) {
    for_each(app.find("instance"), [&](const json::Value& instance) {
      auto seen = read_instance(instance);
      if (!seen) {
        listed.whole = false;
        return;
      }
      Name name{upper_case(seen->app), seen->entry.id};
      listed.instances.insert_or_assign(std::move(name), std::move(*seen));
    });
  });
  return listed;
}

void Reader::on_all(Instant now, const RawAnswer& raw) {
  auto listed = read(raw);
  if (!listed) return context_.cycle.doubt(to_string(listed.error()));
  std::map<std::string, std::uint64_t> counts;
  for (const auto& [name, seen] : listed->instances) ++counts[seen.status];
  const bool adds_up = hash_of(counts) == listed->hash || SYNCER_MUTATED("eureka.believe_every_list");
  if (!adds_up || !listed->whole) {
    return context_.cycle.doubt(adds_up ? "the list holds an instance that cannot be read"
                                        : "the list does not hold what its hash code says");
  }
  std::set<ServiceRef> touched;
  for (auto known = known_.begin(); known != known_.end();) {
    const auto here = known++;
    if (!listed->instances.contains(here->first)) remove(here, touched);
  }
  for (auto& [name, seen] : listed->instances) put(name, std::move(seen), touched);
  for (const auto& [ref, service] : context_.snapshot.services()) touched.insert(ref);
  show(touched);
  last_full_ = now;
  last_delta_.clear();
}

/// What is said to have gone is a hint like an instance that a list lacks. Changes that do not lead to the counts that
/// the server has make no reading: it is asked for everything at once.
void Reader::on_changes(Instant now, const RawAnswer& raw) {
  if (raw && raw->status == 200 && !last_delta_.empty() && raw->body == last_delta_) return;
  if (raw && raw->status == 403) {
    no_changes_until_ = now + kFullAgain;
    return ask_for_all(now);
  }
  auto listed = read(raw);
  if (!listed) {
    last_full_.reset();
    return context_.cycle.doubt(to_string(listed.error()));
  }
  std::set<ServiceRef> touched;
  for (auto& [name, seen] : listed->instances) {
    if (!seen.deleted) {
      put(name, std::move(seen), touched);
    } else if (const auto known = known_.find(name); known != known_.end()) {
      remove(known, touched);
    }
  }
  show(touched);
  if (hash() == listed->hash && listed->whole) {
    last_delta_ = raw->body;
    return;
  }
  ask_for_all(now);
}

void Reader::put(const Name& name, SeenInstance seen, std::set<ServiceRef>& touched) {
  const auto known = known_.find(name);
  if (known != known_.end() && known->second.service != seen.service) remove(known, touched);
  Known& entry = known_[name];
  if (entry.entry) --counts_[entry.status];
  ++counts_[seen.status];
  const ServiceRef ref{"", seen.entry.service};
  touched.insert(ref);
  auto fresh = context_.snapshot.known(ref, std::make_shared<const Entry>(std::move(seen.entry)));
  entry = {std::move(seen.service), ref, std::move(fresh), std::move(seen.status), seen.dirty};
  by_service_[ref][name] = entry.entry;
}

void Reader::remove(std::map<Name, Known>::iterator known, std::set<ServiceRef>& touched) {
  const Known& entry = known->second;
  --counts_[entry.status];
  touched.insert(entry.ref);
  const auto service = by_service_.find(entry.ref);
  service->second.erase(known->first);
  if (service->second.empty()) by_service_.erase(service);
  known_.erase(known);
}

void Reader::show(const std::set<ServiceRef>& touched) {
  for (const ServiceRef& ref : touched) {
    const auto key = key_of(ref);
    if (!key) continue;
    const auto found = by_service_.find(ref);
    std::vector<SharedEntry> entries;
    if (found != by_service_.end()) {
      for (const auto& [name, entry] : found->second) entries.push_back(entry);
      context_.snapshot.put_service(ref, {*key, {}, {}, is_internal(*key), false});
    }
    if (context_.snapshot.service(ref) == nullptr) continue;
    context_.snapshot.put_entries(ref, entries, true);
    context_.snapshot.set_listed(ref, !entries.empty());
    context_.snapshot.erase_if_gone(ref);
  }
}

void Reader::forget_if_gone(const ServiceRef& service) {
  if (!by_service_.contains(service)) context_.snapshot.erase_if_gone(service);
}

std::string Reader::hash() const { return hash_of(counts_); }

std::uint64_t Reader::dirty_of(const EntryId& entry) const {
  const auto key = key_of(entry.owner());
  if (!key) return 0;
  const auto known = known_.find({upper_case(key->name), entry.id});
  return known == known_.end() ? 0 : known->second.dirty;
}

std::string Reader::other_spelling(const ServiceKey& service) const {
  const std::string app = upper_case(service.name);
  for (auto it = known_.lower_bound({app, ""}); it != known_.end() && it->first.first == app; ++it) {
    if (!it->second.entry->copy) continue;
    return it->second.service.name == service.name ? "" : it->second.service.name;  // all of them are spelled alike
  }
  return "";
}

}  // namespace syncer::registry::eureka
