// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/name_memory.h"

#include "syncer/base/mutation.h"

namespace syncer::node {
namespace {

constexpr std::string_view kKey = "held-names";

}  // namespace

Result<void> NameMemory::load() {
  const auto stored = storage_.read(kKey);
  if (!stored) return tl::unexpected(stored.error());
  held_before_ = *stored == names_ && !SYNCER_MUTATED("node.forget_that_a_name_was_held");
  return {};
}

void NameMemory::start(Instant now) {
  if (!held_before_) due_ = now + kProbation;
}

void NameMemory::advance(Instant now) {
  if (now < due_) return;
  due_ = kNever;
  writing_ = next_call_();
  storage_.write(*writing_, kKey, names_);
}

Result<bool> NameMemory::on_stored(CallId call, const Result<void>& outcome) {
  if (writing_ != call) return false;
  writing_.reset();
  if (!outcome) return tl::unexpected(outcome.error());
  return true;
}

}  // namespace syncer::node
