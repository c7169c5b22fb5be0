// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/base/endpoint.h"
#include "syncer/membership/message.h"
#include "syncer/membership/outputs.h"
#include "syncer/membership/swim.h"

namespace syncer::gossip {

/// Sends what is said of a member straight to that member, and answers at once what is wrong about ourselves. This is
/// the buddy system of Lifeguard (arXiv:1707.00788, section IV-C), which memberlist applies to the ping of a suspect,
/// extended to every change: in a pool that knows of many members and has few, a rumour may come too late.
/// Borrows the core and its outputs; a packet per notification, nothing is kept.
class SubjectNotifier {
 public:
  SubjectNotifier(const membership::Swim& swim, membership::Outputs& out) : swim_(swim), out_(out) {}

  /// A member that is suspected, declared gone or updated hears it from us: if that is wrong, it refutes.
  void notify_subject(const membership::Change& change);
  /// A message from a member that says something wrong of us is answered to its sender.
  void refute_to(const Endpoint& from, const membership::Message& message);
  /// An account of a member that contradicts the known one at the same incarnation: the member restarted and began to
  /// count anew, and neither account beats the other. It is sent both and outbids the one that is wrong.
  void send_both_accounts(const membership::Alive& account);

 private:
  const membership::Swim& swim_;
  membership::Outputs& out_;
};

}  // namespace syncer::gossip
