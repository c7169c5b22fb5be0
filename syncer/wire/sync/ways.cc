// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/sync/ways.h"

#include <algorithm>
#include <functional>

#include "syncer/wire/frame/fields.h"

namespace syncer::wire {
namespace {

void write_names(ByteWriter& w, const std::vector<std::string>& names) {
  w.varint(names.size());
  for (const std::string& name : names) w.string(name);
}

void read_names(ByteReader& r, std::vector<std::string>& names, std::size_t most) {
  const std::size_t count = r.count(1);
  if (count > most) r.fail();
  for (std::size_t i = 0; i < count && r.ok(); ++i) read(r, names.emplace_back(), kMaxName);
}

/// A set has one encoding.
void read_set(ByteReader& r, std::vector<std::string>& names) {
  read_names(r, names, kMaxWays);
  if (std::adjacent_find(names.begin(), names.end(), std::greater_equal<>()) != names.end()) r.fail();
}

void write_way(ByteWriter& w, const Way& way) {
  w.string(way.region);
  w.u64(way.run);
  write_names(w, way.via);
  w.u8(way.scope.everyone ? 1 : 0);
  if (!way.scope.everyone) write_names(w, way.scope.regions);
}

void read_way(ByteReader& r, Way& way) {
  read(r, way.region, kMaxName);
  way.run = r.u64();
  read_names(r, way.via, kMaxVia);
  read(r, way.scope.everyone);
  if (!way.scope.everyone) read_set(r, way.scope.regions);
}

}  // namespace

std::size_t size_bound(const Way& way) {
  constexpr std::size_t kRest = 24;  // the run, the flag, and the lengths of the region and both lists
  constexpr std::size_t kLength = 3;
  std::size_t size = kRest + way.region.size();
  for (const auto* names : {&way.via, &way.scope.regions}) {
    for (const std::string& name : *names) size += name.size() + kLength;
  }
  return size;
}

void write(ByteWriter& w, const Ways& m) {
  w.varint(m.ways.size());
  for (const Way& way : m.ways) write_way(w, way);
}

void read(ByteReader& r, Ways& m) {
  constexpr std::size_t kSmallestWay = 11;
  const std::size_t count = r.count(kSmallestWay);
  if (count > kMaxWays) r.fail();
  for (std::size_t i = 0; i < count && r.ok(); ++i) read_way(r, m.ways.emplace_back());
}

void write(ByteWriter&, const WaysWanted&) {}
void read(ByteReader&, WaysWanted&) {}

void write(ByteWriter& w, const Follow& m) {
  w.string(m.region);
  write_names(w, m.readers);
}

void read(ByteReader& r, Follow& m) {
  read(r, m.region, kMaxName);
  read_set(r, m.readers);
}

}  // namespace syncer::wire
