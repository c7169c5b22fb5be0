// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "mocksc/nacos/api/call.h"
#include "syncer/base/result.h"

namespace mocksc::nacos {

/// The parameter check that 2.x and later do before anything else; nothing when all is well.
std::optional<syncer::HttpResponse> check_parameters(const Call& call);
/// The check of the name's form, and in a 1.x server of its characters; nothing when all is well.
std::optional<syncer::HttpResponse> check_service_name(const Call& call);

/// Reads metadata: a JSON object of plain values, or "k=v,k=v". A 1.x server leaves nulls out.
syncer::Result<Metadata> parse_metadata(const std::string& text, bool keep_nulls);

}  // namespace mocksc::nacos
