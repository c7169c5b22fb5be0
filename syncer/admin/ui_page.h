// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace syncer::admin {

/// The page for people, which reads the documents of the listener that serves it; made of syncer/admin/page.
extern const std::string_view kUiPage;
/// What may run in it, as a content security policy.
extern const std::string_view kUiPagePolicy;

}  // namespace syncer::admin
