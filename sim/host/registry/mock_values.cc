// SPDX-License-Identifier: Apache-2.0
#include "sim/host/registry/mock_values.h"

#include <utility>

namespace sim::host {
namespace {

using syncer::ErrorCode;
using syncer::failure;

mocksc::Failure failure_of(const fault::CallFailure& call) {
  using Kind = fault::CallFailure::Kind;
  mocksc::Failure out;
  out.weight = call.weight;
  out.status = call.status;
  out.retry_after = call.retry_after;
  out.hang = call.hang;
  if (call.kind == Kind::Hang) out.kind = mocksc::Failure::Kind::Hang;
  if (call.kind == Kind::TruncatedBody) out.kind = mocksc::Failure::Kind::TruncatedBody;
  if (call.kind == Kind::BadBody) out.kind = mocksc::Failure::Kind::BadJson;
  if (call.kind == Kind::ResetAfterApply) out.kind = mocksc::Failure::Kind::ResetAfterApply;
  if (call.kind == Kind::OtherAnswer) out.kind = mocksc::Failure::Kind::OtherAnswer;
  if (call.kind == Kind::DoubledBody) out.kind = mocksc::Failure::Kind::DoubledBody;
  if (call.kind == Kind::CutBody) out.kind = mocksc::Failure::Kind::CutBody;
  if (call.kind == Kind::PartRefused) out.kind = mocksc::Failure::Kind::PartRefused;
  if (call.page == fault::CallFailure::Page::Html) out.page = mocksc::Page::Html;
  if (call.page == fault::CallFailure::Page::Text) out.page = mocksc::Page::Text;
  out.location = call.location;
  out.part = call.part;
  return out;
}

mocksc::FaultKind kind_of(fault::RegistryFault::Kind kind) {
  using Kind = fault::RegistryFault::Kind;
  switch (kind) {
    case Kind::Outage:
      return mocksc::FaultKind::Outage;
    case Kind::Slow:
      return mocksc::FaultKind::Slow;
    case Kind::Fail:
      return mocksc::FaultKind::Fail;
    case Kind::ListEmpty:
      return mocksc::FaultKind::ListEmpty;
    case Kind::ListPartial:
      return mocksc::FaultKind::ListPartial;
    case Kind::StaleRead:
      return mocksc::FaultKind::StaleRead;
    case Kind::Limit:
      return mocksc::FaultKind::Limit;
    case Kind::StoreOutage:
      return mocksc::FaultKind::StoreOutage;
  }
  return mocksc::FaultKind::Outage;
}

mocksc::OutageMode mode_of(fault::OutageMode mode) {
  switch (mode) {
    case fault::OutageMode::Refuse:
      return mocksc::OutageMode::Refuse;
    case fault::OutageMode::Hang:
      return mocksc::OutageMode::Hang;
    case fault::OutageMode::Reset:
      return mocksc::OutageMode::Reset;
  }
  return mocksc::OutageMode::Refuse;
}

}  // namespace

mocksc::Fault fault_of(const fault::RegistryFault& from) {
  mocksc::Fault out;
  out.kind = kind_of(from.kind);
  out.frontend = from.front_end;
  out.mode = mode_of(from.mode);
  out.latency_min = out.latency_max = from.latency;
  out.rate = from.rate;
  for (const fault::CallFailure& call : from.failures) out.failures.push_back(failure_of(call));
  for (const std::string& name : from.operations) {
    out.operations.insert(name);
  }
  out.keep = from.keep;
  out.by = from.by;
  out.rps = from.rps;
  return out;
}

HttpReply reply_of(mocksc::Outcome outcome, const std::string& origin) {
  using Kind = mocksc::Outcome::Kind;
  HttpReply reply;
  reply.delay = outcome.delay;
  if (outcome.kind == Kind::Answer && outcome.is_truncated) {
    reply.outcome = failure(ErrorCode::Corrupt, origin, "the answer ends early");
    reply.cut = std::move(outcome.response);
  } else if (outcome.kind == Kind::Answer) {
    reply.outcome = std::move(outcome.response);
  } else if (outcome.kind == Kind::Refuse) {
    reply.outcome = failure(ErrorCode::Unreachable, origin, "connection refused");
  } else {
    reply.hangs = outcome.kind == Kind::Hang && outcome.delay == mocksc::kForever;
    reply.outcome = failure(ErrorCode::Unreachable, origin, "connection reset");
  }
  return reply;
}

}  // namespace sim::host
