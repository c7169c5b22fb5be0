// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "syncer/raft/message.h"
#include "syncer/raft/raft.h"
#include "syncer/raft/tracker.h"
#include "syncer/raft/types.h"

namespace syncer::raft::golden {

/// How the reference prints things; every text ends with a newline.
std::string print(Role role);
std::string print(const Entry& entry);
std::string print(const Message& message, const std::vector<VoterId>& voters);
std::string print(const Ready& ready, const std::vector<VoterId>& voters);
std::string print(const std::map<VoterId, Progress>& progress, std::size_t max_inflight);

/// Every line two blanks deeper.
std::string indent(const std::string& text);

}  // namespace syncer::raft::golden
