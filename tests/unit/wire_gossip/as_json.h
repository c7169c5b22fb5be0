// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "syncer/membership/message.h"
#include "syncer/wire/gossip/stream.h"

namespace syncer::wire::gossip {

/// A message in the words of the reference data: type and fields, bytes as hex, nil for none.
nlohmann::json as_json(const membership::Message& message);
/// The same for a message of a stream.
nlohmann::json as_json(const StreamMessage& message);
/// The message in `fields` of the reference data, with what the data leaves out filled in.
nlohmann::json normalized(const nlohmann::json& decoded);

}  // namespace syncer::wire::gossip
