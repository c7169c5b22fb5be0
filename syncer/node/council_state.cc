// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/council_state.h"

namespace syncer::node {
namespace {

/// Kinds of commands; never reused for another meaning.
enum class Kind : std::uint8_t { RaiseGeneration = 1, GiveSeat = 2 };

constexpr std::uint8_t kStateVersion = 1;

void write(ByteWriter& w, const RaiseGeneration& command) {
  w.u8(static_cast<std::uint8_t>(Kind::RaiseGeneration));
  w.varint(command.generation);
}

void write(ByteWriter& w, const GiveSeat& command) {
  w.u8(static_cast<std::uint8_t>(Kind::GiveSeat));
  wire::write_seats(w, {command.seat});
}

GiveSeat read_seat(ByteReader& r) {
  std::vector<wire::Seat> seats = wire::read_seats(r);
  if (seats.size() == 1) return {std::move(seats.front())};
  r.fail();
  return {};
}

}  // namespace

Bytes encode_command(const CouncilCommand& command) {
  Bytes out;
  ByteWriter w(out);
  std::visit([&](const auto& one) { write(w, one); }, command);
  return out;
}

Result<CouncilCommand> decode_command(ByteView octets) {
  ByteReader r(octets);
  CouncilCommand command;
  switch (static_cast<Kind>(r.u8())) {
    case Kind::RaiseGeneration: command = RaiseGeneration{r.varint()}; break;
    case Kind::GiveSeat: command = read_seat(r); break;
    default: return failure(ErrorCode::Unsupported, "raft log", "it holds a command that this version does not know");
  }
  if (!r.finished()) return failure(ErrorCode::Corrupt, "raft log", "it holds a command that is damaged");
  return command;
}

Bytes encode_state(const CouncilState& state) {
  Bytes out;
  ByteWriter w(out);
  w.u8(kStateVersion);
  w.varint(state.generation);
  w.varint(state.listed);
  wire::write_seats(w, state.seats);
  return out;
}

Result<CouncilState> decode_state(ByteView octets) {
  ByteReader r(octets);
  if (r.u8() != kStateVersion) {
    return failure(ErrorCode::Unsupported, "raft snapshot", "it is of a version that this one does not know");
  }
  CouncilState state;
  state.generation = r.varint();
  state.listed = r.varint();
  state.seats = wire::read_seats(r);
  if (!r.finished()) return failure(ErrorCode::Corrupt, "raft snapshot", "its content is damaged");
  return state;
}

}  // namespace syncer::node
