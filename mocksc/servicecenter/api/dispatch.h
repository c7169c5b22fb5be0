// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mocksc/servicecenter/api/call.h"

namespace mocksc {

/// Runs the handler of the call's operation, which is not Unknown.
syncer::HttpResponse dispatch(Call& call);
/// False for the calls that a release does not know yet or no more.
bool is_known_to(Operation operation, Release release);

}  // namespace mocksc
