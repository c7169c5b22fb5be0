// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "syncer/base/bytes.h"

namespace syncer::registry {

/// What kind of thing a replicated record describes. The numbers are on the wire.
enum class RecordKind : std::uint8_t { Service = 1, Attachment = 2, Instance = 3 };

/// What names a service everywhere, in whichever registry it is.
struct ServiceKey {
  std::string space;  ///< tenant or namespace; empty for the one that a registry has by default
  std::string environment;
  std::string app;  ///< group of services
  std::string name;
  std::string version;
  auto operator<=>(const ServiceKey&) const = default;
};

/// Names one record of a region. `id` is the name of the attachment, the origin instance id, or empty for a service.
struct RecordKey {
  RecordKind kind = RecordKind::Service;
  ServiceKey service;
  std::string id;
  auto operator<=>(const RecordKey&) const = default;
};

/// The key as bytes: kind, then every field with its length, so that no key is the beginning of another one and
/// "dc1" never meets "dc10".
Bytes encode_key(const RecordKey& key);
/// Undoes encode_key; nothing for bytes it did not write.
std::optional<RecordKey> decode_key(ByteView bytes);

/// The kind of an encoded key, without reading the rest of it; nothing for bytes that cannot be a key.
std::optional<RecordKind> kind_of(ByteView key);

/// "shop/cart/1.0.0", with space and environment where they are not the default; for people.
std::string to_string(const ServiceKey& key);
/// to_string of the service, and the id where there is one; for people.
std::string to_string(const RecordKey& key);

/// The same from the bytes of a key; hexadecimal for bytes that are none.
std::string readable_key(ByteView bytes);

}  // namespace syncer::registry
