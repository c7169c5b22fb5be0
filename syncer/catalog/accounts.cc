// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/accounts.h"

#include <algorithm>

#include "syncer/catalog/session.h"

namespace syncer::catalog {
namespace {

/// The key without reading it whole: most do not match.
bool may_match(ByteView key, std::string_view what) { return key.find(what) != ByteView::npos; }

bool names(const Bytes& key, std::string_view what) {
  if (!may_match(key, what)) return false;
  const auto record = registry::decode_key(key);
  return record && (record->service.name == what || record->id == what || to_string(record->service) == what);
}

CopyPhase phase_of(const RemoteCopies& remote, const DesiredCopy& copy) {
  if (!copy.rejected.empty()) return CopyPhase::Rejected;
  if (copy.held || copy.next) return CopyPhase::Held;
  if (!copy.desired || remote.expired) return CopyPhase::Leaving;
  return copy.any_present() && copy.at_rest() ? CopyPhase::Present : CopyPhase::Waiting;
}

std::string detail_of(const RemoteCopies& remote, const DesiredCopy& copy, CopyPhase phase) {
  const std::string& guard = remote.report.status().reason;
  switch (phase) {
    case CopyPhase::Present:
      return "";
    case CopyPhase::Rejected:
      return "the registry refuses it: " + copy.rejected;
    case CopyPhase::Held:
      return (copy.next ? "the guard holds the change of its endpoints" : "the guard holds its removal") +
             (guard.empty() ? std::string() : ": " + guard);
    case CopyPhase::Leaving:
      return remote.expired ? "its region is away for longer than sync.hold" : "its region does not have it any more";
    case CopyPhase::Waiting:
      break;
  }
  if (!copy.waiting.empty()) return copy.waiting;
  return copy.busy ? "it is being written" : "it waits for its turn to be written";
}

/// A place in the order of all copies.
std::string cursor_of(const std::string& region, const Bytes& key) { return to_hex(region) + "." + to_hex(key); }

CopyName parse_cursor(std::string_view text) {
  const std::size_t dot = std::min(text.find('.'), text.size());
  return {from_hex(text.substr(0, dot)).value_or(""),
          from_hex(text.substr(std::min(dot + 1, text.size()))).value_or("")};
}

}  // namespace

std::string_view name(CopyPhase phase) {
  switch (phase) {
    case CopyPhase::Present:
      return "present";
    case CopyPhase::Waiting:
      return "waiting";
    case CopyPhase::Held:
      return "held";
    case CopyPhase::Rejected:
      return "rejected";
    case CopyPhase::Leaving:
      return "leaving";
  }
  return "unknown";
}

// Own instances.

std::string Accounts::hold_of(const Bytes& key) const {
  if (!session_.guard.core().holds(key)) return "";
  const std::string& reason = session_.guard.report().status().reason;
  return "the guard holds its removal" + (reason.empty() ? std::string() : ": " + reason);
}

NativeAccount Accounts::account_of(const registry::EntryId& ref, const registry::SeenService& service,
                                   const registry::SeenEntry& seen) const {
  NativeAccount account;
  account.key = instance_key(service.state.name, ref.id);
  account.listed = !seen.missing;
  account.status = seen.entry->status;
  if (!config_.mirrors(service.state.name)) {
    account.withheld = "registry.exclude-services names \"" + service.state.name.name + "\"";
  } else {
    account.withheld = session_.unfit_reason(ref);
  }
  account.exported = session_.exporter.exports(account.key);
  account.held = hold_of(account.key);
  return account;
}

/// What the registry lost and the guard goes on to show.
void Accounts::add_held(std::string_view what, std::size_t limit, std::vector<NativeAccount>& all) const {
  for (const auto& [key, payload] : session_.exporter.exported()) {
    if (all.size() >= limit) return;
    if (registry::kind_of(key) != registry::RecordKind::Instance || !names(key, what)) continue;
    const auto same = [&key = key](const NativeAccount& account) { return account.key == key; };
    if (std::any_of(all.begin(), all.end(), same)) continue;
    NativeAccount account;
    account.key = key;
    account.exported = true;
    account.held = hold_of(key);
    all.push_back(std::move(account));
  }
}

std::vector<NativeAccount> Accounts::natives(std::string_view what, std::size_t limit) const {
  std::vector<NativeAccount> all;
  for (const auto& [ref, service] : session_.view.services()) {
    if (service.state.internal) continue;
    const bool by_name = service.state.name.name == what || to_string(service.state.name) == what;
    const auto one = service.entries.find(std::string(what));
    auto it = by_name ? service.entries.begin() : one;
    const auto end = by_name || one == service.entries.end() ? service.entries.end() : std::next(one);
    for (; it != end && all.size() < limit; ++it) {
      if (is_native(*it->second.entry)) all.push_back(account_of({ref.space, ref.id, it->first}, service, it->second));
    }
  }
  add_held(what, limit, all);
  return all;
}

std::vector<NativeAccount> Accounts::withheld(std::size_t limit) const {
  std::vector<NativeAccount> all;
  for (const auto& [ref, service] : session_.view.services()) {
    if (service.state.internal || service.natives == 0) continue;
    for (const auto& [id, seen] : service.entries) {
      if (all.size() >= limit) return all;
      if (!is_native(*seen.entry)) continue;
      NativeAccount account = account_of({ref.space, ref.id, id}, service, seen);
      if (!account.withheld.empty() || !account.exported) all.push_back(std::move(account));
    }
  }
  return all;
}

// Copies.

CopyAccount Accounts::account_of(Instant now, const std::string& region, const RemoteCopies& remote, const Bytes& key,
                                 const DesiredCopy& copy) const {
  CopyAccount account;
  account.region = region;
  account.key = key;
  account.wanted = copy.desired;
  account.phase = phase_of(remote, copy);
  account.detail = detail_of(remote, copy, account.phase);
  // What the copy noted when it was looked at last may be over: a drain that went on since.
  const bool is_steered = account.phase == CopyPhase::Waiting && regions_.steering().pauses(region);
  if (is_steered) account.detail = regions_.steering().status(region);
  for (const auto& [id, state] : copy.copies) {
    if (!state.present) continue;
    account.copy = id;
    account.status = state.shape->status;
    account.renewed_before = session_.leases.age(now, state.ref);
  }
  return account;
}

std::vector<CopyAccount> Accounts::copies(Instant now, std::string_view what, std::size_t limit) const {
  std::vector<CopyAccount> all;
  const std::string id(what);
  for (const auto& [region, remote] : regions_.all()) {
    for (const auto& [key, copy] : remote.desired) {
      if (all.size() >= limit) return all;
      if (copy.copies.contains(id) || names(key, what)) all.push_back(account_of(now, region, remote, key, copy));
    }
  }
  return all;
}

std::vector<CopyAccount> Accounts::unfinished(Instant now, std::size_t limit) const {
  std::vector<CopyAccount> all;
  for (const auto& [region, remote] : regions_.all()) {
    for (const auto& [key, copy] : remote.desired) {
      if (all.size() >= limit) return all;
      if (phase_of(remote, copy) != CopyPhase::Present) all.push_back(account_of(now, region, remote, key, copy));
    }
  }
  return all;
}

CopyPage Accounts::page(Instant now, const CopyQuery& query) const {
  CopyPage page;
  const CopyName after = parse_cursor(query.after);
  CopyName last;
  for (const auto& [region, remote] : regions_.all()) {
    if (!query.region.empty() && query.region != region) continue;
    for (const auto& [key, copy] : remote.desired) {
      const bool matches = query.search.empty() || may_match(key, query.search) ||
                           registry::readable_key(key).find(query.search) != std::string::npos;
      if (!matches) continue;
      ++page.total;
      const bool is_before = !query.after.empty() && CopyName{region, key} <= after;
      if (is_before) continue;
      if (page.copies.size() < query.limit) {
        page.copies.push_back(account_of(now, region, remote, key, copy));
        last = {region, key};
      } else if (page.next.empty()) {
        page.next = cursor_of(last.region, last.key);
      }
    }
  }
  return page;
}

std::string Accounts::place_of(const std::string& region, const Bytes& key) const {
  const auto remote = regions_.all().find(region);
  if (remote == regions_.all().end()) return "";
  const auto copy = remote->second.desired.find(key);
  if (copy == remote->second.desired.end()) return "";
  for (const auto& [id, state] : copy->second.copies) {
    if (state.present) return state.ref.service.str();
  }
  return "";
}

std::vector<ServiceAccount> Accounts::services() const {
  std::map<registry::ServiceKey, ServiceAccount> all;
  for (const auto& [ref, service] : session_.view.services()) {
    if (service.state.internal || service.natives == 0) continue;
    ServiceAccount& account = all[service.state.name];
    for (const auto& [id, seen] : service.entries) {
      if (!is_native(*seen.entry)) continue;
      ++account.own;
      account.exported += session_.exporter.exports(instance_key(service.state.name, id)) ? 1 : 0;
    }
  }
  for (const auto& [region, remote] : regions_.all()) {
    for (const auto& [key, copy] : remote.desired) {
      if (!copy.any_present()) continue;
      if (const auto record = registry::decode_key(key)) ++all[record->service].copies[region];
    }
  }
  std::vector<ServiceAccount> rows;
  for (auto& [key, account] : all) {
    account.service = to_string(key);
    rows.push_back(std::move(account));
  }
  std::sort(rows.begin(), rows.end(),
            [](const ServiceAccount& a, const ServiceAccount& b) { return a.service < b.service; });
  return rows;
}

}  // namespace syncer::catalog
