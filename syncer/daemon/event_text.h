// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "syncer/ports/observer.h"

namespace syncer::daemon {

/// `registry.down address=http://… reason="no answer"`: for people. Texts with blanks or controls are quoted.
std::string event_as_text(std::string_view name, std::string_view message, std::span<const Field> fields);

/// `"event":"registry.down","address":"http://…"` without braces: the inside of a JSON object. Octets that are no UTF-8
/// are replaced.
std::string event_as_json(std::string_view name, std::string_view message, std::span<const Field> fields);

/// The severity an event is logged with: what happens for each single instance is for debugging, whatever it is to the
/// node.
Severity log_severity(EventKind kind, Severity severity);

}  // namespace syncer::daemon
