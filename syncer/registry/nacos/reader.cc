// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/nacos/reader.h"

#include <set>
#include <utility>

#include "syncer/base/mutation.h"
#include "syncer/registry/nacos/record.h"
#include "syncer/registry/nacos/requests.h"

namespace syncer::registry::nacos {
namespace {

constexpr std::uint32_t kThird = 3;

using Found = std::map<ServiceRef, std::map<SharedText, SharedEntry>>;

/// An instance of a connection and what was registered over HTTP at its address are two with one id, in any order: a
/// copy that has an application's instance beside it is none any more.
void add(std::map<SharedText, SharedEntry>& entries, SharedEntry entry) {
  const auto [known, is_new] = entries.try_emplace(entry->id, entry);
  if (!is_new && (is_native(*entry) || SYNCER_MUTATED("nacos.show_whichever_twin_comes_last")))
    known->second = std::move(entry);
}

}  // namespace

void Reader::poll(Instant now) {
  context_.cycle.open();
  if (ask_)
    ask_release(now, false);
  else
    read_all(now);
}

/// Ends what poll() opened, or leaves it to the readings that begin.
void Reader::ask_release(Instant now, bool is_third) {
  context_.calls.submit(now, Urgency::Read, get_release(is_third), [this, is_third](Instant at, const RawAnswer& raw) {
    const auto release = read_release(raw);
    if (!release && release.error().code == ErrorCode::Unsupported && !is_third) return ask_release(at, true);
    if (!release) {
      doubt(release.error());
      return context_.cycle.close(at);
    }
    release_ = *release;
    ask_ = false;
    read_all(at);
  });
}

void Reader::read_all(Instant now) {
  std::set<std::string> spaces;
  for (const std::string& project : context_.settings.projects) spaces.insert(space_of(project));
  for (const std::string& space : spaces) {
    auto reading = std::make_shared<Reading>();
    reading->space = space;
    if (release_ >= kThird)
      read_page(now, reading, 1);
    else
      read_space(now, reading);
  }
  context_.cycle.close(now);
}

void Reader::read_space(Instant now, const SharedReading& reading) {
  for (int i = 0; i < 2; ++i) context_.cycle.open();
  context_.calls.submit(now, Urgency::Read, get_catalog_count(reading->space),
                        [this, reading](Instant at, const RawAnswer& raw) {
                          if (raw) context_.cycle.count(raw->body.size());
                          const auto count = read_count(raw);
                          if (count)
                            reading->count = *count;
                          else
                            doubt(count.error());
                          conclude(reading);
                          context_.cycle.close(at);
                        });
  context_.calls.submit(now, Urgency::Read, get_catalog(reading->space),
                        [this, reading](Instant at, const RawAnswer& raw) {
                          if (raw) context_.cycle.count(raw->body.size());
                          on_catalog(reading, raw);
                          conclude(reading);
                          context_.cycle.close(at);
                        });
}

/// An answer that is equal to the one that is shown is not read again.
void Reader::on_catalog(const SharedReading& reading, const RawAnswer& raw) {
  if (raw && raw->status == 200) reading->print = hash128(raw->body);
  if (is_shown(*reading)) {
    reading->all.services = prints_.at(reading->space).services;
    reading->unread = *raw;
    reading->is_listed = true;
    return;
  }
  auto page = read_catalog(raw, reading->space);
  if (!page) return doubt(page.error());
  reading->all = std::move(*page);
  reading->is_listed = true;
}

void Reader::read_page(Instant now, const SharedReading& reading, std::size_t number) {
  context_.cycle.open();
  context_.calls.submit(now, Urgency::Read, get_admin_page(reading->space, number),
                        [this, reading, number](Instant at, const RawAnswer& raw) {
                          if (raw) context_.cycle.count(raw->body.size());
                          on_page(at, reading, number, raw);
                          context_.cycle.close(at);
                        });
}

void Reader::on_page(Instant now, const SharedReading& reading, std::size_t number, const RawAnswer& raw) {
  if (number == 1 && raw && raw->status == 200) {
    reading->print = hash128(raw->body);
    if (is_shown(*reading)) return;
  }
  auto page = read_admin_page(raw, reading->space);
  if (!page) return doubt(page.error());
  CatalogPage& all = reading->all;
  if (number > 1 && page->total != all.total) return context_.cycle.doubt("services came or went between two pages");
  all.total = page->total;
  all.services += page->services;
  for (Shown& shown : page->instances) all.instances.push_back(std::move(shown));
  if (number < page->pages) return read_page(now, reading, number + 1);
  if (number > 1) reading->print = {};
  reading->count = all.total;
  reading->is_listed = true;
  conclude(reading);
}

void Reader::doubt(const Error& error) {
  std::string reason = to_string(error);
  if (error.code == ErrorCode::Unsupported && release_ == 0) reason += " (does the address lack its path, /nacos?)";
  context_.cycle.doubt(std::move(reason));
  ask_ = true;  // another server may answer next, or this one in another release
}

/// Both answers are there: do they agree?
void Reader::conclude(const SharedReading& reading) {
  if (!reading->count || !reading->is_listed) return;
  if (*reading->count != reading->all.services && !SYNCER_MUTATED("nacos.trust_every_list")) {
    context_.cycle.doubt("the catalog shows " + std::to_string(reading->all.services) + " of " +
                         std::to_string(*reading->count) + " services");
    return;
  }
  if (is_shown(*reading)) return;
  // It was equal to what was shown when it came, and the snapshot changed since.
  if (reading->unread) reading->all = *read_catalog(*reading->unread, reading->space);
  show(*reading);
  prints_[reading->space] = {reading->print, reading->all.services};
}

/// Where marks are signed, what is believed of an equal answer may be another now.
bool Reader::is_shown(const Reading& reading) const {
  const auto known = prints_.find(reading.space);
  return known != prints_.end() && reading.print != Hash128{} && known->second.print == reading.print &&
         !context_.marks.active();
}

void Reader::show(const Reading& reading) {
  Found found;
  for (const auto& [ref, service] : context_.snapshot.services()) {
    if (ref.space == reading.space) found[ref];
  }
  occupancy_.clear(reading.space);
  for (const Shown& shown : reading.all.instances) {
    if (!SYNCER_MUTATED("nacos.overlook_what_is_there")) occupancy_.add(shown);
    if (is_of_other_syncer(shown.metadata)) continue;
    const bool is_internal = is_canary_service(shown.service);
    ShownEntry entry = entry_of(shown, context_.marks);
    const ServiceRef ref = ref_of(shown.service, entry.service);
    context_.snapshot.put_service(ref, {entry.service, {}, {}, is_internal, false});
    add(found[ref], std::move(entry.entry));
  }
  for (const auto& [ref, by_id] : found) {
    std::vector<SharedEntry> entries;
    for (const auto& [id, entry] : by_id) entries.push_back(context_.snapshot.known(ref, entry));
    context_.snapshot.put_entries(ref, entries, true);
    context_.snapshot.set_listed(ref, !entries.empty());
    context_.snapshot.erase_if_gone(ref);
  }
}

}  // namespace syncer::registry::nacos
