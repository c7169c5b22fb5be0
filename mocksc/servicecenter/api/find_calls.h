// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mocksc/servicecenter/api/call.h"

namespace mocksc {

syncer::HttpResponse find_instances(Call& call);
syncer::HttpResponse list_instances(Call& call);
syncer::HttpResponse get_instance(Call& call);
Answer batch_find(Call& call);

/// SHA-1 of "<greatest revision>.<count>,".
std::string revision_of(std::uint64_t max_revision, std::size_t count);

}  // namespace mocksc
