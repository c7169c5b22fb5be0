// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace syncer::cli {

/// The document of `syncer version --output json`: what the build is, with which libraries it runs, and which versions
/// of its protocols it speaks.
std::string version_report();

}  // namespace syncer::cli
