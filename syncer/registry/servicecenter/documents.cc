// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/servicecenter/documents.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "syncer/base/hash.h"
#include "syncer/base/mutation.h"
#include "syncer/registry/mapping.h"

namespace syncer::registry::servicecenter {

namespace {

constexpr std::uint64_t kDayInSeconds = 86400;
/// Later ones, of the year 2262, cannot be told in nanoseconds.
constexpr std::uint64_t kLastSecond = 9'000'000'000;

std::string property(const Properties& properties, const char* name) {
  const auto found = properties.find(name);
  return found == properties.end() ? std::string() : found->second;
}

std::uint64_t number_member(const json::Value& object, const char* name) {
  const auto* value = member(object, name);
  return value != nullptr ? value->natural().value_or(0) : 0;
}

/// What one service center alone knows, and what the key already says, stays at home.
Members payload_of(const json::Value& document, std::initializer_list<ByteView> without) {
  Members members = members_of(document, without);
  std::erase_if(members, [](const auto& member) { return member.second == "null"; });
  return members;
}

/// 0 for what is no number.
std::uint64_t number_of(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : 0;
}

constexpr std::size_t kIdLength = 32;
constexpr std::size_t kHashedPart = 24;

std::string check_digits(std::string_view hashed) {
  return sha256_hex("copy of a syncer " + std::string(hashed)).substr(0, kIdLength - kHashedPart);
}

/// Takes the marks out of what else is attached to the instance; the epoch of a copy is part of its mark alone. Marks
/// on an id that no syncer gave are an application's own and mean nothing. A copy without marks lost them to somebody.
void read_marks(Entry& entry) {
  Properties& p = entry.metadata;
  const bool believed = SYNCER_MUTATED("registry.believe_every_mark") && p.contains("syncer.region");
  const bool is_copy = believed || is_copy_id(entry.id);
  if (is_copy && !SYNCER_MUTATED("registry.overlook_marks")) {
    const bool marked = p.contains("syncer.region") && p.contains("syncer.instance");
    if (!marked && SYNCER_MUTATED("registry.know_copies_by_marks_alone")) return;
    entry.copy = CopyMark{};
    if (!marked) return;
    entry.copy = CopyMark{property(p, "syncer.region"), property(p, "syncer.instance"), property(p, "syncer.epoch"),
                          property(p, "syncer.seal")};
    p.erase("syncer.epoch");
    p.erase("syncer.seal");
  } else if (p.contains("syncer.canary") &&
             entry.id == canary_id(property(p, "syncer.canary"), property(p, "syncer.node"))) {
    entry.canary = CanaryMark{property(p, "syncer.canary"), property(p, "syncer.node"), property(p, "syncer.run"),
                              number_of(property(p, "syncer.count")), property(p, "syncer.seal")};
  }
}

/// What an application says in the words of syncers stays at home.
InstanceRecord own_record(const json::Value& document, Members members, Properties properties) {
  if (std::erase_if(properties, [](const auto& property) { return is_mark(property.first); }) > 0)
    members["properties"] = properties_text(properties);
  return record_of(document, std::move(members), std::move(properties));
}

/// The beginning of a text names the instance and not its state.
constexpr std::size_t kName = 90;

}  // namespace

std::string copy_id_of(ByteView identity) {
  const std::string hashed = sha256_hex(identity).substr(0, kHashedPart);
  return hashed + check_digits(hashed);
}

bool is_copy_id(std::string_view id) {
  return id.size() == kIdLength && check_digits(id.substr(0, kHashedPart)) == id.substr(kHashedPart);
}

std::string canary_id(const std::string& region, const std::string& node) {
  Bytes bytes;
  ByteWriter writer(bytes);
  for (const std::string& field : {std::string("canary"), region, node}) writer.string(field);
  return sha256_hex(bytes).substr(0, kIdLength);
}

std::optional<ServiceDocument> read_service(const json::Value& document, const std::string& domain,
                                            const std::string& project) {
  const auto id = text_member(document, "serviceId");
  const auto environment = text_member(document, "environment");
  const auto app = text_member(document, "appId");
  const auto name = text_member(document, "serviceName");
  const auto version = text_member(document, "version");
  const auto modified = text_member(document, "modTimestamp");
  auto schemas = texts_member(document, "schemas");
  if (!id || !environment || !app || !name || !version || !text_member(document, "alias") || !modified || !schemas)
    return std::nullopt;
  if (id->empty() || name->empty() || !properties_member(document, "properties")) return std::nullopt;
  std::sort(schemas->begin(), schemas->end());
  Members payload = payload_of(document, {"serviceId", "environment", "appId", "serviceName", "version", "timestamp",
                                          "modTimestamp", "schemas"});
  if (!schemas->empty()) payload.emplace("schemas", list_text(*schemas));
  ServiceState state;
  state.name = {space_of(domain, project), *environment, *app, *name, *version};
  state.record = encode_attachment(kNativeKind, object_text(payload));
  state.revision = *modified;
  state.internal = is_syncer_service(state.name);
  state.has_attachments = !schemas->empty();
  return ServiceDocument{*id, std::move(state)};
}

std::optional<Entry> read_instance(const json::Value& document) {
  const auto id = text_member(document, "instanceId");
  const auto service = text_member(document, "serviceId");
  const auto status = text_member(document, "status");
  auto properties = properties_member(document, "properties");
  if (!id || id->empty() || !service || !status || !properties) return std::nullopt;
  auto endpoints = texts_member(document, "endpoints");
  if (!endpoints || !text_member(document, "hostName")) return std::nullopt;
  Entry entry;
  entry.id = *id;
  entry.service = *service;
  entry.status = status->empty() ? "UP" : *status;
  entry.metadata = std::move(*properties);
  entry.lease = lease_of(document);
  entry.registration = text_member(document, "timestamp").value_or("");
  read_marks(entry);
  const std::string written = entry.canary ? text_member(document, "modTimestamp").value_or("") : entry.registration;
  if (const std::uint64_t seconds = number_of(written); seconds > 0 && seconds < kLastSecond) {
    entry.registered_at = static_cast<std::int64_t>(seconds);
  }
  if (entry.copy) entry.endpoints = std::move(*endpoints);
  if (entry.copy || entry.canary) return entry;
  entry.payload = encode_record(
      own_record(document, payload_of(document, {"instanceId", "serviceId", "version", "timestamp", "modTimestamp"}),
                 std::exchange(entry.metadata, {})));
  return entry;
}

std::optional<SchemaDocument> read_schema(const json::Value& document) {
  const auto id = text_member(document, "schemaId");
  const auto summary = text_member(document, "summary");
  const auto content = text_member(document, "schema");
  if (!id || id->empty() || !summary || !content) return std::nullopt;
  Properties payload = {{"schema", *content}};
  if (!summary->empty()) payload.emplace("summary", *summary);
  return SchemaDocument{*id, !content->empty(), properties_text(payload)};
}

Duration lease_of(const json::Value& instance) {
  const auto* check = member(instance, "healthCheck");
  std::uint64_t interval = 30;
  std::uint64_t times = 3;
  if (check != nullptr && text_member(*check, "mode") != "pull") {
    interval = number_member(*check, "interval");
    times = number_member(*check, "times");
    if (interval == 0) interval = 30;
  }
  if (interval > kDayInSeconds || times > kDayInSeconds) return std::chrono::seconds(kDayInSeconds);
  return std::chrono::seconds(std::min(interval * (times + 1), kDayInSeconds));
}

bool is_syncer_service(const ServiceKey& key) { return key.app == "syncer" && key.name == "SYNCER"; }

std::string space_of(const std::string& domain, const std::string& project) {
  return domain == "default" && project == "default" ? std::string() : domain + "/" + project;
}

std::string project_of(const std::string& space) {
  return space.empty() ? "default" : space.substr(space.rfind('/') + 1);
}

ServiceKey canary_service(const std::string& domain, const std::string& project) {
  return {space_of(domain, project), "", "syncer", "SYNCER", "1.0.0"};
}

InstanceMemo::Print InstanceMemo::print_of(ByteView text) {
  const Hash128 hash = hash128(SYNCER_MUTATED("registry.remember_by_name") ? text.substr(0, kName) : text);
  return {hash.high, hash.low};
}

Result<SharedEntry> InstanceMemo::read(ByteView text) {
  const Print print = print_of(text);
  const auto known = known_.find(print);
  if (known != known_.end()) {
    if (SharedEntry instance = known->second.lock()) return instance;
  }
  const auto document = json::Document::parse(text);
  if (!document) return failure(ErrorCode::Corrupt, "instance", "not JSON");
  auto instance = read_instance(**document);
  if (!instance) return SharedEntry();
  auto shared = std::make_shared<const Entry>(std::move(*instance));
  if (known_.size() >= most_) forget_gone();
  known_.insert_or_assign(print, shared);
  return SharedEntry(std::move(shared));
}

void InstanceMemo::forget_gone() {
  for (auto it = known_.begin(); it != known_.end();) it = it->second.expired() ? known_.erase(it) : std::next(it);
  most_ = std::max(kLeast, 2 * known_.size());
}

namespace {

constexpr std::string_view kSecure = "sslEnabled=true";
constexpr std::string_view kAbsent = "null";
constexpr std::uint32_t kTimes = 3;
constexpr std::size_t kMaxHostName = 64;

struct Word {
  Status status;
  std::string_view text;
};
constexpr std::array<Word, 5> kWords = {{{Status::Up, "UP"},
                                         {Status::Down, "DOWN"},
                                         {Status::Starting, "STARTING"},
                                         {Status::OutOfService, "OUTOFSERVICE"},
                                         {Status::Testing, "TESTING"}}};

/// A word that is not known keeps callers away; the word itself is in the native part.
Status status_of(std::string_view word) {
  if (word.empty()) return Status::Up;
  for (const Word& known : kWords) {
    if (known.text == word) return known.status;
  }
  return Status::Down;
}

std::string word_of(Status status) {
  for (const Word& known : kWords) {
    if (known.status == status) return std::string(known.text);
  }
  return "DOWN";
}

/// "rest://10.0.0.1:8080?sslEnabled=true": the only parameter there is in practice says that TLS is spoken.
ServiceEndpoint endpoint_of(std::string_view text) {
  ServiceEndpoint endpoint = parse_service_endpoint(text);
  if (endpoint.path.size() > kSecure.size() && endpoint.path.ends_with(kSecure)) {
    const char before = endpoint.path[endpoint.path.size() - kSecure.size() - 1];
    endpoint.secure = before == '?' || before == '&';
    if (endpoint.secure) endpoint.path.resize(endpoint.path.size() - kSecure.size() - 1);
  }
  return endpoint;
}

std::string text_of(const ServiceEndpoint& endpoint) {
  std::string text = to_string(endpoint);
  if (endpoint.secure) {
    text += endpoint.path.find('?') == std::string::npos ? '?' : '&';
    text += kSecure;
  }
  return text;
}

Bytes health_check_of(std::uint32_t lease) {
  const std::uint32_t interval = std::max<std::uint32_t>(lease / (kTimes + 1), 1);
  return R"({"interval":)" + std::to_string(interval) + R"(,"mode":"push","times":)" + std::to_string(kTimes) + "}";
}

std::vector<std::string> endpoint_texts(const Instance& instance) {
  std::vector<std::string> texts;
  for (const ServiceEndpoint& endpoint : instance.endpoints) texts.push_back(text_of(endpoint));
  return texts;
}

/// The members that the neutral part stands for, as this kind would write them.
Members neutral_members(const Instance& instance) {
  return {{"endpoints", list_text(endpoint_texts(instance))},
          {"healthCheck", health_check_of(instance.lease)},
          {"hostName", quoted(instance.host_name)},
          {"properties", properties_text(instance.metadata)},
          {"status", quoted(word_of(instance.status))}};
}

/// Leaves out a member that the neutral part stands for with this text; an absent one that it would say is null.
void leave_out(Members& members, ByteView name, const Bytes& text) {
  const auto found = members.find(name);
  if (found == members.end())
    members.emplace(name, kAbsent);
  else if (found->second == text)
    members.erase(found);
}

/// What of the members the neutral part does not say. Every instance of every changed list comes by here: the texts of
/// neutral_members() one by one, without a map of them.
Members residue_of(Members members, const Instance& neutral) {
  leave_out(members, "endpoints", list_text(endpoint_texts(neutral)));
  leave_out(members, "healthCheck", health_check_of(neutral.lease));
  leave_out(members, "hostName", quoted(neutral.host_name));
  leave_out(members, "properties", properties_text(neutral.metadata));
  leave_out(members, "status", quoted(word_of(neutral.status)));
  return members;
}

Result<void> apply_residue(const Bytes& content, InstanceDocument& document) {
  const auto residue = json::Document::parse(content);
  if (!residue || !residue->root().is_object()) {
    return failure(ErrorCode::Invalid, "instance", "its native part is not a JSON object");
  }
  const json::Value& object = residue->root();
  const auto status = text_member(object, "status");
  auto endpoints = texts_member(object, "endpoints");
  if (!status || !endpoints || !properties_member(object, "properties") || !text_member(object, "hostName")) {
    return failure(ErrorCode::Invalid, "instance", "a member of its native part has the wrong type");
  }
  for (auto& [name, text] : members_of(object)) {
    if (text == kAbsent)
      document.members.erase(name);
    else
      document.members.insert_or_assign(name, text);
  }
  if (!status->empty()) document.status = *status;
  if (object.find("endpoints") != nullptr) document.endpoints = std::move(*endpoints);
  return {};
}

/// Its callers know HTTP by the name of their own REST transport.
void speak_rest(Instance& instance) {
  for (ServiceEndpoint& endpoint : instance.endpoints) {
    if (!is_http(endpoint)) continue;
    endpoint.secure = is_secure(endpoint);
    endpoint.protocol = "rest";
  }
}

/// A service center wants a host name of 1 to 64 bytes.
std::string host_name_of(const Instance& instance) {
  std::string name = instance.host_name;
  if (name.empty() && !instance.endpoints.empty()) name = instance.endpoints.front().host;
  return name.empty() ? "unknown" : name.substr(0, kMaxHostName);
}

}  // namespace

InstanceRecord record_of(const json::Value& instance, Members members) {
  return record_of(instance, std::move(members), properties_member(instance, "properties").value_or(Metadata()));
}

InstanceRecord record_of(const json::Value& instance, Members members, Metadata metadata) {
  InstanceRecord record;
  Instance& neutral = record.instance;
  neutral.host_name = text_member(instance, "hostName").value_or("");
  for (const std::string& text : texts_member(instance, "endpoints").value_or(std::vector<std::string>())) {
    neutral.endpoints.push_back(endpoint_of(text));
  }
  neutral.status = status_of(text_member(instance, "status").value_or(""));
  neutral.metadata = std::move(metadata);
  neutral.lease = static_cast<std::uint32_t>(lease_of(instance) / std::chrono::seconds(1));
  const Members residue = residue_of(std::move(members), neutral);
  record.native.kind = kNativeKind;
  if (!residue.empty()) record.native.content = object_text(residue);
  return record;
}

Result<void> adapt_native(InstanceRecord& record, const Instance& former) {
  if (record.native.content.empty()) return {};
  const auto residue = json::Document::parse(record.native.content);
  if (!residue || !residue->root().is_object()) {
    return failure(ErrorCode::Invalid, "instance", "its native part is not a JSON object");
  }
  Members members = members_of(residue->root());
  if (record.instance.endpoints != former.endpoints) members.erase("endpoints");
  if (record.instance.host_name != former.host_name) members.erase("hostName");
  if (record.instance.metadata != former.metadata) members.erase("properties");
  record.native.content = members.empty() ? Bytes() : object_text(members);
  return {};
}

Result<InstanceDocument> document_of(const InstanceRecord& record) {
  Instance instance = record.instance;
  const bool own = record.native.kind == kNativeKind;
  if (!own) {
    instance.host_name = host_name_of(instance);
    speak_rest(instance);
  }
  InstanceDocument document;
  document.members = neutral_members(instance);
  document.status = word_of(instance.status);
  document.endpoints = endpoint_texts(instance);
  document.lease = std::chrono::seconds(instance.lease);
  document.properties = std::move(instance.metadata);
  if (!own || record.native.content.empty()) return document;
  if (const auto applied = apply_residue(record.native.content, document); !applied) {
    return tl::make_unexpected(applied.error());
  }
  return document;
}

}  // namespace syncer::registry::servicecenter
