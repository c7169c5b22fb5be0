// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/sightings.h"

#include <algorithm>

namespace syncer::catalog {

using replication::Sighting;

namespace {

std::vector<Bytes> sorted_addresses(const std::vector<registry::ServiceEndpoint>& endpoints) {
  std::vector<Bytes> addresses;
  for (const registry::ServiceEndpoint& endpoint : endpoints) {
    addresses.push_back(endpoint.port == 0 ? to_string(endpoint) : endpoint.host + ":" + std::to_string(endpoint.port));
  }
  std::sort(addresses.begin(), addresses.end());
  return addresses;
}

/// All versions of a service are one: a deployment brings another.
Bytes family_of(const Bytes& key) {
  auto record = registry::decode_key(key);
  if (!record) return {};
  record->service.version.clear();
  return encode_key(registry::RecordKey{registry::RecordKind::Service, std::move(record->service), ""});
}

}  // namespace

Sighting sighting_of(const Bytes& key, ByteView payload) {
  Sighting sighting;
  sighting.key = key;
  sighting.service = family_of(key);
  const auto record = registry::decode_record(payload);
  if (!record) return sighting;
  sighting.endpoints = sorted_addresses(record->instance.endpoints);
  sighting.host = record->instance.host_name;
  sighting.lease = std::chrono::seconds(record->instance.lease);
  return sighting;
}

Sighting sighting_of(const Bytes& key, const registry::Entry& copy) {
  Sighting sighting;
  sighting.key = key;
  sighting.service = family_of(key);
  sighting.endpoints = addresses_of(copy.endpoints);
  sighting.lease = copy.lease;
  return sighting;
}

std::vector<Bytes> addresses_of(ByteView payload) {
  const auto record = registry::decode_record(payload);
  return record ? sorted_addresses(record->instance.endpoints) : std::vector<Bytes>();
}

std::vector<Bytes> addresses_of(const std::vector<std::string>& endpoints) {
  std::vector<registry::ServiceEndpoint> parsed;
  for (const std::string& endpoint : endpoints) parsed.push_back(registry::parse_service_endpoint(endpoint));
  return sorted_addresses(parsed);
}

}  // namespace syncer::catalog
