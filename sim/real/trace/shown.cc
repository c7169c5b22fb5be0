// SPDX-License-Identifier: Apache-2.0
#include "sim/real/trace/shown.h"

namespace sim::real {

void follow(host::Appearance& shown, const syncer::Event& event) {
  using syncer::EventKind;
  using syncer::membership::State;
  const auto member = [&](State state) { shown.members.insert_or_assign(std::string(event.text("member")), state); };
  switch (event.kind) {
    case EventKind::MemberJoined:
    case EventKind::MemberRefuted:
      return member(State::Alive);
    case EventKind::MemberSuspected:
      return member(State::Suspect);
    case EventKind::MemberDied:
      return member(State::Dead);
    case EventKind::MemberLeft:
      return member(State::Left);
    case EventKind::LeaderElected:
      shown.led_term = static_cast<std::uint64_t>(event.number("term"));
      return;
    case EventKind::LeaderLost:
      shown.led_term = 0;
      return;
    default:
      return;
  }
}

}  // namespace sim::real
