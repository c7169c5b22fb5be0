// SPDX-License-Identifier: Apache-2.0
#include "syncer/cluster/charter.h"

#include <algorithm>

#include "syncer/base/hash.h"

namespace syncer::cluster {
namespace {

constexpr std::size_t kSum = 4;

}  // namespace

Bytes encode(const Charter& charter) {
  Bytes out;
  ByteWriter w(out);
  w.u64(charter.disk);
  w.u8(static_cast<std::uint8_t>(charter.stage));
  wire::write_seats(w, charter.seats);
  w.u64(charter.group);
  w.u64(charter.listed);
  w.u32(crc32c(out));
  return out;
}

Result<Charter> decode_charter(ByteView octets) {
  const ByteView content = octets.substr(0, octets.size() - std::min(octets.size(), kSum));
  ByteReader r(content);
  Charter charter;
  charter.disk = r.u64();
  const std::uint8_t stage = r.u8();
  charter.stage = static_cast<wire::SeatStage>(stage);
  charter.seats = wire::read_seats(r);
  charter.group = r.u64();
  charter.listed = r.u64();
  const bool known = stage <= static_cast<std::uint8_t>(wire::SeatStage::Seated);
  if (known && r.finished() && ByteReader(octets.substr(content.size())).u32() == crc32c(content)) return charter;
  return failure(ErrorCode::Corrupt, std::string(kCharterKey),
                 "the list of this region's voters is damaged; this syncer does not vote on a guess: restore the file "
                 "or give the syncer a new, empty data folder");
}

bool same_seats(const std::vector<wire::Seat>& a, const std::vector<wire::Seat>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const wire::Seat& one, const wire::Seat& other) {
    return one.node == other.node && one.disk == other.disk;
  });
}

const wire::Seat* find_seat(const std::vector<wire::Seat>& seats, std::string_view node) {
  const auto is_it = [&](const wire::Seat& seat) { return seat.node == node; };
  const auto found = std::find_if(seats.begin(), seats.end(), is_it);
  return found == seats.end() ? nullptr : &*found;
}

std::string names_of(const std::vector<wire::Seat>& seats) {
  std::string names;
  for (const wire::Seat& seat : seats) names += (names.empty() ? "" : ", ") + seat.node;
  return names;
}

std::uint64_t founded_by(const std::vector<wire::Seat>& seats) {
  Bytes list;
  ByteWriter w(list);
  for (const wire::Seat& seat : seats) {
    w.string(seat.node);
    w.u64(seat.disk);
  }
  return hash128(list).high | 1U;
}

std::string disk_name(std::uint64_t disk) {
  Bytes octets;
  for (unsigned shift = 64; shift > 0; shift -= 8) octets.push_back(static_cast<char>(disk >> (shift - 8)));
  return to_hex(octets);
}

std::string group_name(std::string_view region, std::uint64_t group) {
  return std::string(region) + "/" + disk_name(group);
}

}  // namespace syncer::cluster
