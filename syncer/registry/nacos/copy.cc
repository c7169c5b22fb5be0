// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/nacos/copy.h"

#include <algorithm>
#include <vector>

#include "syncer/base/hash.h"
#include "syncer/base/mutation.h"
#include "syncer/registry/mapping.h"
#include "syncer/registry/marks.h"
#include "syncer/registry/nacos/record.h"

namespace syncer::registry::nacos {
namespace {

constexpr const char* kVersionKey = "version";
constexpr const char* kSince = "syncer.since";  ///< of a canary: when it was registered, in nobody's time
constexpr std::uint32_t kFullWeight = 100;
/// What the marks take that depend on the service and the epoch, and the times of the lease.
constexpr std::size_t kRoomForMore = 330;

std::size_t size_of(const Metadata& metadata) {
  std::size_t size = 0;
  for (const auto& [key, value] : metadata) size += key.size() + value.size();
  return size;
}

std::size_t limit_of(std::uint32_t release) { return release == 1 ? kMaxFirstMetadata : kMaxMetadata; }

/// The one endpoint that a server has a place for: plain before encrypted, HTTP before others.
std::optional<ServiceEndpoint> chosen(const std::vector<ServiceEndpoint>& endpoints) {
  const HttpEndpoints http = http_endpoints(endpoints);
  if (http.plain) return http.plain;
  if (http.secure) return http.secure;
  const auto other = std::find_if(endpoints.begin(), endpoints.end(), is_reachable);
  return other == endpoints.end() ? std::nullopt : std::optional(*other);
}

/// "10000" hundredths are "100".
std::string weight_text(std::uint32_t hundredths) {
  std::string text = std::to_string(hundredths / kFullWeight);
  const std::uint32_t rest = hundredths % kFullWeight;
  if (rest == 0) return text;
  text += '.' + std::to_string(rest / 10);
  return rest % 10 == 0 ? text : text + std::to_string(rest % 10);
}

/// What callers read of an endpoint, where the instance does not say it itself.
void describe(const ServiceEndpoint& endpoint, Metadata& metadata) {
  if (is_secure(endpoint)) metadata.try_emplace("secure", "true");
  if (!is_http(endpoint)) metadata.try_emplace("protocol", endpoint.protocol);
}

/// Lets keys go, the largest first, until the rest fits; gives their names.
std::string cut_to(Metadata& metadata, std::size_t limit) {
  std::string names;
  while (size_of(metadata) + names.size() > limit) {
    auto largest = metadata.end();
    for (auto it = metadata.begin(); it != metadata.end(); ++it) {
      const bool is_larger = largest == metadata.end() ||
                             it->first.size() + it->second.size() > largest->first.size() + largest->second.size();
      if (!marks::is_mark(it->first) && is_larger) largest = it;
    }
    if (largest == metadata.end()) break;
    names += (names.empty() ? "" : " ") + largest->first.substr(0, 32);
    metadata.erase(largest);
  }
  return names;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// A plan says where a copy is by its id, and the rest by its metadata: the weight is one of them, as a syncer's mark.
constexpr const char* kWeight = "syncer.weight";

constexpr const char* kBeatTimeout = "preserved.heart.beat.timeout";
constexpr const char* kDeleteTimeout = "preserved.ip.delete.timeout";
constexpr const char* kCopyBeatTimeout = "90000";

std::string copy_delete_timeout() { return std::to_string(kCopyLease / std::chrono::milliseconds(1)); }

void add_lease(Metadata& metadata) {
  // Without the interval a server asks for beats each 5 s; nobody here listens to that.
  metadata[kBeatTimeout] = kCopyBeatTimeout;
  metadata[kDeleteTimeout] = copy_delete_timeout();
}

bool has_copy_lease(const Metadata& metadata) {
  return marks::value(metadata, kBeatTimeout) == kCopyBeatTimeout &&
         marks::value(metadata, kDeleteTimeout) == copy_delete_timeout();
}

/// What of the service's neutral name the server's own one does not say.
void add_service_marks(const ServiceKey& service, Metadata& metadata) {
  const ServiceKey natural = key_of(service_of(service), version_of(metadata));
  if (service.version != natural.version) {
    marks::set(metadata, marks::kVersion, service.version);
    metadata.try_emplace(kVersionKey, service.version);
  }
  if (service.environment != natural.environment) marks::set(metadata, marks::kEnvironment, service.environment);
  // A release that takes the two defaults for one learns from the mark which of them is meant.
  if (service.app != natural.app || service.app == kDefaultGroup) marks::set(metadata, marks::kApp, service.app);
  if (service.name != natural.name) marks::set(metadata, marks::kName, service.name);
}

std::string take(Metadata& metadata, std::string_view key) {
  const auto found = metadata.find(std::string(key));
  return found == metadata.end() ? std::string() : std::move(metadata.extract(found).mapped());
}

ServiceKey take_service_marks(const Service& service, Metadata& metadata) {
  const std::string version = take(metadata, marks::kVersion);
  if (!version.empty() && marks::value(metadata, kVersionKey) == version) metadata.erase(kVersionKey);
  ServiceKey key = key_of(service, version.empty() ? version_of(metadata) : version);
  key.environment = take(metadata, marks::kEnvironment);
  if (std::string app = take(metadata, marks::kApp); !app.empty()) key.app = std::move(app);
  if (std::string name = take(metadata, marks::kName); !name.empty()) key.name = std::move(name);
  return key;
}

}  // namespace

Result<CopyPlan> plan_copy(const std::string& region, const std::string& instance, ByteView payload,
                           std::uint32_t release) {
  const auto record = decode_record(payload);
  if (!record) return tl::make_unexpected(record.error());
  const auto endpoint = chosen(record->instance.endpoints);
  if (!endpoint) return failure(ErrorCode::Invalid, "endpoints", "none of them can be reached from another machine");
  NativeMembers native{kDefaultCluster, weight_text(record->instance.weight)};
  if (record->native.kind == kNativeKind) {
    const auto members = decode_native(record->native.content);
    if (!members) return tl::make_unexpected(members.error());
    native = *members;
  }
  CopyPlan plan;
  plan.foreign = record->native.kind != kNativeKind;
  plan.id = entry_id({native.cluster, endpoint->host, endpoint->port});
  plan.status = neutral_word(record->instance.status);
  plan.lease = kCopyLease;
  plan.metadata = record->instance.metadata;
  std::erase_if(plan.metadata, [](const auto& text) { return is_lease_key(text.first); });
  marks::mark_copy(plan.metadata, region, instance);
  if (plan.foreign) marks::set(plan.metadata, marks::kKind, record->native.kind);
  describe(*endpoint, plan.metadata);
  if (native.weight != "1") plan.metadata[kWeight] = native.weight;
  std::vector<std::string> cut;
  if (record->instance.endpoints.size() > 1) cut.emplace_back("endpoints");
  const std::string keys = cut_to(plan.metadata, limit_of(release) - kRoomForMore);
  if (!keys.empty()) cut.push_back("metadata " + keys);
  marks::set(plan.metadata, marks::kCut, joined(cut));
  return plan;
}

Result<Registration> copy_registration(const CopyWrite& copy, std::uint32_t release, const MarkSeal& marks) {
  const auto address = address_of(copy.plan.id);
  if (!address) return failure(ErrorCode::Invalid, "copy", "\"" + copy.plan.id + "\" is no address");
  Registration out{service_of(copy.service), *address, "1", copy.plan.status == neutral_word(Status::Up),
                   copy.plan.metadata};
  if (const auto names = check_names(out.service); !names) return tl::make_unexpected(names.error());
  if (std::string weight = marks::value(out.metadata, kWeight); !weight.empty()) out.weight = std::move(weight);
  add_service_marks(copy.service, out.metadata);
  marks::set(out.metadata, marks::kEpoch, copy.epoch);
  const CopyMark mark{marks::value(out.metadata, marks::kRegion), marks::value(out.metadata, marks::kInstance),
                      copy.epoch};
  marks::set(out.metadata, marks::kSeal, marks.sign(mark, copy.plan.id));
  if (!out.enabled) marks::set(out.metadata, marks::kStatus, copy.plan.status);
  if (SYNCER_MUTATED("nacos.status_only_as_a_mark")) out.enabled = true;
  if (!SYNCER_MUTATED("nacos.keep_the_short_lease")) add_lease(out.metadata);
  if (size_of(out.metadata) <= limit_of(release)) return out;
  return failure(ErrorCode::TooLarge, "metadata",
                 std::to_string(size_of(out.metadata)) + " characters with the marks, Nacos takes " +
                     std::to_string(limit_of(release)));
}

std::optional<CopyMark> take_mark(const std::string& id, Metadata& metadata, const MarkSeal& marks) {
  auto mark = marks::take_copy_mark(metadata);
  if (!mark) return std::nullopt;
  const bool is_of_a_syncer = has_copy_lease(metadata) && !SYNCER_MUTATED("nacos.take_unsigned_copies_for_own");
  return marks.believes(*mark, id) || is_of_a_syncer ? mark : std::nullopt;
}

std::optional<ShownCopy> copy_entry(const Shown& shown, const MarkSeal& marks) {
  Metadata metadata = shown.metadata;
  const auto mark = take_mark(entry_id(shown.address), metadata, marks);
  if (!mark) return std::nullopt;
  ShownCopy out;
  out.entry.copy = *mark;
  // What we wrote counts, not whether an operator here lets the copy have traffic.
  const std::string status = take(metadata, marks::kStatus);
  out.entry.status = status.empty() ? neutral_word(Status::Up) : status;
  out.entry.lease = std::chrono::seconds(lease_of(metadata));
  std::erase_if(metadata, [](const auto& text) { return is_lease_key(text.first); });
  out.service = take_service_marks(shown.service, metadata);
  ServiceEndpoint endpoint{"http", shown.address.ip, shown.address.port, false, ""};
  out.entry.endpoints = {to_string(endpoint)};
  out.entry.metadata = std::move(metadata);
  return out;
}

Registration canary_registration(const CanaryMark& mark, const std::string& since, const MarkSeal& marks) {
  Registration out;
  out.service = {"", kCanaryGroup, kCanaryName};
  // An address of nobody: one syncer has always the same, and no two have one.
  out.address.ip = "syncer-" + sha256_hex(mark.region + "\n" + mark.node).substr(0, 16);
  out.address.port = 1;
  out.enabled = false;
  out.metadata = marks::canary_metadata(mark);
  out.metadata[kSince] = since;
  marks::set(out.metadata, marks::kSeal, marks.sign(mark, entry_id(out.address)));
  return out;
}

Entry canary_entry(Metadata metadata) {
  Entry entry;
  entry.status = neutral_word(Status::Up);
  entry.lease = kCanaryLease;
  entry.canary = marks::canary_mark(metadata);
  entry.registration = marks::value(metadata, kSince);
  return entry;
}

}  // namespace syncer::registry::nacos
