// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "syncer/registry/servicecenter/documents.h"

namespace syncer::registry::servicecenter {

/// The payload that a service center's instance of that JSON text is replicated as.
inline Bytes instance_payload(const std::string& json) {
  const auto document = json::Document::parse(json);
  return encode_record(record_of(document->root(), members_of(document->root())));
}

}  // namespace syncer::registry::servicecenter
