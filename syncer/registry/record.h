// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"

namespace syncer::registry {

/// What kind of thing a replicated record describes. The numbers are on the wire; a syncer leaves alone what it does
/// not know. A guard's record belongs to no service: it is there while the region's own guard holds removals
/// ("holding"), or for a while after an operator of the region let go what guards anywhere hold of it ("released").
enum class RecordKind : std::uint8_t { Service = 1, Attachment = 2, Instance = 3, Guard = 4 };

/// What names a service everywhere, in whichever registry it is.
struct ServiceKey {
  std::string space;  ///< tenant or namespace; empty for the one that a registry has by default
  std::string environment;
  std::string app;  ///< group of services
  std::string name;
  std::string version;
  auto operator<=>(const ServiceKey&) const = default;
};

/// Names one record of a region. `id` is the name of the attachment, the origin instance id, what a guard says, or
/// empty for a service.
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

/// The keys of a guard's records.
Bytes holding_key();
Bytes released_key();

/// The kind of an encoded key, without reading the rest of it; nothing for bytes that cannot be a key.
std::optional<RecordKind> kind_of(ByteView key);

/// "shop/cart/1.0.0", with space and environment where they are not the default; for people.
std::string to_string(const ServiceKey& key);
/// to_string of the service, and the id where there is one; for people.
std::string to_string(const RecordKey& key);

/// The same from the bytes of a key; hexadecimal for bytes that are none.
std::string readable_key(ByteView bytes);

/// Whether an instance gets traffic, in the words that every kind of registry can be mapped to. Only Up does; what a
/// kind knows besides these is Down, and its own word is in the native part. The numbers are on the wire.
enum class Status : std::uint8_t { Up = 1, Down = 2, Starting = 3, OutOfService = 4, Testing = 5 };

/// Where an instance answers: `protocol://host:port` and, after it, path and query without the sign of encryption.
struct ServiceEndpoint {
  std::string protocol;  ///< as callers know it: "rest", "http", "grpc"
  std::string host;      ///< name or address; an IPv6 address without brackets
  std::uint16_t port = 0;
  bool secure = false;  ///< TLS
  std::string path;
  auto operator<=>(const ServiceEndpoint&) const = default;
};

/// An instance in terms that every kind of registry shares. What names it is the key of its record.
struct Instance {
  std::string host_name;
  std::vector<ServiceEndpoint> endpoints;
  Status status = Status::Up;
  std::map<std::string, std::string> metadata;
  std::uint32_t weight = 100;  ///< share of the traffic, compared with the others'; 100 where a kind has none
  std::uint32_t lease = 120;   ///< seconds without a renewal after which it is gone
  bool operator==(const Instance&) const = default;
};

/// What one kind of registry knows of a thing besides the neutral part. The kind alone reads it, so that it can build
/// its own document again byte for byte; all others keep it and pass it on.
struct NativePart {
  std::string kind;
  Bytes content;
  bool operator==(const NativePart&) const = default;
};

/// The payload of an instance's record: what travels between syncers.
struct InstanceRecord {
  Instance instance;
  NativePart native;
  bool operator==(const InstanceRecord&) const = default;
};

/// Larger payloads are not read.
inline constexpr std::size_t kMaxRecord = 256 * 1024;

/// The one encoding of a record: version, native kind, neutral fields, native content.
Bytes encode_record(const InstanceRecord& record);
/// Undoes encode_record. Invalid for anything it did not write, Unsupported for a later version, TooLarge.
Result<InstanceRecord> decode_record(ByteView bytes);

/// The payload of what belongs to a service (its own record, a contract): version, kind, content.
Bytes encode_attachment(std::string_view kind, ByteView content);
/// Undoes encode_attachment; errors as above.
Result<NativePart> decode_attachment(ByteView bytes);

/// Takes "protocol://host:port/path" apart, or "host:port" without a protocol; the port may be missing (0). Never
/// fails: what cannot be read stays in `host`.
ServiceEndpoint parse_service_endpoint(std::string_view text);
/// Undoes parse_service_endpoint for the texts it can read; `secure` is not written.
std::string to_string(const ServiceEndpoint& endpoint);

}  // namespace syncer::registry
