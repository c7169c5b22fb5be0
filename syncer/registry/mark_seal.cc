// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/mark_seal.h"

#include "syncer/base/mutation.h"

namespace syncer::registry {
namespace {

/// Every field with its length: no two marks have one text.
Bytes text_of(const CopyMark& mark, std::string_view id) {
  Bytes text;
  ByteWriter writer(text);
  const std::string_view epoch = SYNCER_MUTATED("registry.sign_no_epoch") ? "" : std::string_view(mark.epoch);
  for (const std::string_view field :
       {std::string_view("copy"), std::string_view(mark.region), std::string_view(mark.instance), epoch, id})
    writer.string(field);
  return text;
}

Bytes text_of(const CanaryMark& mark, std::string_view id) {
  Bytes text;
  ByteWriter writer(text);
  for (const std::string_view field : {std::string_view("canary"), std::string_view(mark.region),
                                       std::string_view(mark.node), std::string_view(mark.run), id})
    writer.string(field);
  writer.u64(mark.count);
  return text;
}

}  // namespace

std::string MarkSeal::sign(const CopyMark& mark, std::string_view id) const {
  return active() ? sign_(text_of(mark, id)) : std::string();
}

std::string MarkSeal::sign(const CanaryMark& mark, std::string_view id) const {
  return active() ? sign_(text_of(mark, id)) : std::string();
}

Proof MarkSeal::check(const CopyMark& mark, std::string_view id) const {
  if (!active() || SYNCER_MUTATED("registry.believe_unsigned_copies")) return Proof::Current;
  return check_(text_of(mark, id), mark.seal);
}

Proof MarkSeal::check(const CanaryMark& mark, std::string_view id) const {
  if (!active() || SYNCER_MUTATED("registry.believe_unsigned_canaries")) return Proof::Current;
  return check_(text_of(mark, id), mark.seal);
}

}  // namespace syncer::registry
