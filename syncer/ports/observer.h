// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "syncer/base/time.h"

namespace syncer {

/// Every kind of event a node can report, with the stable dotted name that logs and metrics use. The fields of each
/// kind are named beside it.
// clang-format off
#define SYNCER_EVENT_KINDS(X)                                                                              \
  /* membership: member, address, incarnation */                                                          \
  X(MemberJoined,        "member.joined")                                                                 \
  X(MemberUpdated,       "member.updated")                                                                \
  X(MemberSuspected,     "member.suspected")                                                              \
  X(MemberRefuted,       "member.refuted")                                                                \
  X(MemberDied,          "member.died")                                                                   \
  X(MemberLeft,          "member.left")                                                                   \
  X(MemberConflict,      "member.conflict")        /* member, address, other */                           \
  X(JoinFailed,          "join.failed")            /* seed, reason */                                     \
  X(JoinSucceeded,       "join.succeeded")         /* seed, members */                                    \
  X(PacketDropped,       "packet.dropped")         /* from, reason */                                     \
  /* links between regions: region, node, address, reason */                                              \
  X(LinkUp,              "link.up")                                                                       \
  X(LinkDown,            "link.down")                                                                     \
  X(PeerRefused,         "peer.refused")                                                                  \
  X(FrameDropped,        "frame.dropped")                                                                 \
  /* replication: region, epoch, seq, count */                                                            \
  X(EpochOpened,         "epoch.opened")                                                                  \
  X(EntryAppended,       "entry.appended")         /* seq, op, key */                                     \
  X(EntryApplied,        "entry.applied")          /* region, epoch_generation, epoch_term, seq, op, key */ \
  X(ReplicaRebound,      "replica.rebound")                                                               \
  X(ReplicaRepaired,     "replica.repaired")                                                              \
  X(ReplicaReloaded,     "replica.reloaded")                                                              \
  X(HashMismatch,        "replica.hash_mismatch")                                                         \
  X(StaleEpochRefused,   "replica.stale_epoch")                                                           \
  X(EpochDoubted,        "epoch.doubted")          /* region, epoch_generation, epoch_term, known */      \
  X(QuotaReached,        "quota.reached")          /* region, quota, reason */                            \
  X(QuotaMet,            "quota.met")              /* region, quota */                                    \
  X(PolicyApplied,       "policy.applied")         /* exports, imports: numbers of rules */               \
  /* registry: address, reason, op, code */                                                               \
  X(RegistryUp,          "registry.up")                                                                   \
  X(RegistryDown,        "registry.down")                                                                 \
  X(RegistryFailover,    "registry.failover")                                                             \
  X(RegistryRefusal,     "registry.refusal")                                                              \
  X(RegistryShared,      "registry.shared")        /* region, other: two regions write one registry */    \
  X(MarkForged,          "mark.forged")            /* region, entry, reason */                            \
  X(Exported,            "export.put")             /* key */                                              \
  X(Unexported,          "export.removed")         /* key */                                              \
  X(CopyRegistered,      "copy.registered")        /* region, instance, copy */                           \
  X(CopyUpdated,         "copy.updated")                                                                  \
  X(CopyRemoved,         "copy.removed")           /* region, instance, copy, reason */                   \
  X(CopyRejected,        "copy.rejected")          /* region, key, reason, retry */                       \
  X(CopyAccepted,        "copy.accepted")                                                                 \
  X(LeaseLost,           "copy.lease_lost")                                                               \
  X(GuardTripped,        "guard.tripped")          /* side, region, rule, held, evidence */               \
  X(GuardReleased,       "guard.released")         /* side, region, reason */                             \
  X(HoldStarted,         "hold.started")           /* region */                                           \
  X(HoldExpired,         "hold.expired")           /* region, copies */                                   \
  /* node */                                                                                              \
  X(NodeStarted,         "node.started")                                                                  \
  X(NodeReady,           "node.ready")                                                                    \
  X(NodeLeaving,         "node.leaving")                                                                  \
  X(NodeStopped,         "node.stopped")                                                                  \
  X(NodeFailed,          "node.failed")            /* reason: cannot go on, the process must end */       \
  X(StorageFailed,       "storage.failed")                                                                \
  /* cluster mode: region, group, term, leader */                                                         \
  X(LeaderElected,       "leader.elected")                                                                \
  X(LeaderLost,          "leader.lost")                                                                   \
  /* what became of links between regions: region, address, reason */                                     \
  X(DialFailed,          "link.dial_failed")                                                              \
  X(LinkStalled,         "link.stalled")           /* region, reason */                                   \
  X(WayChanged,          "way.changed")            /* region, via: regions passed, reason */              \
  X(RegionForgotten,     "region.forgotten")       /* region */                                           \
  X(ExportRefused,       "export.refused")         /* key, reason: no other registry could hold it */      \
  /* the own certificate: identity, reason */                                                             \
  X(CertificateReplaced, "certificate.replaced")   /* identity, fingerprint */                            \
  X(CertificateRefused,  "certificate.refused")    /* reason: changed files that cannot be used */        \
  X(CertificateEnds,     "certificate.ends")       /* 30 days, 7 days, 1 day before, and when it is over */ \
  /* what it took: */                                                                                     \
  X(ReplicaAsked,        "replica.asked")          /* region, reason: what of its log was asked for */    \
  X(CopyRetried,         "copy.retried")           /* region, key, reason */                              \
  X(LeaseLate,           "copy.lease_late")        /* copy: renewed in the last third of its life */
// clang-format on

enum class EventKind : std::uint16_t {
#define SYNCER_EVENT_ENUM(kind, text) kind,
  SYNCER_EVENT_KINDS(SYNCER_EVENT_ENUM)
#undef SYNCER_EVENT_ENUM
};

/// Stable dotted name, e.g. "member.joined".
std::string_view name(EventKind kind);

/// How much an event matters to those who watch.
enum class Severity : std::uint8_t { Trace, Debug, Info, Warning, Error };

/// One named fact of an event: a text or a number. Borrowed: valid only during on_event.
struct Field {
  std::string_view key;
  std::string_view text;
  std::int64_t number = 0;
  bool is_number = false;

  Field(std::string_view k, std::string_view t) : key(k), text(t) {}
  Field(std::string_view k, const char* t) : key(k), text(t) {}
  Field(std::string_view k, std::int64_t n) : key(k), number(n), is_number(true) {}
  Field(std::string_view k, std::uint64_t n) : Field(k, static_cast<std::int64_t>(n)) {}
  Field(std::string_view k, int n) : Field(k, static_cast<std::int64_t>(n)) {}
};

/// Something that happened inside a node. Logs, metrics, traces and checkers all hang here.
struct Event {
  Instant at;
  EventKind kind;
  Severity severity;
  std::span<const Field> fields;

  /// Text of a field; empty when it is not there.
  std::string_view text(std::string_view key) const {
    for (const Field& f : fields) {
      if (f.key == key) return f.text;
    }
    return {};
  }
  /// Number of a field; 0 when it is not there.
  std::int64_t number(std::string_view key) const {
    for (const Field& f : fields) {
      if (f.key == key) return f.number;
    }
    return 0;
  }
};

/// Receives events. Must not call back into the node: observation never changes a run.
class Observer {
 public:
  virtual ~Observer() = default;
  /// False lets the node skip building events of that severity and below that nobody reads. Info and above always
  /// count.
  virtual bool wants(Severity severity) const = 0;
  virtual void on_event(const Event& event) = 0;
};

/// Builds an event in place and hands it over, if anybody wants it.
inline void observe(Observer& observer, Instant at, EventKind kind, Severity severity,
                    std::initializer_list<Field> fields) {
  if (observer.wants(severity)) observer.on_event(Event{at, kind, severity, {fields.begin(), fields.size()}});
}

}  // namespace syncer
