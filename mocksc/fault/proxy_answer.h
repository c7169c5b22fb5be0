// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mocksc/fault/fault.h"
#include "syncer/base/http_message.h"

namespace mocksc {

/// What a front-end, or a proxy before it, answers with a failure's status: its page, its redirect, or nothing.
syncer::HttpResponse proxy_answer(const Failure& failure);

}  // namespace mocksc
