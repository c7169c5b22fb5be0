// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/record.h"

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

std::optional<RecordKind> kind_of(ByteView key) {
  const std::uint8_t kind = ByteReader(key).u8();  // 0 where there is none
  return kind < 1 || kind > 3 ? std::nullopt : std::optional(static_cast<RecordKind>(kind));
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
  }
  return text;
}

std::string readable_key(ByteView bytes) {
  const auto key = decode_key(bytes);
  return key ? to_string(*key) : to_hex(bytes);
}

}  // namespace syncer::registry
