// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/record.h"

#include <algorithm>
#include <charconv>

namespace syncer::registry {

Bytes encode_key(const RecordKey& key) {
  Bytes bytes;
  ByteWriter writer(bytes);
  writer.u8(static_cast<std::uint8_t>(key.kind));
  const ServiceKey& s = key.service;
  for (const std::string* field : {&s.space, &s.environment, &s.app, &s.name, &s.version, &key.id}) {
    writer.string(*field);
  }
  return bytes;
}

std::optional<RecordKey> decode_key(ByteView bytes) {
  ByteReader reader(bytes);
  RecordKey key;
  reader.u8();
  const auto kind = kind_of(bytes);
  if (!kind) return std::nullopt;
  key.kind = *kind;
  ServiceKey& s = key.service;
  for (std::string* field : {&s.space, &s.environment, &s.app, &s.name, &s.version, &key.id}) {
    *field = reader.string();
  }
  // A length may be written with needless bytes; such a key would be a second name of the same record.
  if (!reader.finished() || encode_key(key) != bytes) return std::nullopt;
  const bool has_id = !key.id.empty();
  return has_id == (key.kind != RecordKind::Service) ? std::optional(std::move(key)) : std::nullopt;
}

Bytes holding_key() { return encode_key(RecordKey{RecordKind::Guard, {}, "holding"}); }
Bytes released_key() { return encode_key(RecordKey{RecordKind::Guard, {}, "released"}); }

std::optional<RecordKind> kind_of(ByteView key) {
  const std::uint8_t kind = ByteReader(key).u8();  // 0 where there is none
  return kind < 1 || kind > 4 ? std::nullopt : std::optional(static_cast<RecordKind>(kind));
}

std::string to_string(const ServiceKey& key) {
  std::string text;
  if (!key.space.empty()) text += key.space + ":";
  if (!key.environment.empty()) text += key.environment + "/";
  return text + key.app + "/" + key.name + "/" + key.version;
}

std::string to_string(const RecordKey& key) {
  const std::string text = to_string(key.service);
  switch (key.kind) {
    case RecordKind::Service:
      break;
    case RecordKind::Attachment:
      return text + " schema " + key.id;
    case RecordKind::Instance:
      return text + " instance " + key.id;
    case RecordKind::Guard:
      return "guard: " + key.id;
  }
  return text;
}

std::string readable_key(ByteView bytes) {
  const auto key = decode_key(bytes);
  return key ? to_string(*key) : to_hex(bytes);
}

namespace {

constexpr std::uint8_t kVersion = 1;

void write_head(ByteWriter& writer, std::string_view kind) {
  writer.u8(kVersion);
  writer.string(kind);
}

/// Reads version and kind; `what` names the thing in an error.
Result<std::string> read_head(ByteReader& reader, ByteView bytes, const char* what) {
  if (bytes.size() > kMaxRecord) {
    return failure(ErrorCode::TooLarge, what,
                   std::to_string(bytes.size()) + " bytes, read are " + std::to_string(kMaxRecord) + " at most");
  }
  const std::uint8_t version = reader.u8();
  if (reader.ok() && version > kVersion) {
    return failure(ErrorCode::Unsupported, what,
                   "version " + std::to_string(version) + " of the encoding is not known to this syncer");
  }
  std::string kind(reader.string());
  if (!reader.ok() || version == 0 || kind.empty()) return failure(ErrorCode::Invalid, what, "the payload has no head");
  return kind;
}

void write_endpoint(ByteWriter& writer, const ServiceEndpoint& endpoint) {
  writer.string(endpoint.protocol);
  writer.string(endpoint.host);
  writer.u16(endpoint.port);
  writer.u8(endpoint.secure ? 1 : 0);
  writer.string(endpoint.path);
}

constexpr std::size_t kLeastEndpoint = 6;

ServiceEndpoint read_endpoint(ByteReader& reader) {
  ServiceEndpoint endpoint;
  endpoint.protocol = reader.string();
  endpoint.host = reader.string();
  endpoint.port = reader.u16();
  const std::uint8_t secure = reader.u8();
  if (secure > 1) reader.fail();
  endpoint.secure = secure == 1;
  endpoint.path = reader.string();
  return endpoint;
}

void write_instance(ByteWriter& writer, const Instance& instance) {
  writer.string(instance.host_name);
  writer.varint(instance.endpoints.size());
  for (const ServiceEndpoint& endpoint : instance.endpoints) write_endpoint(writer, endpoint);
  writer.u8(static_cast<std::uint8_t>(instance.status));
  writer.varint(instance.metadata.size());
  for (const auto& [key, value] : instance.metadata) {
    writer.string(key);
    writer.string(value);
  }
  writer.varint(instance.weight);
  writer.varint(instance.lease);
}

std::uint32_t read_u32(ByteReader& reader) {
  const std::uint64_t value = reader.varint();
  if (value > UINT32_MAX) reader.fail();
  return static_cast<std::uint32_t>(value);
}

Instance read_instance(ByteReader& reader) {
  Instance instance;
  instance.host_name = reader.string();
  const std::size_t endpoints = reader.count(kLeastEndpoint);
  for (std::size_t i = 0; i < endpoints && reader.ok(); ++i) instance.endpoints.push_back(read_endpoint(reader));
  const std::uint8_t status = reader.u8();
  if (status < 1 || status > 5) reader.fail();
  instance.status = static_cast<Status>(status);
  const std::size_t texts = reader.count(2);
  for (std::size_t i = 0; i < texts && reader.ok(); ++i) {
    const ByteView key = reader.string();
    if (!instance.metadata.empty() && instance.metadata.rbegin()->first >= key) reader.fail();
    instance.metadata.emplace_hint(instance.metadata.end(), key, reader.string());
  }
  instance.weight = read_u32(reader);
  instance.lease = read_u32(reader);
  return instance;
}

std::size_t varint_size(std::uint64_t value) {
  std::size_t size = 1;
  for (; value >= 0x80; value >>= 7U) ++size;
  return size;
}

std::size_t text_size(ByteView text) { return varint_size(text.size()) + text.size(); }

/// Bytes that encode_record() writes.
std::size_t encoded_size(const InstanceRecord& record) {
  const Instance& instance = record.instance;
  std::size_t size = 2 + text_size(record.native.kind) + record.native.content.size();  // with version and status
  size += text_size(instance.host_name) + varint_size(instance.weight) + varint_size(instance.lease);
  size += varint_size(instance.endpoints.size()) + varint_size(instance.metadata.size());
  for (const ServiceEndpoint& endpoint : instance.endpoints) {
    size += 3 + text_size(endpoint.protocol) + text_size(endpoint.host) + text_size(endpoint.path);
  }
  for (const auto& [key, value] : instance.metadata) size += text_size(key) + text_size(value);
  return size;
}

}  // namespace

Bytes encode_record(const InstanceRecord& record) {
  Bytes bytes;
  bytes.reserve(encoded_size(record));
  ByteWriter writer(bytes);
  write_head(writer, record.native.kind);
  write_instance(writer, record.instance);
  writer.raw(record.native.content);
  return bytes;
}

Result<InstanceRecord> decode_record(ByteView bytes) {
  ByteReader reader(bytes);
  auto kind = read_head(reader, bytes, "instance");
  if (!kind) return tl::make_unexpected(kind.error());
  InstanceRecord record;
  record.native.kind = std::move(*kind);
  record.instance = read_instance(reader);
  if (!reader.ok()) return failure(ErrorCode::Invalid, "instance", "the payload cannot be read");
  record.native.content = reader.raw(reader.remaining());
  // A number may be written with needless bytes; that would be a second encoding of the same record.
  if (encoded_size(record) != bytes.size())
    return failure(ErrorCode::Invalid, "instance", "the payload is not canonical");
  return record;
}

Bytes encode_attachment(std::string_view kind, ByteView content) {
  Bytes bytes;
  ByteWriter writer(bytes);
  write_head(writer, kind);
  writer.raw(content);
  return bytes;
}

Result<NativePart> decode_attachment(ByteView bytes) {
  ByteReader reader(bytes);
  auto kind = read_head(reader, bytes, "attachment");
  if (!kind) return tl::make_unexpected(kind.error());
  return NativePart{std::move(*kind), Bytes(reader.raw(reader.remaining()))};
}

ServiceEndpoint parse_service_endpoint(std::string_view text) {
  ServiceEndpoint endpoint;
  if (const auto scheme = text.find("://"); scheme != std::string_view::npos) {
    endpoint.protocol = text.substr(0, scheme);
    text.remove_prefix(scheme + 3);
  }
  const std::size_t end = std::min(text.find_first_of("/?#"), text.size());
  endpoint.path = text.substr(end);
  std::string_view host = text.substr(0, end);
  if (const auto colon = host.rfind(':'); colon != std::string_view::npos && host.back() != ']') {
    const std::string_view digits = host.substr(colon + 1);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), endpoint.port);
    if (read.ec == std::errc() && read.ptr == digits.data() + digits.size())
      host = host.substr(0, colon);
    else
      endpoint.port = 0;
  }
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  endpoint.host = host;
  return endpoint;
}

std::string to_string(const ServiceEndpoint& endpoint) {
  std::string text = endpoint.protocol.empty() ? "" : endpoint.protocol + "://";
  const bool bare_v6 = endpoint.host.find(':') != std::string::npos;
  text += bare_v6 ? "[" + endpoint.host + "]" : endpoint.host;
  if (endpoint.port != 0) text += ":" + std::to_string(endpoint.port);
  return text + endpoint.path;
}

}  // namespace syncer::registry
