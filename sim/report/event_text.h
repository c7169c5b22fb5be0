// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "syncer/ports/observer.h"

namespace sim::report {

/// A field of an event as text for people: "key=value", the key of a record in readable form.
std::string field_text(const syncer::Field& field);

}  // namespace sim::report
