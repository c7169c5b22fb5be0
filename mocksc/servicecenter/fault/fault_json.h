// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "mocksc/servicecenter/fault/fault.h"

namespace mocksc {

/// Reads `{"fault":"outage","mode":"hang","for":"10s","frontend":1}`. Keys are those of the kind and no others; an
/// error names the bad key or word and the nearest known one. Without "for" the fault lasts until it is removed.
syncer::Result<Fault> parse_fault(std::string_view json, syncer::Instant now);

/// The JSON object that parse_fault reads, with what is left of "for".
std::string render(const Fault& fault, syncer::Instant now);

}  // namespace mocksc
