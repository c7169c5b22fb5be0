// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/servicecenter/mapping.h"

#include <array>

#include "syncer/registry/servicecenter/documents.h"

namespace syncer::registry::servicecenter {
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

/// What of the members the neutral part does not say; an absent one that it would say is null.
Members residue_of(Members members, const Members& neutral) {
  for (const auto& [name, text] : neutral) {
    const auto found = members.find(name);
    if (found == members.end())
      members.emplace(name, kAbsent);
    else if (found->second == text)
      members.erase(found);
  }
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

/// A service center wants a host name of 1 to 64 bytes.
std::string host_name_of(const Instance& instance) {
  std::string name = instance.host_name;
  if (name.empty() && !instance.endpoints.empty()) name = instance.endpoints.front().host;
  return name.empty() ? "unknown" : name.substr(0, kMaxHostName);
}

}  // namespace

InstanceRecord record_of(const json::Value& instance, Members members) {
  InstanceRecord record;
  Instance& neutral = record.instance;
  neutral.host_name = text_member(instance, "hostName").value_or("");
  for (const std::string& text : texts_member(instance, "endpoints").value_or(std::vector<std::string>())) {
    neutral.endpoints.push_back(endpoint_of(text));
  }
  neutral.status = status_of(text_member(instance, "status").value_or(""));
  neutral.metadata = properties_member(instance, "properties").value_or(Metadata());
  neutral.lease = static_cast<std::uint32_t>(lease_of(instance) / std::chrono::seconds(1));
  const Members residue = residue_of(std::move(members), neutral_members(neutral));
  record.native.kind = kNativeKind;
  if (!residue.empty()) record.native.content = object_text(residue);
  return record;
}

Result<InstanceDocument> document_of(const InstanceRecord& record) {
  Instance instance = record.instance;
  const bool own = record.native.kind == kNativeKind;
  if (!own) instance.host_name = host_name_of(instance);
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
