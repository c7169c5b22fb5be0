// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

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
/// What is wrong, one entry a part; empty when all is well.
std::vector<std::string> status_problems(const node::Status& status);

}  // namespace syncer::cli
