// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "syncer/node/explanation.h"
#include "syncer/node/inventory.h"
#include "syncer/node/mappings.h"
#include "syncer/node/pool_reports.h"
#include "syncer/node/status.h"

namespace syncer::cli {

// What people read of the daemon's documents. Names and reasons come from the network: what is no printable ASCII is
// shown as "?", so that no byte of theirs commands the terminal.

std::string members_table(const node::MembersReport& report);
std::string keys_table(const node::KeysReport& report);
/// The voters, and why the group is not at rest.
std::string voters_table(const node::ClusterReport& report);
/// A line for each part of the status; a follower of a cluster says nothing about its leader's work.
std::string status_page(const node::Status& status);
/// Each region's answer, each instance with its verdict and its steps.
std::string explanation_page(const node::Explanation& explanation);
std::string copies_table(const node::CopiesReport& report);
std::string services_table(const node::ServicesReport& report);
/// Names there and here, and the policies in force.
std::string mappings_page(const node::MappingsReport& report);
/// The members, and how many of them answer.
std::string reachability_page(const node::ReachabilityReport& report);
/// Members and links; empty tables are left out.
std::string round_trips_page(const node::RttReport& report);
/// The rows, whose answer is missing, and whether there is more.
std::string differences_page(const node::DifferenceReport& report);
/// What is wrong, one entry a part; empty when all is well.
std::vector<std::string> status_problems(const node::Status& status);

}  // namespace syncer::cli
