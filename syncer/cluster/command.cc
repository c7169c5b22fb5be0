// SPDX-License-Identifier: Apache-2.0
// The commands of the group's log as octets.
#include <algorithm>

#include "syncer/cluster/guard_codec.h"
#include "syncer/cluster/state.h"
#include "syncer/wire/sync/parts.h"

namespace syncer::cluster {
namespace {

/// Kinds of commands; never reused for another meaning.
enum class Kind : std::uint8_t {
  RaiseGeneration = 1,
  GiveSeat = 2,
  NoteGuard = 3,
  ReleaseGuard = 4,
  UseKey = 5,
  RemoveKey = 6
};

void begin(ByteWriter& w, Kind kind) { w.u8(static_cast<std::uint8_t>(kind)); }

void write(ByteWriter& w, const RaiseGeneration& command) {
  begin(w, Kind::RaiseGeneration);
  w.varint(command.generation);
}

void write(ByteWriter& w, const GiveSeat& command) {
  begin(w, Kind::GiveSeat);
  wire::write_seats(w, {command.seat});
}

void write(ByteWriter& w, const NoteGuard& command) {
  begin(w, Kind::NoteGuard);
  write_guard_head(w, command);
  write_age(w, command.frozen_for);
  w.varint(command.baseline);
  w.varint(command.held);
}

void write(ByteWriter& w, const ReleaseGuard& command) {
  begin(w, Kind::ReleaseGuard);
  w.string(command.region);
}

void write(ByteWriter& w, const UseKey& command) {
  begin(w, Kind::UseKey);
  w.string(command.id);
}

void write(ByteWriter& w, const RemoveKey& command) {
  begin(w, Kind::RemoveKey);
  w.string(command.id);
}

std::string read_key_id(ByteReader& r) {
  std::string id;
  wire::read(r, id, wire::kMaxKeyId);
  return id;
}

GiveSeat read_seat(ByteReader& r) {
  std::vector<wire::Seat> seats = wire::read_seats(r);
  if (seats.size() == 1) return {std::move(seats.front())};
  r.fail();
  return {};
}

NoteGuard read_note(ByteReader& r) {
  auto command = read_guard_head<NoteGuard>(r);
  command.frozen_for = read_age(r);
  command.baseline = r.varint();
  command.held = r.varint();
  return command;
}

ReleaseGuard read_release(ByteReader& r) {
  ReleaseGuard command;
  wire::read(r, command.region, wire::kMaxName);
  return command;
}

}  // namespace

Bytes encode_command(const ClusterCommand& command) {
  Bytes out;
  ByteWriter w(out);
  std::visit([&](const auto& one) { write(w, one); }, command);
  return out;
}

Result<ClusterCommand> decode_command(ByteView octets) {
  ByteReader r(octets);
  ClusterCommand command;
  switch (static_cast<Kind>(r.u8())) {
    case Kind::RaiseGeneration:
      command = RaiseGeneration{r.varint()};
      break;
    case Kind::GiveSeat:
      command = read_seat(r);
      break;
    case Kind::NoteGuard:
      command = read_note(r);
      break;
    case Kind::ReleaseGuard:
      command = read_release(r);
      break;
    case Kind::UseKey:
      command = UseKey{read_key_id(r)};
      break;
    case Kind::RemoveKey:
      command = RemoveKey{read_key_id(r)};
      break;
    default:
      return failure(ErrorCode::Unsupported, "raft log", "it holds a command that this version does not know");
  }
  if (!r.finished()) return failure(ErrorCode::Corrupt, "raft log", "it holds a command that is damaged");
  return command;
}

}  // namespace syncer::cluster
