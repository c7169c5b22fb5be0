// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "syncer/base/result.h"
#include "syncer/node/explanation.h"
#include "syncer/node/inventory.h"
#include "syncer/node/mappings.h"
#include "syncer/node/pool_reports.h"
#include "syncer/node/status.h"

namespace syncer::admin {

// The documents of the operator's endpoint: node::Status, MembersReport, ClusterReport, KeysReport, Explanation,
// CopiesReport, ServicesReport, DifferenceReport, HistoryReport, ConfigReport, MappingsReport, ReachabilityReport and
// RttReport. Both functions follow the description of the struct
// (status_field.h) and exist for these.

/// Durations in seconds; an absent part is null, an absent field is left out. Bytes that are no UTF-8 are replaced.
template <class Document>
std::string to_json(const Document& document);

/// Reads what to_json wrote. Corrupt when a field is missing or of another type (the daemon is of another version);
/// fields that are not known are ignored.
template <class Document>
Result<Document> from_json(std::string_view text);

/// What stands before a problem of the bridge's far side.
inline constexpr const char* kBridgeLabel = "bridge: ";

/// The document of GET /v1/status: the status, with that of a bridge's far side as its member "bridge".
std::string status_json(const node::Status& status, const std::optional<node::Status>& bridge);
/// That member of what status_json wrote; nothing where there is no bridge.
Result<std::optional<node::Status>> bridge_of(std::string_view text);

}  // namespace syncer::admin
