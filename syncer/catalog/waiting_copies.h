// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "syncer/catalog/regions.h"

namespace syncer::catalog {

/// Keys of copies by region, among which are all that are not at rest.
using Unsettled = std::map<std::string, std::set<Bytes>>;

// All are asked with each status: they look at no more copies than they have lines for.

/// Why copies are not done yet that only need time, for people; at most `limit` lines in all, and one about the rest,
/// whose number may count some that are done by now.
void explain_waiting(const Regions& regions, const Unsettled& unsettled, std::vector<std::string>& out,
                     std::size_t limit);
/// After `problems`, why copies are refused or fail again and again, which needs somebody; bounded likewise.
std::vector<std::string> explain_failures(const Regions& regions, std::vector<std::string> problems, std::size_t limit);
/// Copies that lack something of what their origin says, because the registry has no place for it, and what.
std::vector<std::string> explain_cuts(const Regions& regions, std::size_t limit);

}  // namespace syncer::catalog
