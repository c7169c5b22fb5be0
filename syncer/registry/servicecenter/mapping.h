// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/registry/instance.h"
#include "syncer/registry/servicecenter/json_text.h"

namespace syncer::registry::servicecenter {

/// Tags native parts and attachments of this kind on the wire.
inline constexpr std::string_view kNativeKind = "sc";

/// An instance in this kind's own terms.
struct InstanceDocument {
  Members members;      ///< of the document, canonical; without ids, times and what else one registry made
  std::string status;   ///< the service center's word
  Metadata properties;  ///< as in `members`
  std::vector<std::string> endpoints;
  Duration lease{};
};

/// The record of an instance: neutral what can be, the rest as the native part. Lossless: document_of() gives the same
/// members again. Members that are null count as absent.
InstanceRecord record_of(const json::Value& instance, Members members);
/// How an instance of any kind looks here. From a record of this kind its very members, from another one what the
/// neutral part says. Invalid when the native part is broken.
Result<InstanceDocument> document_of(const InstanceRecord& record);

}  // namespace syncer::registry::servicecenter
